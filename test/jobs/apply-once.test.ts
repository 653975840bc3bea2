import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Action, RunHandle } from "../../src/actions/action.ts";
import { beginRun } from "../../src/incidents/begin-run.ts";
import { releaseLease } from "../../src/incidents/leases.ts";
import type { Held } from "../../src/incidents/take-request.ts";
import { applyOnce } from "../../src/jobs/apply-once.ts";
import { ADMIN, startDesk, type TestDesk } from "../support/desk.ts";
import { LEASE_TIMES, takeApproved } from "../support/held.ts";
import { PATIENCE } from "../support/patience.ts";
import { seen } from "../support/seen.ts";

const NO_LINKS = { permalink: async (): Promise<string> => Promise.reject(new Error("no links here")) };

describe("applying", () => {
  let test: TestDesk;
  let held: Held;

  beforeEach(async () => {
    test = await startDesk();
    held = await takeApproved(test);
  });
  afterEach(() => test.stop());

  const apply = (work: (run: RunHandle) => Promise<void>, { lease = held.lease, signal = new AbortController().signal } = {}) => {
    const action: Action = { ...test.action, apply: (_plan, run) => work(run) };
    return applyOnce(test.desk, { action, held: { ...held, lease }, plan: held.request.plan, progressEveryMs: 1, chat: NO_LINKS }, signal);
  };
  const begin = async (): Promise<Held> => {
    const begun = await beginRun(test.desk, held, { plan: held.request.plan, times: LEASE_TIMES });
    if (begun.kind === "not-begun") throw new Error("expected a begun run");
    return begun.held;
  };
  const checkpoint = async () => (await test.desk.store.runs.get(held.run.id))?.checkpoint;

  it("keeps the progress of an act", async () => {
    expect(await apply((run) => run.saveCheckpoint({ changed: 3 }))).toEqual({ kind: "applied" });
    expect(await checkpoint()).toEqual({ changed: 3 });
  });

  it("is told where the thread is, where Slack says so", async () => {
    const urls: (string | undefined)[] = [];
    const work = async (run: RunHandle): Promise<void> => void urls.push(await run.threadUrl());
    expect(await apply(work)).toEqual({ kind: "applied" });
    expect(urls).toEqual([undefined]);
  });

  const card = async (): Promise<string> => {
    const content = (await test.desk.store.outbox.bySlot(`${held.request.id}/card`))?.content;
    return content?.kind === "message" ? seen(content.message).join("\n") : "";
  };

  it("says on the request's card how far it has come", async () => {
    held = await begin();
    await apply(async (run) => {
      await run.saveCheckpoint({ changed: 3 }, "3 of about 6 keys done");
      await vi.waitFor(async () => expect(await card()).toContain("⏳ 3 of about 6 keys done"), PATIENCE);
      await run.saveCheckpoint({ changed: 5 }, "5 of about 6 keys done");
      await run.saveCheckpoint({ changed: 6 });
    });
    expect(await card()).toContain("⏳ 5 of about 6 keys done"); // all is told before the card may say anything else
  });

  it("says nothing on the card of a request that somebody has ended meanwhile", async () => {
    held = await begin();
    await releaseLease(test.desk, { targetKey: held.lease.targetKey, userId: ADMIN });
    const before = await card();
    await apply((run) => run.saveCheckpoint({ changed: 3 }, "3 of about 6 keys done"));
    expect(await card()).toBe(before);
    expect(before).toContain("its lease was released");
  });

  it("stops an act whose lease is lost where it would save its progress, and keeps what was saved before", async () => {
    let isHeld = true;
    const applied = await apply(
      async (run) => {
        await run.saveCheckpoint({ changed: 3 });
        isHeld = false;
        await run.saveCheckpoint({ changed: 6 });
      },
      { lease: { ...held.lease, isHeld: () => isHeld } },
    );
    expect(applied).toEqual({ kind: "failed", because: "the lease on redis/shop is lost: stopping" });
    expect(await checkpoint()).toEqual({ changed: 3 });
  });

  it("tells the act to stop when the process drains and when the lease is lost", async () => {
    const stops = async (run: RunHandle): Promise<void> => run.signal.throwIfAborted();
    const gone = AbortSignal.abort(new Error("gone"));
    expect(await apply(stops, { signal: gone })).toEqual({ kind: "failed", because: "gone" });
    expect(await apply(stops, { lease: { ...held.lease, signal: gone } })).toEqual({ kind: "failed", because: "gone" });
    expect(await apply(stops)).toEqual({ kind: "applied" });
  });

  it("takes whatever an act throws for a failure, so that the target is looked at", async () => {
    expect(await apply(() => Promise.reject(new TypeError("x is not a function")))).toEqual({
      kind: "failed",
      because: "x is not a function",
    });
  });
});

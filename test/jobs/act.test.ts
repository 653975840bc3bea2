import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { startPostgres, type PostgresLab } from "../../scripts/lab/postgres.ts";
import type { Action } from "../../src/actions/action.ts";
import { OomphError } from "../../src/domain/errors.ts";
import { cancel } from "../../src/incidents/cancel.ts";
import { decide } from "../../src/incidents/decide.ts";
import type { Desk } from "../../src/incidents/desk.ts";
import { setFreeze } from "../../src/incidents/freeze.ts";
import { releaseLease } from "../../src/incidents/leases.ts";
import { act, type ActDeps } from "../../src/jobs/act.ts";
import { ADMIN, APPROVER, GROUP_APPROVER, REQUESTER, rulesWith, SECOND_APPROVER, startDesk, type TestDesk } from "../support/desk.ts";
import { holdStore } from "../support/hold-store.ts";
import { PATIENCE } from "../support/patience.ts";

const TIMES = { ttlMs: 2_000, renewEveryMs: 100 };
const AWAY = new OomphError("unreachable", "redis/shop refuses connections", { retryable: true });

describe("carrying out an approved request", () => {
  let test: TestDesk;
  let requestId: string;

  beforeEach(async () => {
    test = await startDesk();
    requestId = await test.request();
  });
  afterEach(() => test.stop());

  const depsOf = (desk: Desk): ActDeps => ({
    desk,
    actionOf: (id) => (id === test.action.id ? test.action : undefined),
    leaseTimes: TIMES,
    actProgressEveryMs: 5,
    chat: { permalink: async () => "https://example.slack.com/archives/C1/p1" },
    patience: { attempts: 2, everyMs: 5 },
  });
  const run = (desk: Desk = test.desk, signal = new AbortController().signal) => act(depsOf(desk), requestId, signal);
  const approve = async (userId = APPROVER): Promise<void> => {
    expect((await decide(test.desk, { requestId, userId, kind: "approve" })).kind).toBe("approved");
  };
  const request = async () => test.desk.store.requests.get(requestId);
  const expectUntouched = (): void => {
    expect(test.lever.applied()).toEqual([]);
    expect(test.lever.value()).toBe("off");
  };

  it("does nothing while nobody has approved", async () => {
    expect(await run()).toEqual({ kind: "done" });
    expect((await request())?.state).toBe("pending");
    expectUntouched();
  });

  it("applies, verifies, ends, offers the way back and resolves the incident", async () => {
    await approve();
    expect(await run()).toEqual({ kind: "done" });
    expect(await request()).toMatchObject({ state: "succeeded", outcome: "The lever is on." });
    expect(test.lever.applied()).toHaveLength(1);
    expect(await test.auditKinds()).toEqual(["action-requested", "decision-approved", "run-begun", "run-ended", "incident-resolved"]);
    expect(test.news.map((piece) => piece.kind)).toEqual(["requested", "decided", "executing", "verifying", "ended", "resolved"]);
    expect(test.news.at(-2)).toMatchObject({
      kind: "ended",
      wayBack: { offer: { params: { to: "off" } } },
      run: { verification: { helped: true } },
    });
    expect((await test.desk.store.incidents.list({ limit: 1 }))[0]?.state).toBe("resolved");
    expect(await test.desk.store.leases.list()).toEqual([]);
  });

  it("has written down the act before it happens", async () => {
    await approve();
    test.lever.pauseAt("before-effect");
    const running = run();
    await vi.waitFor(() => expect(test.lever.hasReached("before-effect")).toBe(true), PATIENCE);
    expect(await test.auditKinds()).toContain("run-begun");
    expect((await request())?.state).toBe("executing");
    const stored = await test.desk.store.runs.ofRequest(requestId, "run_unused");
    expect(stored.begunAtMs).toBeGreaterThan(0);
    test.lever.resume();
    await running;
  });

  it("tells what lasts, and the way back, by what the act has saved: its file comes into the thread", async () => {
    await approve();
    const sum = "SHA-256 of what was taken";
    const seenBy: Record<string, unknown> = {};
    const action: Action = {
      ...test.action,
      async apply(plan, handle) {
        await test.action.apply(plan, handle);
        await handle.saveCheckpoint({ sum });
      },
      wayBack(plan, { checkpoint }) {
        seenBy["wayBack"] = checkpoint;
        return test.action.wayBack(plan, { id: "run_unused", begunAtMs: 0 });
      },
      async afterwards(_plan, { checkpoint }) {
        seenBy["afterwards"] = checkpoint;
        const files = checkpoint === undefined ? [] : [{ name: "heap.txt", title: sum, base64: "aGVhcA==" }];
        return { says: checkpoint === undefined ? [] : ["What was taken is kept."], files, offers: [] };
      },
    };
    expect(await act({ ...depsOf(test.desk), actionOf: () => action }, requestId, new AbortController().signal)).toEqual({ kind: "done" });
    expect(seenBy).toEqual({ wayBack: { sum }, afterwards: { sum } });
    const file = await test.desk.store.outbox.bySlot(`${requestId}/file/heap.txt`);
    expect(file?.content).toEqual({ kind: "file", name: "heap.txt", title: sum, base64: "aGVhcA==" });
  });

  it("puts right by what a broken act has saved", async () => {
    await approve();
    const saved: unknown[] = [];
    const action: Action = {
      ...test.action,
      async apply(_plan, handle) {
        await handle.saveCheckpoint({ changed: 3 });
        throw AWAY;
      },
      observe: async () => ({ kind: "partly", says: "the lever is between on and off" }),
      repair(_plan, { checkpoint }) {
        saved.push(checkpoint);
        return undefined;
      },
    };
    await act({ ...depsOf(test.desk), actionOf: () => action }, requestId, new AbortController().signal);
    expect(saved).toEqual([{ changed: 3 }]);
    expect((await request())?.state).toBe("failed");
  });

  it("says so when it did not help", async () => {
    await approve();
    test.faults.helped = false;
    await run();
    expect((await request())?.state).toBe("ineffective");
    expect((await test.desk.store.incidents.list({ limit: 1 }))[0]?.state).toBe("diagnosed");
  });

  it("is done once, however often the queue delivers it", async () => {
    await approve();
    await Promise.all([run(), run(), run()]);
    await run();
    expect(test.lever.applied()).toHaveLength(1);
    expect((await request())?.state).toBe("succeeded");
  });

  it("lets a second delivery wait for the first, in the same process too", async () => {
    await approve();
    test.lever.pauseAt("half-way");
    const first = run();
    await vi.waitFor(() => expect(test.lever.hasReached("half-way")).toBe(true), PATIENCE);
    expect(await run()).toMatchObject({ kind: "later" });
    test.lever.resume();
    await first;
    expect((await request())?.state).toBe("succeeded");
  });

  it("does not act when the approver was removed between click and execution", async () => {
    await approve();
    await run(test.withRules(rulesWith({ approvers: [SECOND_APPROVER] })));
    expect(await request()).toMatchObject({ state: "failed", outcome: expect.stringContaining("an approver was removed") });
    expectUntouched();
  });

  it("does not act when the approver left the group between click and execution", async () => {
    await approve(GROUP_APPROVER);
    test.groups.members = [];
    await run();
    expect((await request())?.state).toBe("failed");
    expectUntouched();
  });

  it("does not act when more approvals are asked for now", async () => {
    await approve();
    await run(test.withRules(rulesWith({ approvalsNeeded: 2 })));
    expect((await request())?.state).toBe("failed");
    expectUntouched();
  });

  it("does not act when the requester may not ask any more", async () => {
    await approve();
    await run(test.withRules({ ...rulesWith(), requesters: [APPROVER] }));
    expect(await request()).toMatchObject({ state: "failed", outcome: expect.stringContaining("requester") });
    expectUntouched();
  });

  it("waits while the groups cannot be asked, and never past the expiry", async () => {
    await approve();
    test.groups.members = new Error("slack is away");
    expect(await run()).toMatchObject({ kind: "later" });
    expectUntouched();
    test.moveOn(15 * 60_000);
    await run();
    expect(await request()).toMatchObject({ state: "expired" });
    expectUntouched();
  });

  it("does not act once frozen", async () => {
    await approve();
    await setFreeze(test.desk, { on: true, userId: ADMIN });
    await run();
    expect(await request()).toMatchObject({ state: "cancelled", outcome: expect.stringContaining("frozen") });
    expectUntouched();
  });

  it("does not act when frozen while it was being planned", async () => {
    await approve();
    test.lever.pauseAt("plan");
    const running = run();
    await vi.waitFor(() => expect(test.lever.hasReached("plan")).toBe(true), PATIENCE);
    await setFreeze(test.desk, { on: true, userId: ADMIN });
    test.lever.resume();
    await running;
    expect((await request())?.state).toBe("cancelled");
    expectUntouched();
    expect(await test.desk.store.leases.list()).toEqual([]);
  });

  it("does not act when taken back or expired while it was being planned", async () => {
    await approve();
    test.lever.pauseAt("plan");
    const running = run();
    await vi.waitFor(() => expect(test.lever.hasReached("plan")).toBe(true), PATIENCE);
    expect((await cancel(test.desk, { requestId, userId: REQUESTER })).kind).toBe("cancelled");
    test.lever.resume();
    await running;
    expectUntouched();
    expect(await test.desk.store.leases.list()).toEqual([]);
  });

  it("stops an act that runs when frozen, and says how far it came", async () => {
    await approve();
    test.lever.pauseAt("before-effect");
    const running = run();
    await vi.waitFor(() => expect(test.lever.hasReached("before-effect")).toBe(true), PATIENCE);
    await setFreeze(test.desk, { on: true, userId: ADMIN });
    await running;
    expect(await request()).toMatchObject({ state: "failed", outcome: expect.stringContaining("the lever was not moved") });
    expect(test.lever.value()).toBe("off");
  });

  it("puts the new plan to approval when the target changed", async () => {
    await approve();
    test.lever.set("moved");
    await run();
    expect(test.lever.applied()).toEqual([]);
    const superseded = await request();
    expect(superseded).toMatchObject({ state: "superseded" });
    const replacement = await test.desk.store.requests.get(superseded?.supersededBy ?? "");
    expect(replacement).toMatchObject({ state: "pending", requestedBy: REQUESTER, plan: { scope: { from: "moved" } } });
    expect(test.news.at(-1)).toMatchObject({ kind: "ended", replacement: { id: replacement?.id } });
    expect(await test.desk.store.leases.list()).toEqual([]);
  });

  it("ends as failed when the target is away before anything was done", async () => {
    await approve();
    test.faults.plan = AWAY;
    await run();
    expect(await request()).toMatchObject({ state: "failed", outcome: "redis/shop refuses connections: nothing was done" });
    expectUntouched();
  });

  it("looks at the target when applying fails: not done", async () => {
    await approve();
    test.faults.apply = AWAY;
    await run();
    expect(await request()).toMatchObject({ state: "failed", outcome: "redis/shop refuses connections; the lever was not moved" });
  });

  it("joins what went wrong and what was seen into one sentence", async () => {
    await approve();
    test.faults.apply = new OomphError("conflict", "expected the lever of the plan. Ask for a new plan.");
    await run();
    expect((await request())?.outcome).toBe("expected the lever of the plan. Ask for a new plan; the lever was not moved");
  });

  it("ends as unknown when nobody can tell: a human must look", async () => {
    await approve();
    test.faults.apply = AWAY;
    test.faults.observe = AWAY;
    await run();
    expect((await request())?.state).toBe("unknown");
    await run();
    expect(test.lever.applied()).toHaveLength(1);
  });

  it("ends as unknown when it is done but cannot be measured", async () => {
    await approve();
    test.faults.verify = AWAY;
    await run();
    expect(await request()).toMatchObject({ state: "unknown", outcome: expect.stringContaining("it was done") });
  });

  it("ends as unknown when an admin releases the lease while it runs", async () => {
    await approve();
    test.lever.pauseAt("half-way");
    const running = run();
    await vi.waitFor(() => expect(test.lever.hasReached("half-way")).toBe(true), PATIENCE);
    expect((await releaseLease(test.desk, { targetKey: "redis/shop", userId: ADMIN })).kind).toBe("released");
    expect((await request())?.state).toBe("unknown");
    await running;
    expect((await request())?.state).toBe("unknown");
    expect(await test.auditKinds()).toEqual(expect.arrayContaining(["lease-released", "run-ended", "run-observed"]));
  });

  it("waits while another run holds the target", async () => {
    await approve();
    const nowMs = test.desk.clock.nowMs();
    const { id: incidentId } = await test.incident();
    const lease = {
      targetKey: "redis/shop",
      owner: "run_other/proc_other",
      requestId: "req_other",
      incidentId,
      acquiredAtMs: nowMs,
      expiresAtMs: nowMs + 60_000,
    };
    await test.desk.store.leases.acquire(lease, nowMs);
    expect(await run()).toMatchObject({ kind: "later" });
    expectUntouched();
  });

  it("does nothing when the store is locked while it plans, and goes on when it is back", async () => {
    await approve();
    test.lever.pauseAt("plan");
    const running = run();
    const failed = running.catch((error: unknown) => error);
    await vi.waitFor(() => expect(test.lever.hasReached("plan")).toBe(true), PATIENCE);
    const held = await holdStore(test.storeSettings);
    test.lever.resume();
    expect(await failed).toMatchObject({ code: "store-unavailable" });
    expectUntouched();
    await held.release();
    test.moveOn(TIMES.ttlMs + 2_000);
    expect(await run()).toEqual({ kind: "done" });
    expect((await request())?.state).toBe("succeeded");
    expect(test.lever.applied()).toHaveLength(1);
  });

  it("does not act when what is to be written down cannot be", async () => {
    await approve();
    const { store } = test.desk;
    const broken: Desk = {
      ...test.desk,
      store: {
        ...store,
        transaction: (work) =>
          store.transaction((tables) =>
            work({ ...tables, audit: { ...tables.audit, append: () => Promise.reject(new OomphError("store-unavailable", "disk full")) } }),
          ),
      },
    };
    await expect(run(broken)).rejects.toMatchObject({ code: "store-unavailable" });
    expectUntouched();
    expect((await request())?.state).toBe("approved");
  });

  it("verifies again when the store was lost at the end", async () => {
    await approve();
    test.lever.pauseAt("verify");
    const running = run();
    const failed = running.catch((error: unknown) => error);
    await vi.waitFor(() => expect(test.lever.hasReached("verify")).toBe(true), PATIENCE);
    const held = await holdStore(test.storeSettings);
    test.lever.resume();
    expect(await failed).toMatchObject({ code: "store-unavailable" });
    await held.release();
    test.moveOn(TIMES.ttlMs + 2_000);
    await run();
    expect((await request())?.state).toBe("succeeded");
    expect(test.lever.applied()).toHaveLength(1);
  });

  it("ends as failed where this version does not know the action", async () => {
    await approve();
    await act({ ...depsOf(test.desk), actionOf: () => undefined }, requestId, new AbortController().signal);
    expect(await request()).toMatchObject({ state: "failed", outcome: expect.stringContaining("test.pull-lever") });
  });

  it("does not act on a stored plan that was tampered with", async () => {
    await approve();
    const tampered = await request();
    const requests = {
      ...test.desk.store.requests,
      get: async () => tampered && { ...tampered, plan: { ...tampered.plan, scope: { from: "off", to: "everything" } } },
    };
    await run({ ...test.desk, store: { ...test.desk.store, requests } });
    expect(await request()).toMatchObject({ state: "failed", outcome: expect.stringContaining("not the one that was approved") });
    expectUntouched();
  });
});

describe("on PostgreSQL, with several processes at it", () => {
  let postgres: PostgresLab;
  let test: TestDesk;

  beforeEach(async () => {
    postgres = await startPostgres();
    const url = await postgres.createDatabase();
    test = await startDesk({ store: { kind: "postgres", url, busyTimeoutMs: 5_000, poolSize: 8, connectTimeoutMs: 5_000 } });
  });
  afterEach(async () => {
    await test.stop();
    await postgres.stop();
  });

  it("is applied once by many deliveries at the same moment", async () => {
    const requestId = await test.request();
    await decide(test.desk, { requestId, userId: APPROVER, kind: "approve" });
    const deps = {
      desk: test.desk,
      actionOf: () => test.action,
      leaseTimes: TIMES,
      actProgressEveryMs: 5,
      chat: { permalink: async () => "https://example.slack.com/archives/C1/p1" },
      patience: { attempts: 2, everyMs: 5 },
    };
    const deliveries = Array.from({ length: 6 }, () => act(deps, requestId, new AbortController().signal));
    const outcomes = await Promise.all(deliveries);
    expect(outcomes.map((outcome) => outcome.kind)).toContain("done");
    expect(test.lever.applied()).toHaveLength(1);
    expect(await test.desk.store.requests.get(requestId)).toMatchObject({ state: "succeeded" });
  });

  it("ends once a lost server is back, and is not applied again", async () => {
    const requestId = await test.request();
    await decide(test.desk, { requestId, userId: APPROVER, kind: "approve" });
    const deps = {
      desk: test.desk,
      actionOf: () => test.action,
      leaseTimes: TIMES,
      actProgressEveryMs: 5,
      chat: { permalink: async () => "https://example.slack.com/archives/C1/p1" },
      patience: { attempts: 2, everyMs: 5 },
    };
    test.lever.pauseAt("after-effect");
    const running = act(deps, requestId, new AbortController().signal).catch((error: unknown) => error);
    await vi.waitFor(() => expect(test.lever.hasReached("after-effect")).toBe(true), PATIENCE);
    await postgres.crash();
    test.lever.resume();
    expect(await running).toMatchObject({ code: "store-unavailable" });
    await postgres.restart();
    test.moveOn(TIMES.ttlMs + 1_000);
    await vi.waitFor(async () => expect(await act(deps, requestId, new AbortController().signal)).toEqual({ kind: "done" }), {
      timeout: 60_000,
    });
    expect(await test.desk.store.requests.get(requestId)).toMatchObject({ state: "succeeded" });
    expect(test.lever.applied()).toHaveLength(1);
  });
});

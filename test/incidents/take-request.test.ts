import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { decide } from "../../src/incidents/decide.ts";
import { takeRequest } from "../../src/incidents/take-request.ts";
import { APPROVER, startDesk, type TestDesk } from "../support/desk.ts";
import { deskAt, LEASE_TIMES } from "../support/held.ts";

describe("taking an approved request", () => {
  let test: TestDesk;
  let id: string;
  let nowMs: number;

  beforeEach(async () => {
    test = await startDesk();
    id = await test.request();
    await decide(test.desk, { requestId: id, userId: APPROVER, kind: "approve" });
    nowMs = test.desk.clock.nowMs();
  });
  afterEach(() => test.stop());

  const take = async (atMs = nowMs) => {
    const taken = await takeRequest(deskAt(test.desk, atMs), id, LEASE_TIMES);
    if (taken.kind === "taken") taken.held.lease.stop();
    return taken;
  };

  it("has one holder: the second delivery waits until the first one's lease has run out", async () => {
    const first = await take();
    expect(first.kind).toBe("taken");
    expect(await take(nowMs + 10_000)).toEqual({ kind: "wait", delayMs: LEASE_TIMES.ttlMs - 10_000 });
    const second = await take(nowMs + LEASE_TIMES.ttlMs);
    expect(second).toMatchObject({ kind: "taken", held: { run: first.kind === "taken" ? { id: first.held.run.id } : {} } });
    expect(await test.desk.store.leases.list()).toHaveLength(1);
  });

  it("asks again soon while another run has the target, which may let it go at any time", async () => {
    const other = { targetKey: "redis/shop", owner: "run_x/proc_y", requestId: "req_other", incidentId: "inc_1" };
    await test.desk.store.leases.acquire({ ...other, acquiredAtMs: nowMs, expiresAtMs: nowMs + 60_000 }, nowMs);
    expect(await take()).toEqual({ kind: "wait", delayMs: 2_000 });
    expect(await take(nowMs + 59_500)).toEqual({ kind: "wait", delayMs: 500 });
  });

  it("ends what is past its time, and holds nothing", async () => {
    const { expiresAtMs } = (await test.desk.store.requests.get(id)) ?? { expiresAtMs: 0 };
    expect(await take(expiresAtMs)).toEqual({ kind: "nothing" });
    expect((await test.desk.store.requests.get(id))?.state).toBe("expired");
    expect(await test.desk.store.leases.list()).toEqual([]);
  });

  it("takes up what has begun whatever the time, because somebody must look at the target", async () => {
    const { expiresAtMs } = (await test.desk.store.requests.get(id)) ?? { expiresAtMs: 0 };
    await test.desk.store.requests.transition(id, ["approved"], "executing", { atMs: nowMs });
    expect(await take(expiresAtMs + 1)).toMatchObject({ kind: "taken", held: { request: { state: "executing" } } });
  });

  it("is nothing for what was never approved or has ended", async () => {
    id = await test.request();
    expect(await take()).toEqual({ kind: "nothing" });
    id = "req_none";
    expect(await take()).toEqual({ kind: "nothing" });
  });
});

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { beginRun } from "../../src/incidents/begin-run.ts";
import type { Desk } from "../../src/incidents/desk.ts";
import { setFreeze } from "../../src/incidents/freeze.ts";
import type { Held } from "../../src/incidents/take-request.ts";
import { ADMIN, startDesk, type TestDesk } from "../support/desk.ts";
import { deskAt, LEASE_TIMES, takeApproved } from "../support/held.ts";

describe("beginning a run", () => {
  let test: TestDesk;
  let held: Held;

  beforeEach(async () => {
    test = await startDesk();
    held = await takeApproved(test);
  });
  afterEach(() => test.stop());

  const begin = (desk: Desk = test.desk) => beginRun(desk, held, { plan: held.request.plan, times: LEASE_TIMES });
  const state = async () => (await test.desk.store.requests.get(held.request.id))?.state;
  const expectNothingBegun = async (): Promise<void> => {
    expect(await test.auditKinds()).not.toContain("run-begun");
    expect((await test.desk.store.runs.get(held.run.id))?.begunAtMs).toBeUndefined();
    expect((await test.desk.store.incidents.get(held.incident.id))?.state).toBe("diagnosed");
  };

  it("has state, run, plan and audit written down when it says so", async () => {
    const plan = { ...held.request.plan, before: { readAtMs: 42 } };
    const begun = await beginRun(test.desk, held, { plan, times: LEASE_TIMES });
    expect(begun).toMatchObject({ kind: "begun", held: { request: { state: "executing" }, run: { plan } } });
    expect(await state()).toBe("executing");
    expect(await test.desk.store.runs.get(held.run.id)).toMatchObject({ begunAtMs: expect.any(Number), plan });
    expect(await test.auditKinds()).toContain("run-begun");
    expect((await test.desk.store.incidents.get(held.incident.id))?.state).toBe("acting");
  });

  it("is too late at the very moment of expiry, and in time a millisecond before", async () => {
    const { expiresAtMs } = held.request;
    expect(await begin(deskAt(test.desk, expiresAtMs))).toEqual({ kind: "not-begun" });
    expect(await state()).toBe("expired");
    expect(await test.desk.store.leases.list()).toEqual([]);
    await expectNothingBegun();

    held = await takeApproved(test);
    const justInTime = deskAt(test.desk, held.request.expiresAtMs - 1);
    // By this clock the lease, which was taken a quarter of an hour ago, ends now: it is renewed first.
    await begin(justInTime);
    expect(await state()).toBe("executing");
  });

  it("does not begin once frozen, and lets the target go", async () => {
    await setFreeze(test.desk, { on: true, userId: ADMIN });
    expect(await begin()).toEqual({ kind: "not-begun" });
    expect(await state()).toBe("cancelled");
    expect(await test.desk.store.leases.list()).toEqual([]);
    await expectNothingBegun();
  });

  it("leaves everything as it is for whoever took the target over", async () => {
    await test.desk.store.leases.forceRelease(held.lease.targetKey);
    const nowMs = test.desk.clock.nowMs();
    const other = { targetKey: held.lease.targetKey, owner: "run_other/proc_other", requestId: "req_other", incidentId: held.incident.id };
    await test.desk.store.leases.acquire({ ...other, acquiredAtMs: nowMs, expiresAtMs: nowMs + 60_000 }, nowMs);
    expect(await begin()).toEqual({ kind: "not-begun" });
    expect(await state()).toBe("approved");
    expect((await test.desk.store.leases.list()).map(({ owner }) => owner)).toEqual(["run_other/proc_other"]);
    await expectNothingBegun();
  });

  it("has not begun when the news of it could not be written down", async () => {
    const mute: Desk = { ...test.desk, narrator: () => Promise.reject(new Error("no words")) };
    await expect(begin(mute)).rejects.toThrow("no words");
    expect(await state()).toBe("approved");
    await expectNothingBegun();
  });

  it("begins once", async () => {
    expect((await begin()).kind).toBe("begun");
    expect(await begin()).toEqual({ kind: "not-begun" });
    expect((await test.auditKinds()).filter((kind) => kind === "run-begun")).toHaveLength(1);
  });
});

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { beginRun } from "../../src/incidents/begin-run.ts";
import { endRun, endUndone, startVerifying, type Ending } from "../../src/incidents/end-run.ts";
import { releaseLease } from "../../src/incidents/leases.ts";
import type { Held } from "../../src/incidents/take-request.ts";
import { ADMIN, startDesk, type TestDesk } from "../support/desk.ts";
import { LEASE_TIMES, takeApproved } from "../support/held.ts";

const HELPED: Ending = {
  state: "succeeded",
  outcome: "The lever is on.",
  verification: { helped: true, says: "The lever is on.", rows: [] },
};

describe("the end of a run", () => {
  let test: TestDesk;
  let held: Held;

  beforeEach(async () => {
    test = await startDesk();
    held = await takeApproved(test);
  });
  afterEach(() => test.stop());

  const begin = async (): Promise<void> => {
    const begun = await beginRun(test.desk, held, { plan: held.request.plan, times: LEASE_TIMES });
    if (begun.kind !== "begun") throw new Error("expected it to begin");
    held = begun.held;
  };
  const verifying = async (): Promise<void> => {
    await begin();
    expect(await startVerifying(test.desk, held)).toBe(true);
  };
  const request = async () => test.desk.store.requests.get(held.request.id);
  const incidentState = async () => (await test.desk.store.incidents.get(held.incident.id))?.state;

  it("cannot be a success before it was verified", async () => {
    await begin();
    await endRun(test.desk, held, HELPED);
    expect((await request())?.state).toBe("executing");
    expect(await test.auditKinds()).not.toContain("run-ended");
    expect((await test.desk.store.leases.list()).map(({ requestId }) => requestId)).toEqual([held.request.id]);
  });

  it("resolves the incident where it helped, and leaves it to people where it did not", async () => {
    await verifying();
    await endRun(test.desk, held, HELPED);
    expect(await incidentState()).toBe("resolved");

    held = await takeApproved(test);
    await verifying();
    await endRun(test.desk, held, { ...HELPED, state: "ineffective", outcome: "It did not help." });
    expect(await incidentState()).toBe("diagnosed");
  });

  it("leaves the incident to people where it did what it is for, and the target is still in trouble", async () => {
    await verifying();
    const verification = { helped: true, says: "It is as before. It is still in trouble: OOM kills.", troubled: true, rows: [] } as const;
    await endRun(test.desk, held, { ...HELPED, verification });
    expect((await request())?.state).toBe("succeeded");
    expect(await incidentState()).toBe("diagnosed");
    expect((await test.desk.store.runs.ofRequest(held.request.id, "run_other")).verification).toEqual(verification);
  });

  it("counts once when two say it at the same moment", async () => {
    await verifying();
    await Promise.all([endRun(test.desk, held, HELPED), endRun(test.desk, held, { ...HELPED, state: "ineffective" })]);
    const kinds = await test.auditKinds();
    expect(kinds.filter((kind) => kind === "run-ended")).toHaveLength(1);
    expect(kinds.filter((kind) => kind === "run-observed")).toHaveLength(1);
    expect(test.news.filter(({ kind }) => kind === "ended")).toHaveLength(1);
  });

  it("leaves standing what an admin ended, and writes down what was seen since", async () => {
    await begin();
    await releaseLease(test.desk, { targetKey: held.lease.targetKey, userId: ADMIN });
    expect(await startVerifying(test.desk, held)).toBe(false);
    await endRun(test.desk, held, { state: "failed", outcome: "the lever was not moved", observation: { kind: "not-done", says: "off" } });
    expect((await request())?.state).toBe("unknown");
    const [last] = await test.desk.store.audit.list({ limit: 1 });
    expect(last).toMatchObject({ kind: "run-observed", detail: { state: "failed", observation: "not-done" } });
  });

  it("offers the way back, by its id where this version has no title for it", async () => {
    await verifying();
    await endRun(test.desk, held, { ...HELPED, wayBack: { actionId: "test.from-the-future", params: { to: "off" } } });
    const ended = test.news.find((news) => news.kind === "ended");
    expect(ended).toMatchObject({ wayBack: { title: "test.from-the-future", why: "push it back", offer: { params: { to: "off" } } } });
    expect(await test.desk.store.offers.ofIncident(held.incident.id)).toHaveLength(1);
  });

  it("before anything was done lets the target go and says so in one sentence", async () => {
    await endUndone(test.desk, held, "expected another policy. Ask again.");
    expect(await request()).toMatchObject({ state: "failed", outcome: "expected another policy. Ask again: nothing was done" });
    expect(await test.desk.store.leases.list()).toEqual([]);
    expect(await test.auditKinds()).not.toContain("run-begun");
  });
});

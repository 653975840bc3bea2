import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { cancel } from "../../src/incidents/cancel.ts";
import type { Desk } from "../../src/incidents/desk.ts";
import { planHash } from "../../src/incidents/plan-hash.ts";
import { replaceRequest } from "../../src/incidents/replace-request.ts";
import type { Held } from "../../src/incidents/take-request.ts";
import { APPROVER, REQUESTER, rulesWith, startDesk, type TestDesk } from "../support/desk.ts";
import { takeApproved } from "../support/held.ts";

describe("a target that changed since its plan was approved", () => {
  let test: TestDesk;
  let held: Held;

  beforeEach(async () => {
    test = await startDesk();
    held = await takeApproved(test);
  });
  afterEach(() => test.stop());

  const replace = (desk: Desk = test.desk) => replaceRequest(desk, held, { ...held.request.plan, scope: { from: "moved", to: "on" } });
  const request = async (id = held.request.id) => test.desk.store.requests.get(id);
  const all = () => test.desk.store.requests.list({ limit: 10 });

  it("is put to approval anew, in the same requester's name, under the policy as it is now", async () => {
    const tighter = test.withRules(rulesWith({ approvers: [APPROVER], approvalsNeeded: 2, expiresAfterMs: 60_000 }));
    expect(await replace(tighter)).toBe(true);
    const old = await request();
    const fresh = await request(old?.supersededBy);
    expect(old).toMatchObject({ state: "superseded", supersededBy: fresh?.id });
    expect(fresh).toMatchObject({ state: "pending", requestedBy: REQUESTER, policy: { approvers: [APPROVER], approvalsNeeded: 2 } });
    expect(fresh?.planHash).toBe(planHash({ ...held.request.plan, scope: { from: "moved", to: "on" } }));
    expect((fresh?.expiresAtMs ?? 0) - (fresh?.createdAtMs ?? 0)).toBe(60_000);
    expect(await test.desk.store.requests.decisions(fresh?.id ?? "")).toEqual([]);
    expect(await test.desk.store.leases.list()).toEqual([]);
  });

  it("says where it came from, as the one before did", async () => {
    const shell = { login: "deploy", host: "web-1" };
    held = { ...held, request: { ...held.request, reason: "it fills up", shell } };
    await replace();
    expect(await request((await request())?.supersededBy)).toMatchObject({ reason: "it fills up", shell });
  });

  it("has both hashes in the audit, so that the change can be proved", async () => {
    await replace();
    const [entry] = (await test.desk.store.audit.list({ limit: 10 })).filter(({ kind }) => kind === "request-superseded");
    const fresh = await request((await request())?.supersededBy);
    expect(entry?.detail).toMatchObject({ approvedHash: held.request.planHash, hashNow: fresh?.planHash });
    expect(fresh?.planHash).not.toBe(held.request.planHash);
  });

  it("ends where no policy covers the action any more: nobody could approve the new plan", async () => {
    expect(await replace(test.withRules(rulesWith({ actions: ["redis.*"] })))).toBe(true);
    expect(await request()).toMatchObject({ state: "failed", outcome: expect.stringContaining("nothing was done") });
    expect(await all()).toHaveLength(1);
    expect(await test.desk.store.leases.list()).toEqual([]);
  });

  it("is not put anew when the request was taken back meanwhile", async () => {
    await cancel(test.desk, { requestId: held.request.id, userId: REQUESTER });
    expect(await replace()).toBe(false);
    expect((await all()).map(({ state }) => state)).toEqual(["cancelled"]);
  });
});

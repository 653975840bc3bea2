import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { cancel } from "../../src/incidents/cancel.ts";
import { resolveByAlert, resolveIncident } from "../../src/incidents/resolve.ts";
import { APPROVER, REQUESTER, rulesWith, SHOP, startDesk, STRANGER, type TestDesk } from "../support/desk.ts";

describe("the end of an incident", () => {
  let test: TestDesk;
  beforeEach(async () => {
    test = await startDesk();
  });
  afterEach(() => test.stop());

  it("is said once, by a person who may investigate", async () => {
    const { id: incidentId } = await test.incident();
    const onlyApprover = test.withRules({ ...rulesWith(), investigators: [APPROVER] });
    expect((await resolveIncident(onlyApprover, { incidentId, userId: STRANGER })).kind).toBe("refused");
    expect((await resolveIncident(onlyApprover, { incidentId, userId: APPROVER })).kind).toBe("resolved");
    expect((await resolveIncident(onlyApprover, { incidentId, userId: APPROVER })).kind).toBe("already-resolved");
    expect(await test.auditKinds()).toEqual(["incident-resolved"]);
    expect(test.news).toMatchObject([{ kind: "resolved", incident: { state: "resolved" } }]);
  });

  it("is said by the alert's sender, for the target that it is about", async () => {
    await test.incident();
    expect(
      (await resolveByAlert(test.desk, { target: { kind: "redis", name: "other" }, problem: "redis-memory", source: "slack" })).kind,
    ).toBe("no-such-incident");
    expect((await resolveByAlert(test.desk, { target: SHOP, problem: "redis-memory", source: "slack" })).kind).toBe("resolved");
  });

  it("is not said of what is not there", async () => {
    expect(await resolveIncident(test.desk, { incidentId: "inc_none", userId: REQUESTER })).toEqual({ kind: "no-such-incident" });
  });

  it("a request is taken back by who made it, once", async () => {
    const requestId = await test.request();
    expect((await cancel(test.desk, { requestId, userId: APPROVER })).kind).toBe("refused");
    expect((await cancel(test.desk, { requestId, userId: REQUESTER })).kind).toBe("cancelled");
    expect(await cancel(test.desk, { requestId, userId: REQUESTER })).toMatchObject({ kind: "too-late", state: "cancelled" });
    expect(await cancel(test.desk, { requestId: "req_none", userId: REQUESTER })).toEqual({ kind: "no-such-request" });
    expect(test.news.at(-1)).toMatchObject({ kind: "ended", request: { state: "cancelled" } });
  });
});

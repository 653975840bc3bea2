import { describe, expect, test } from "vitest";

import { freezePolicy, type AccessRules, type Person } from "../../src/domain/access.ts";
import type { ActionRequest, Decision } from "../../src/domain/action-request.ts";
import { mayAdminister, mayDecide, stillAgreed } from "../../src/incidents/may-approve.ts";
import { ADMIN, APPROVER, POLICY, REQUESTER, rulesWith, SECOND_APPROVER, SHOP, STRANGER } from "../support/desk.ts";

const person = (userId: string): Person => ({ userId, groupIds: [] });
const deskWith = (rules: AccessRules) => ({ rules, person: async (userId: string) => person(userId) });

function requestUnder(policy: Partial<typeof POLICY> = {}, requestedBy = REQUESTER): ActionRequest {
  const frozen = { ...POLICY, ...policy };
  const plan: ActionRequest["plan"] = {
    actionId: "test.pull-lever",
    target: SHOP,
    risk: "change",
    summary: "Pull it",
    changes: [],
    blastRadius: [],
    warnings: [],
    wayBack: "push it",
    params: {},
    scope: {},
    before: {},
  };
  return {
    id: "req_1",
    incidentId: "inc_1",
    actionId: plan.actionId,
    target: SHOP,
    askedParams: {},
    plan,
    planHash: "hash",
    requestedBy,
    policy: freezePolicy(frozen),
    state: "approved",
    createdAtMs: 1,
    expiresAtMs: 2,
  };
}

const word = (userId: string, kind: Decision["kind"] = "approve"): Decision => ({ requestId: "req_1", userId, kind, atMs: 1 });

describe("whether what was agreed still holds", () => {
  const agreed = async (rules: AccessRules, request: ActionRequest, ...words: readonly Decision[]) =>
    stillAgreed(deskWith(rules), request, words);

  test("the stricter of the two counts, the policy then and the policy now", async () => {
    const loosened = await agreed(rulesWith({ approvalsNeeded: 1 }), requestUnder({ approvalsNeeded: 2 }), word(APPROVER));
    expect(loosened).toMatchObject({ kind: "withdrawn", because: expect.stringContaining("2 approvals needed, 1 still valid") });
    const tightened = await agreed(rulesWith({ approvalsNeeded: 2 }), requestUnder({ approvalsNeeded: 1 }), word(APPROVER));
    expect(tightened.kind).toBe("withdrawn");
    const both = await agreed(rulesWith({ approvalsNeeded: 2 }), requestUnder(), word(APPROVER), word(SECOND_APPROVER));
    expect(both).toEqual({ kind: "agreed" });
  });

  test("a policy that asks for nobody still needs one", async () => {
    expect((await agreed(rulesWith({ approvalsNeeded: 0 }), requestUnder({ approvalsNeeded: 0 }))).kind).toBe("withdrawn");
  });

  test("a no is not counted as a yes", async () => {
    expect((await agreed(rulesWith(), requestUnder(), word(APPROVER, "deny"))).kind).toBe("withdrawn");
  });

  test("who went alone is enough, for as long as the policy lets them", async () => {
    const request = requestUnder({ breakGlass: true, approvalsNeeded: 2 }, APPROVER);
    const alone = word(APPROVER, "break-glass");
    expect((await agreed(rulesWith({ breakGlass: true, approvalsNeeded: 2 }), request, alone)).kind).toBe("agreed");
    expect((await agreed(rulesWith({ breakGlass: false, approvalsNeeded: 2 }), request, alone)).kind).toBe("withdrawn");
  });

  test("it ends with the policy, and with the requester's right to ask", async () => {
    expect((await agreed(rulesWith({ targets: ["redis/other"] }), requestUnder(), word(APPROVER))).kind).toBe("withdrawn");
    const noMore = await agreed({ ...rulesWith(), requesters: [APPROVER] }, requestUnder(), word(APPROVER));
    expect(noMore).toMatchObject({ kind: "withdrawn", because: expect.stringContaining("the requester may no longer ask") });
  });

  test("groups that cannot be asked leave it open, for the approver as for the requester", async () => {
    for (const away of [REQUESTER, APPROVER]) {
      const desk = {
        rules: rulesWith(),
        person: async (userId: string) => (userId === away ? Promise.reject(new Error("Slack is away")) : person(userId)),
      };
      expect(await stillAgreed(desk, requestUnder(), [word(APPROVER)])).toEqual({ kind: "unsure", because: "Slack is away" });
    }
  });
});

describe("whose word counts", () => {
  const may = (rules: AccessRules, { userId, kind }: Decision, request = requestUnder()) =>
    mayDecide({ rules }, person(userId), { request, kind }).kind;

  test("only who is an approver in the frozen policy and in the present one", () => {
    expect(may(rulesWith({ approvers: [SECOND_APPROVER] }), word(APPROVER))).toBe("refused");
    expect(may(rulesWith(), word(APPROVER), requestUnder({ approvers: [SECOND_APPROVER] }))).toBe("refused");
    expect(may(rulesWith(), word(APPROVER))).toBe("allowed");
  });

  test("the glass is broken by the one who asked, and by no other approver", () => {
    const rules = rulesWith({ breakGlass: true });
    const own = requestUnder({ breakGlass: true }, APPROVER);
    expect(may(rules, word(APPROVER, "break-glass"), own)).toBe("allowed");
    expect(may(rules, word(SECOND_APPROVER, "break-glass"), own)).toBe("refused");
    expect(may(rules, word(APPROVER, "break-glass"), requestUnder({ breakGlass: false }, APPROVER))).toBe("refused");
  });

  test("admins are those on the list", () => {
    expect(mayAdminister({ rules: rulesWith() }, person(ADMIN)).kind).toBe("allowed");
    expect(mayAdminister({ rules: rulesWith() }, person(STRANGER)).kind).toBe("refused");
    expect(mayAdminister({ rules: { ...rulesWith(), admins: [] } }, person(ADMIN)).kind).toBe("refused");
  });
});

import { describe, expect, it } from "vitest";
import {
  freezePolicy,
  isListed,
  mayApprove,
  mayBreakGlass,
  policyFor,
  type AccessRules,
  type PolicyRule,
} from "../../src/domain/access.ts";

const rule = (change: Partial<PolicyRule>): PolicyRule => ({
  name: "default",
  actions: ["*"],
  targets: ["*"],
  requesters: "everyone",
  approvers: ["UAPPROVER"],
  approvalsNeeded: 1,
  breakGlass: false,
  expiresAfterMs: 900_000,
  ...change,
});
const rules = (...policies: PolicyRule[]): AccessRules => ({ investigators: "everyone", requesters: "everyone", admins: [], policies });
const person = (userId: string, ...groupIds: string[]) => ({ userId, groupIds });
const target = { kind: "redis", name: "prod-sessions", database: 2 } as const;

describe("policyFor", () => {
  it("takes the first rule that fits both action and target", () => {
    const found = policyFor(
      rules(
        rule({ name: "other action", actions: ["redis.set-maxmemory"] }),
        rule({ name: "other target", targets: ["redis/dev-*"] }),
        rule({ name: "prod", targets: ["redis/prod-*"] }),
        rule({ name: "all" }),
      ),
      "redis.flush-db",
      target,
    );
    expect(found?.name).toBe("prod");
  });

  it("finds none where none fits, so that nobody may approve", () => {
    expect(policyFor(rules(rule({ targets: ["redis/dev-*"] })), "redis.flush-db", target)).toBeUndefined();
  });

  it("takes a name without a star literally", () => {
    expect(policyFor(rules(rule({ actions: ["redis.flush"] })), "redis.flush-db", target)).toBeUndefined();
  });
});

describe("mayApprove", () => {
  const request = (change: Partial<PolicyRule> = {}) => ({ requestedBy: "UREQUESTER", policy: freezePolicy(rule(change)) });

  it("allows a listed user, and a member of a listed group", () => {
    expect(mayApprove(person("UAPPROVER"), request()).kind).toBe("allowed");
    expect(mayApprove(person("UOTHER", "SONCALL"), request({ approvers: ["SONCALL"] })).kind).toBe("allowed");
  });

  it("refuses the requester, even one on the list", () => {
    const asked = { ...request({ approvers: ["UREQUESTER"] }) };
    expect(mayApprove(person("UREQUESTER"), asked)).toEqual({ kind: "refused", because: expect.stringContaining("their own request") });
  });

  it("refuses everyone when the list is empty", () => {
    expect(mayApprove(person("UAPPROVER"), request({ approvers: [] })).kind).toBe("refused");
  });

  it("refuses who is not listed", () => {
    expect(mayApprove(person("USTRANGER", "SOTHER"), request()).kind).toBe("refused");
  });
});

describe("mayBreakGlass", () => {
  it("is for listed people, the requester included, and only where the policy allows it", () => {
    const open = { requestedBy: "UAPPROVER", policy: freezePolicy(rule({ breakGlass: true })) };
    expect(mayBreakGlass(person("UAPPROVER"), open).kind).toBe("allowed");
    expect(mayBreakGlass(person("USTRANGER"), open).kind).toBe("refused");
    expect(mayBreakGlass(person("UAPPROVER"), { ...open, policy: freezePolicy(rule({})) }).kind).toBe("refused");
  });
});

describe("isListed", () => {
  it("knows everyone, and nobody from an empty list", () => {
    expect(isListed(person("U1"), "everyone")).toBe(true);
    expect(isListed(person("U1", "S1"), [])).toBe(false);
  });
});

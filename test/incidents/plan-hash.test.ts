import { describe, expect, it } from "vitest";

import { isIntact, planHash } from "../../src/incidents/plan-hash.ts";
import { SHOP } from "../support/desk.ts";

describe("the plan hash", () => {
  const base = { actionId: "redis.flush-db", target: SHOP, scope: { database: 2, runIds: ["a", "b"] } };

  it("is equal for equal plans, whatever the order of their keys", () => {
    expect(planHash({ ...base, scope: { runIds: ["a", "b"], database: 2 } })).toBe(planHash(base));
    expect(planHash(base)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    { ...base, actionId: "redis.unlink-keys" },
    { ...base, target: { ...SHOP, database: 2 } },
    { ...base, target: { ...SHOP, name: "other" } },
    { ...base, scope: { database: 3, runIds: ["a", "b"] } },
    { ...base, scope: { database: 2, runIds: ["b", "a"] } },
  ])("is another for another action, target or scope: %j", (other) => {
    expect(planHash(other)).not.toBe(planHash(base));
  });

  it("sees a stored plan that is not the one of the request", () => {
    const plan = {
      ...base,
      risk: "destructive",
      summary: "",
      changes: [],
      blastRadius: [],
      warnings: [],
      wayBack: "",
      params: {},
      before: {},
    } as const;
    const request = { ...base, plan, planHash: planHash(base) };
    expect(isIntact(request)).toBe(true);
    expect(isIntact({ ...request, plan: { ...plan, scope: { database: 0 } } })).toBe(false);
    expect(isIntact({ ...request, target: { ...SHOP, name: "other" } })).toBe(false);
    expect(isIntact({ ...request, plan: { ...plan, target: { ...SHOP, name: "other" } } })).toBe(false);
  });
});

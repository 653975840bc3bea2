import { describe, expect, it } from "vitest";
import { followsSeedRule } from "../../../src/domain/trend/seed-rule.ts";
import { listed } from "./readings.ts";

describe("the rule as written: 20% over 30 min, 3 points, 80% of steps rising", () => {
  it.each([
    ["the runbook's own example", [2100, 2300, 2500, 2600, 2700], "leak"],
    ["just 20%", [100, 105, 110, 115, 120], "leak"],
    ["just under 20%", [1000, 1050, 1100, 1150, 1199], "no-leak"],
    ["three points", [100, 110, 120], "leak"],
    ["two points", [100, 200], "too-few"],
    ["none", [], "too-few"],
    ["four of five steps rise", [100, 110, 108, 120, 130, 140], "leak"],
    ["four of six steps rise", [100, 110, 108, 120, 118, 130, 140], "no-leak"],
    ["a fall", [200, 180, 160, 140], "no-leak"],
    ["from nothing", [0, 10, 20, 30], "no-leak"],
  ])("%s: %j is %s", (_, usage, kind) => {
    expect(followsSeedRule(listed(...usage)).kind).toBe(kind);
  });

  it("looks at the last 30 min only", () => {
    expect(followsSeedRule(listed(100, 130, 160, 200, 200, 200, 200, 200, 200, 200)).kind).toBe("no-leak");
  });

  it("forgives polls that are some seconds late", () => {
    const late = listed(100, 105, 110, 112, 114, 116, 120).map((reading, step) => ({ ...reading, atMs: reading.atMs + step * 4000 }));
    expect(followsSeedRule(late)).toMatchObject({ kind: "leak", rising: 1 });
  });

  it("says figures with units", () => {
    expect(followsSeedRule(listed(1024, 1126, 1229, 1331)).says).toBe("30.0% growth over 15 min (1.0 KiB → 1.3 KiB, 4 readings).");
  });
});

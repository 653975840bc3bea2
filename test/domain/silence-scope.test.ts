import { describe, expect, it } from "vitest";
import { isBroad, outlasts, takesIn } from "../../src/domain/silence-scope.ts";
import type { Silence, Silenced } from "../../src/domain/silence.ts";

const target = (pattern: string): Silenced => ({ kind: "target", pattern });
const label = (name: string, pattern: string): Silenced => ({ kind: "label", name, pattern });
const SHOP: Silenced = { kind: "target", pattern: "redis/shop", problem: "redis-memory" };

describe("a silence takes in another", () => {
  it.each<[Silenced, Silenced, boolean]>([
    [target("redis/*"), target("redis/shop"), true],
    [target("redis/*"), target("redis/sh*"), true],
    [target("redis/sh*"), target("redis/*"), false],
    [target("redis/shop"), SHOP, true],
    [SHOP, target("redis/shop"), false],
    [target("redis/shop"), target("redis/shops"), false],
    [{ kind: "problem", problem: "redis-memory" }, target("redis/shop"), true],
    [{ kind: "problem", problem: "workload-memory" }, target("deploy/shop/web"), false],
    [{ kind: "problem", problem: "node-memory" }, target("prod:node/*"), true],
    [target("redis/*"), { kind: "problem", problem: "redis-memory" }, false],
    [label("team", "w*"), label("Team", "Web"), true],
    [label("severity", "warn"), label("severity", "warning"), true],
    [label("team", "web"), label("owner", "web"), false],
    [{ kind: "channel", channel: "C1" }, { kind: "channel", channel: "C1" }, true],
    [{ kind: "storm", stormId: "stm_1" }, { kind: "storm", stormId: "stm_2" }, false],
    [{ kind: "channel", channel: "C1" }, target("redis/shop"), false],
  ])("%j, %j: %s", (over, what, expected) => {
    expect(takesIn(over, what)).toBe(expected);
  });
});

it("outlasts another that ends sooner, or that lets kills be told", () => {
  const silence = (untilMs?: number, kills = false): Silence => ({
    id: "sil_1",
    what: SHOP,
    kills,
    by: "U1",
    atMs: 0,
    ...(untilMs === undefined ? {} : { untilMs }),
  });
  expect(outlasts(silence(2), silence(1))).toBe(true);
  expect(outlasts(silence(1), silence(1))).toBe(false);
  expect(outlasts(silence(), silence(9))).toBe(true);
  expect(outlasts(silence(9), silence())).toBe(true);
  expect(outlasts(silence(), silence())).toBe(false);
  expect(outlasts(silence(1, true), silence(2))).toBe(true);
});

describe("what nobody has named", () => {
  it.each<[Silenced, boolean]>([
    [target("redis/*"), true],
    [target("prod:deploy/*"), true],
    [target("deploy/shop/*"), false],
    [target("redis/s*"), false],
    [SHOP, false],
    [{ kind: "problem", problem: "node-memory" }, true],
    [{ kind: "channel", channel: "C1" }, true],
    [{ kind: "storm", stormId: "stm_1" }, false],
    [label("severity", "critical"), true],
    [label("Severity", "*"), true],
    [label("severity", "p*"), true],
    [label("severity", "warning"), false],
    [label("class", "oom_killed"), true],
    [label("source", "alertmanager"), true],
    [label("team", "*"), true],
    [label("team", "web"), false],
  ])("%j: %s", (what, expected) => {
    expect(isBroad(what)).toBe(expected);
  });
});

import { expect, it } from "vitest";
import { createJudge } from "../../src/alerts/judge.ts";
import { readAlert } from "../../src/alerts/read-alert.ts";
import { redisOf } from "../../src/commands/redis-of.ts";
import { formatTarget, type Target } from "../../src/domain/target.ts";

const SHOP: Target = { kind: "redis", name: "shop" };
const BILLING: Target = { kind: "redis", name: "billing" };
const judge = createJudge();

const meant = (text: string, targets: readonly Target[]) => {
  const [alert] = readAlert({ text }, judge).alerts;
  if (alert === undefined) throw new Error("expected an alert");
  const found = redisOf({ known: targets.map((target) => ({ target, aliases: [] })), missing: [] }, alert);
  return found.kind === "found" ? formatTarget(found.target) : found.kind;
};

it.each([
  ["a name of it", "[FIRING:1] RedisMemoryHigh (billing critical)", "redis/billing"],
  ["a word beside Redis", "Redis billing memory usage 97%", "redis/billing"],
  ["no guess", "[FIRING:1] RedisMemoryHigh (critical)", "several"],
])("of two a Redis is meant by %s", (_by, text, expected) => {
  expect(meant(text, [SHOP, BILLING])).toBe(expected);
});

it.each([
  ["is meant where nothing is named", "[FIRING:1] RedisMemoryHigh (critical)", "redis/shop"],
  ["is not meant where another is named", "[FIRING:1] RedisMemoryHigh (sessions critical)", "several"],
  ["is not meant where a pod is named", "[FIRING:1] RedisMemoryHigh\npod: cache-7c9f8d6b5c-x2x4b", "several"],
])("the only one %s", (_what, text, expected) => {
  expect(meant(text, [SHOP])).toBe(expected);
});

it("nothing else than a Redis is meant", () => {
  expect(meant("[FIRING:1] RedisMemoryHigh (shop critical)", [{ kind: "docker", connection: "local", name: "shop" }])).toBe("none");
});

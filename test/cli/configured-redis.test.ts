import { expect, it } from "vitest";
import { connectionFromUrl } from "../../src/adapters/redis/connection-url.ts";
import { withConfiguredRedis } from "../../src/cli/configured-redis.ts";
import { explain } from "../../src/cli/explain.ts";

const SHOP = { ...connectionFromUrl("redis://10.0.0.5:6379"), name: "shop", aliases: ["cart-cache"] };
const BILLING = { ...connectionFromUrl("redis://10.0.0.6:6379"), name: "billing" };

const told = (text: string, connections = [SHOP, BILLING], hasClusters = false) => {
  const { result, text: said } = withConfiguredRedis(explain(text), { connections, hasClusters });
  return { configured: result.kind === "alert" ? result.alerts.map(({ configured }) => configured) : [], said };
};

it.each([
  ["an alias", "[FIRING:1] RedisMemoryHigh (cart-cache critical)", "redis/shop"],
  ["an address", "[FIRING:1] RedisMemoryHigh (redis://10.0.0.6:6379 critical)", "redis/billing"],
])("an alert is said to be about the configured Redis that it names by %s", (_by, text, target) => {
  expect(told(text)).toMatchObject({ configured: [target], said: expect.stringContaining(`That is ${target}, which is configured.`) });
});

it("of another it is said that it is not known, and who is asked about it", () => {
  const another = "[FIRING:1] RedisMemoryHigh (sessions critical)";
  const unknown = 'This is about the memory of a Redis, but I do not know "sessions".';
  const asked = "are asked, with redis/shop, redis/billing to choose from.\n";
  expect(told(another).configured).toEqual([undefined]);
  expect(told(another).said).toContain(`${unknown} People ${asked}`);
  expect(told(another, [SHOP, BILLING], true).said).toContain(
    `${unknown} It is looked for in the configured clusters; where none has it, people ${asked}`,
  );
  expect(told("[RESOLVED] RedisMemoryHigh (sessions critical)").said).toMatch(/I do not know "sessions"\.\n$/);
});

it("one that names none is laid to one by its words, or for being the only one, as in Slack", () => {
  const byWords = expect.stringContaining("This names `redis/billing` in its words, and in no label.");
  expect(told("Redis billing memory usage 97%")).toMatchObject({ configured: ["redis/billing"], said: byWords });
  const asOnly = expect.stringContaining("`redis/shop` is the only one that I know.");
  expect(told("[FIRING:1] RedisMemoryHigh (critical)", [SHOP])).toMatchObject({ configured: ["redis/shop"], said: asOnly });
});

it("one that names a pod is laid to no Redis for being the only one", () => {
  expect(told("[FIRING:1] RedisMemoryHigh\nnamespace: shop\npod: cache-7c9f8d6b5c-x2x4b", [SHOP]).configured).toEqual([undefined]);
});

it("what is about no Redis, or is read without a configuration, stays as it is", () => {
  const pod = "[FIRING:1] PodMemoryHigh\nnamespace: shop\npod: cart-cache-0";
  expect(told(pod).said).toBe(explain(pod).text);
  const redis = "[FIRING:1] RedisMemoryHigh (cart-cache critical)";
  expect(told(redis, []).said).toBe(explain(redis).text);
});

it("a line of a client's log is an alert as well: it is laid to the Redis at its address, and to no other", () => {
  const oom = "Redis::CommandError: OOM command not allowed when used memory > 'maxmemory'.";
  expect(told(`${oom} (host: 10.0.0.5:6379)`, [SHOP]).said).toContain("That is redis/shop, which is configured.");
  expect(told(`${oom} (host: redis-billing.internal:6379)`, [SHOP]).said).toContain('I do not know "redis-billing.internal:6379".');
});

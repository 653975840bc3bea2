import { expect, it } from "vitest";
import { connectionFromUrl } from "../../src/adapters/redis/connection-url.ts";
import { withConfiguredRedis } from "../../src/cli/configured-redis.ts";
import { explain } from "../../src/cli/explain.ts";

const SHOP = { ...connectionFromUrl("redis://10.0.0.5:6379"), name: "shop", aliases: ["cart-cache"] };
const BILLING = { ...connectionFromUrl("redis://10.0.0.6:6379"), name: "billing" };

const told = (text: string, connections = [SHOP, BILLING]) => {
  const { result, text: said } = withConfiguredRedis(explain(text), connections);
  return { configured: result.kind === "alert" ? result.alerts.map(({ configured }) => configured) : [], said };
};

it.each([
  ["an alias", "[FIRING:1] RedisMemoryHigh (cart-cache critical)", "redis/shop"],
  ["an address", "[FIRING:1] RedisMemoryHigh (redis://10.0.0.6:6379 critical)", "redis/billing"],
])("an alert is said to be about the configured Redis that it names by %s", (_by, text, target) => {
  expect(told(text)).toMatchObject({ configured: [target], said: expect.stringContaining(`That is ${target}, which is configured.`) });
});

it("of another it is said that none fits, and which there are", () => {
  expect(told("[FIRING:1] RedisMemoryHigh (sessions critical)")).toMatchObject({
    configured: [undefined],
    said: expect.stringContaining("None of its names is one of a configured Redis (redis/shop, redis/billing)."),
  });
});

it("what is about no Redis, or is read without a configuration, stays as it is", () => {
  const pod = "[FIRING:1] PodMemoryHigh\nnamespace: shop\npod: cart-cache-0";
  expect(told(pod).said).toBe(explain(pod).text);
  const redis = "[FIRING:1] RedisMemoryHigh (cart-cache critical)";
  expect(told(redis, []).said).toBe(explain(redis).text);
});

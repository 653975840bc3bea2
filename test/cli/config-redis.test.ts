import { expect, test } from "vitest";
import { redisWarnings } from "../../src/cli/config-redis.ts";
import { loadCommandLineConfig } from "../../src/config.ts";

test.each([
  [
    "a: { host: h, aliases: [gateway] }, b: { host: i, aliases: [Gateway] }",
    ["gateway is an alias of 2 connections, redis/a, redis/b: it tells nobody which is meant"],
  ],
  [
    "a: { host: h, aliases: [b] }, b: { host: i }",
    ["b is an alias of redis/a and the name of another connection: it always means redis/b"],
  ],
  ["a: { host: h, aliases: [a, c] }, b: { host: i, aliases: [d] }", []],
  [
    "a: { url: redis://127.0.0.1:6390/2 }, b: { host: localhost }, c: { cluster: { nodes: [localhost:6390] } }",
    ["redis/a is the Redis that Oomph's own queue runs on: it is looked at, and never changed"],
  ],
])("of %s is warned where it is probably not what was meant (%#)", (connections, warnings) => {
  const env = { REDIS_URL: "redis://:made-up@localhost:6390" };
  const loaded = loadCommandLineConfig({ env, readFile: () => `redis: { connections: { ${connections} } }` });
  expect(loaded.kind === "ok" ? redisWarnings(loaded.config) : loaded).toEqual(warnings);
});

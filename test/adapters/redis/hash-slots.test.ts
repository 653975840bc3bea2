import { afterAll, beforeAll, expect, test } from "vitest";
import { startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import { hashSlot, nameInSlots } from "../../../src/adapters/redis/hash-slots.ts";
import { randomProbeName } from "../../../src/adapters/redis/open-node.ts";

let lab: RedisLab;
beforeAll(async () => {
  lab = await startRedis({ lines: ["cluster-enabled yes", "cluster-port 0"] });
});
afterAll(() => lab?.stop());

test("slots are those of a real server", async () => {
  for (const key of ["", "foo", "user:{42}:cart", "{}empty", "a{b}c{d}", "{open", "}{x}", "ключ", "foo{{bar}}zap", randomProbeName()]) {
    expect([key, hashSlot(key)]).toEqual([key, await lab.client.call("CLUSTER", ["KEYSLOT", key])]);
  }
});

test("a name is found for a node with a single slot", () => {
  expect(hashSlot(nameInSlots(randomProbeName, [[12_345, 12_345]]))).toBe(12_345);
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { fillUntilRefused, startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import type { KeyValueNode } from "../../../src/ports/key-value-server.ts";
import { single, withNode } from "./lab.ts";

let lab: RedisLab;
let full: RedisLab;
beforeAll(async () => {
  lab = await startRedis({
    users: [
      "onlooker on >made-up ~* +ping +info",
      "partial on >made-up ~app:* +ping +info +scan +time +exists +unlink +pexpireat +type +pttl",
    ],
  });
  full = await startRedis({ maxmemory: "8mb", policy: "noeviction" });
  await fillUntilRefused(full, { database: 2, valueBytes: 1000 });
});
afterAll(async () => {
  await lab?.stop();
  await full?.stop();
});

const later = Date.now() + 3_600_000;

test.each<[string, (node: KeyValueNode) => Promise<unknown>]>([
  ["config|get", (node) => node.config(["maxmemory"])],
  ["memory|stats", (node) => node.memoryStats()],
  ["client|list", (node) => node.clients()],
  ["client|kill", (node) => node.killClient("1")],
  ["time", (node) => node.time()],
  ["dbsize", (node) => node.dbSize(0)],
  ["scan", (node) => node.scan(0, { cursor: "0", count: 1 })],
  ["type", (node) => node.describeKeys(0, ["a"], { withSize: true })],
  ["exists", (node) => node.countExisting(0, ["a"])],
  ["pexpiretime", (node) => node.countExpiringAt(0, ["a"], later)],
  ["flushdb", (node) => node.flushDatabase(0)],
  ["unlink", (node) => node.unlink(0, ["a"])],
  ["time", (node) => node.expireAt(0, ["a"], later)],
  ["eval", (node) => node.persistWhereExpiresAt(0, ["a"], later)],
  ["config|set", (node) => node.setConfig("maxmemory-samples", "5")],
  ["config|rewrite", (node) => node.rewriteConfig()],
  ["select", (node) => node.dbSize(1)],
])("a user who may only watch is told to be granted +%s, and granting it helps", async (right, work) => {
  await withNode(single(lab.port, { username: "onlooker", password: "made-up" }), async (node) => {
    await expect(work(node)).rejects.toMatchObject({
      code: "no-rights",
      message: expect.stringMatching(new RegExp(`ACL SETUSER onlooker \\+${right.replace("|", "\\|")}$`)) as string,
    });
    await lab.client.call("ACL", ["SETUSER", "onlooker", `+${right}`]);
    const after = await work(node).catch((error: unknown) => String(error));
    expect(after).not.toEqual(expect.stringContaining(`+${right}`));
    await lab.client.call("ACL", ["SETUSER", "onlooker", `-${right}`]);
  });
});

test("a user without the key pattern is told so, and touches nothing", async () => {
  await lab.client.mset("app:1", "x", "other:1", "x");
  await withNode(single(lab.port, { username: "partial", password: "made-up" }), async (node) => {
    const refusal = { code: "no-rights", message: expect.stringContaining("ACL SETUSER partial ~<pattern>") as string };
    await expect(node.unlink(0, ["other:1"])).rejects.toMatchObject(refusal);
    await expect(node.countExisting(0, ["other:1"])).rejects.toMatchObject(refusal);
    await expect(node.expireAt(0, ["other:1"], later)).rejects.toMatchObject(refusal);
    expect(await node.expireAt(0, ["app:1"], later)).toBe(1);
    expect(await node.unlink(0, ["app:1"])).toBe(1);
  });
  expect(await lab.client.exists("other:1")).toBe(1);
  expect(await lab.client.pttl("other:1")).toBe(-1);
});

test("a full server is looked at and acted on as any other", async () => {
  await withNode(single(full.port, { database: 2 }), async (node) => {
    expect(await node.probeWrite(2)).toMatchObject({ kind: "refused-oom" });
    const { keys } = await node.scan(2, { cursor: "0", count: 100 });
    expect(await node.describeKeys(2, keys, { withSize: true })).toHaveLength(keys.length);
    expect(await node.expireAt(2, keys, later)).toBe(keys.length);
    expect(await node.persistWhereExpiresAt(2, keys, later)).toBe(keys.length);
    expect(await node.unlink(2, keys.slice(0, 10))).toBe(10);
    await node.setConfig("maxmemory-policy", "allkeys-lru");
    await node.setConfig("maxmemory-policy", "noeviction");
    await node.flushDatabase(2);
    await expect.poll(() => node.probeWrite(2)).toEqual({ kind: "accepted" });
  });
});

test("without a config file there is nothing to rewrite", async () => {
  const bare = await startRedis({ configFile: false });
  await withNode(single(bare.port), async (node) => {
    await expect(node.rewriteConfig()).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringContaining("runs without a config file") as string,
    });
  });
  await bare.stop();
});

test("what is no name of a parameter, no id, no key and no cursor is refused", async () => {
  await withNode(single(lab.port), async (node) => {
    await expect(node.setConfig("max memory", "1")).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringContaining('"max memory"') as string,
    });
    await expect(node.killClient("addr 1")).rejects.toMatchObject({ code: "bad-input" });
    await expect(node.unlink(0, ["half\\escape"])).rejects.toMatchObject({ code: "bad-input" });
    await expect(node.scan(0, { cursor: "x", count: 1 })).rejects.toMatchObject({ code: "refused" });
  });
});

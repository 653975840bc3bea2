import { describe, expect, test } from "vitest";
import { patternOf } from "../../../src/runbooks/redis-memory/advice.ts";
import { diagnoseNode } from "../../../src/runbooks/redis-memory/diagnose-node.ts";
import { furtherStepsFor } from "../../../src/runbooks/redis-memory/further-steps.ts";
import { censusOf, MIB, nodeWith, slowClient } from "./pictures.ts";

const FULL = { used_memory: String(256 * MIB + 100), db0: "keys=10,expires=5", db2: "keys=200000,expires=0,avg_ttl=0" };

function adviceFor(...given: Parameters<typeof nodeWith>) {
  return diagnoseNode(nodeWith(...given)).finding.advice;
}

function actionsFor(...given: Parameters<typeof nodeWith>): readonly string[] {
  return adviceFor(...given).map(({ actionId }) => actionId);
}

describe("a full server", () => {
  test("what tests left behind may go first", () => {
    const advice = adviceFor(FULL, { probe: "refused-oom", census: [censusOf(2, { keys: 200_000, prefix: "test:dedup:" })] });
    expect(advice[0]).toMatchObject({ actionId: "redis.flush-db", params: { database: 2 } });
    expect(advice[0]?.why).toContain("throw-away");
    expect(advice[1]).toMatchObject({ actionId: "redis.expire-keys", params: { database: 2, pattern: "test:dedup:*", ttl: "1h" } });
  });

  test("where other keys share the database, only what tests left behind goes", () => {
    const test = censusOf(2, { keys: 140_000, prefix: "test:dedup:" });
    const orders = censusOf(2, { keys: 60_000, prefix: "order:" });
    const census = {
      ...test,
      keys: 200_000,
      sampled: test.sampled + 400,
      withoutTtl: test.sampled + 400,
      prefixes: [...test.prefixes, ...orders.prefixes],
    };
    const advice = adviceFor(FULL, { probe: "refused-oom", census: [census] });
    expect(advice[0]).toMatchObject({ actionId: "redis.unlink-keys", params: { database: 2, pattern: "test:dedup:*" } });
    expect(advice.map(({ actionId }) => actionId)).not.toContain("redis.flush-db");
  });

  test("data that nothing says may go is not flushed", () => {
    const fields = { used_memory: String(256 * MIB + 100), db0: "keys=200000,expires=0" };
    const actions = actionsFor(fields, { probe: "refused-oom", census: [censusOf(0, { keys: 200_000, prefix: "order:" })] });
    expect(actions).toEqual(["redis.expire-keys", "redis.set-maxmemory", "redis.set-eviction-policy"]);
  });

  test("data with TTLs is not flushed, whatever its name; its expiring keys may be evicted first", () => {
    const fields = { used_memory: String(256 * MIB + 100), db0: "keys=0,expires=0", db2: "keys=200000,expires=150000" };
    const advice = adviceFor(fields, { probe: "refused-oom", census: [censusOf(2, { keys: 200_000, prefix: "cache:", withTtl: 0.75 })] });
    expect(advice.map(({ params }) => params["policy"])).toEqual(["volatile-lru", undefined, "allkeys-lru"]);
  });

  test("where it only may be throw-away data, gentler ways come first", () => {
    const actions = actionsFor(FULL, { probe: "refused-oom", census: [censusOf(2, { keys: 200_000, prefix: "order:" })] });
    expect(actions.at(-1)).toBe("redis.flush-db");
    expect(actions[0]).toBe("redis.expire-keys");
  });

  test("any key may go under allkeys-lru, and more memory only buys time", () => {
    const advice = adviceFor(FULL, { probe: "refused-oom" });
    expect(advice.find(({ actionId }) => actionId === "redis.set-eviction-policy")?.why).toContain("Any key may go");
    expect(advice.find(({ actionId }) => actionId === "redis.set-maxmemory")?.why).toContain("only buys time");
  });

  test("where nothing gentler is left, what drops any key is offered, with its warning", () => {
    const fields = { used_memory: FULL.used_memory, db0: "keys=9,expires=0" };
    const node = nodeWith(fields, { probe: "refused-oom", limitBytes: 256 * MIB });
    const { finding } = diagnoseNode(node);
    expect(finding.verdict).toBe("full-under-noeviction");
    expect(finding.advice).toMatchObject([{ params: { policy: "allkeys-lru" }, why: expect.stringContaining("Any key may go") }]);
  });

  test("where the policy was not read, what drops any key is not offered but explained", () => {
    const { info, ...node } = nodeWith(FULL, { probe: "refused-oom", limitBytes: 256 * MIB });
    if (info === undefined) throw new TypeError("expected INFO");
    const diagnosis = diagnoseNode({ ...node, info: { ...info, value: { ...info.value, policy: undefined } } });
    expect(diagnosis.finding.advice.map(({ params }) => params["policy"])).not.toContain("allkeys-lru");
    expect(furtherStepsFor(diagnosis).join()).toContain("If it is a cache in which any key may go");
  });

  test("more memory is not offered where the host has none", () => {
    expect(actionsFor(FULL, { probe: "refused-oom", limitBytes: 340 * MIB })).not.toContain("redis.set-maxmemory");
    const roomy = adviceFor(FULL, { probe: "refused-oom", limitBytes: 400 * MIB }).find(
      ({ actionId }) => actionId === "redis.set-maxmemory",
    );
    expect(roomy?.params).toEqual({ maxmemory: 300 * MIB });
  });
});

describe("where clearing keys frees nothing, it is not offered", () => {
  test.each([
    ["client buffers", nodeWith({ ...FULL, mem_clients_normal: String(150 * MIB) }, { clients: slowClient(150 * MIB) })],
    ["replication backlog", nodeWith({ ...FULL, mem_replication_backlog: String(150 * MIB) })],
    ["fragmentation", nodeWith({ used_memory: String(100 * MIB), used_memory_rss: String(400 * MIB) })],
    ["a read-only replica", nodeWith({ role: "slave" }, { probe: "refused-read-only" })],
    ["a cache at its limit", nodeWith({ ...FULL, maxmemory_policy: "allkeys-lru", evicted_keys: "5" })],
    ["healthy", nodeWith({})],
  ])("%s", (_name, node) => {
    const actions = diagnoseNode(node).finding.advice.map(({ actionId }) => actionId);
    expect(actions).not.toContain("redis.flush-db");
    expect(actions).not.toContain("redis.unlink-keys");
    expect(actions).not.toContain("redis.expire-keys");
  });

  test("slow clients are closed from a size on that frees most", () => {
    const advice = adviceFor({ ...FULL, mem_clients_normal: String(150 * MIB) }, { clients: slowClient(150 * MIB) });
    expect(advice).toMatchObject([{ actionId: "redis.kill-slow-clients", params: { minimumBytes: 75 * MIB } }]);
  });
});

test.each([
  ["user:", "user:*"],
  ["a*b?[c]:", String.raw`a\*b\?\[c\]:*`],
  [String.raw`back\\slash:`, String.raw`back\\slash:*`],
  [String.raw`raw\xff:`, "raw?:*"],
  [String.raw`slash\\xff:`, String.raw`slash\\xff:*`],
])("the pattern of %s", (prefix, pattern) => {
  expect(patternOf(prefix)).toBe(pattern);
});

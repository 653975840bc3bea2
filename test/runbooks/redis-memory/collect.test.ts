import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { fill, startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import { systemClock } from "../../../src/adapters/system/system-clock.ts";
import type { KeyValueConnection } from "../../../src/ports/key-value-server.ts";
import { collectCensus } from "../../../src/runbooks/redis-memory/collect-census.ts";
import { collectGrowth } from "../../../src/runbooks/redis-memory/collect-growth.ts";
import { collectClients, collectConfig, collectInfo } from "../../../src/runbooks/redis-memory/collect-readings.ts";
import { collectHealth, collectSurroundings } from "../../../src/runbooks/redis-memory/collect-surroundings.ts";
import { Census, Clients, Fields, Growth, PerNode, type Schema } from "../../../src/runbooks/redis-memory/schema.ts";
import type { RedisSession } from "../../../src/runbooks/redis-memory/session.ts";
import { serversFor, single } from "../../adapters/redis/lab.ts";

const SIGNAL = new AbortController().signal;

describe("what is collected from a real server", () => {
  let lab: RedisLab;
  let connection: KeyValueConnection;
  const session = (more: Partial<RedisSession> = {}): RedisSession => ({
    connection,
    settings: undefined,
    database: undefined,
    ...more,
  });
  /** What its one server told, checked as it is when it is read back. */
  const told = async <Value>(collected: Promise<unknown>, schema: Schema<Value>): Promise<Value> => {
    const [node] = PerNode.parse(await collected).nodes;
    return schema.parse(node !== undefined && "value" in node ? node.value : undefined);
  };

  beforeAll(async () => {
    lab = await startRedis({ maxmemory: "64mb", password: "made-up" });
    connection = await serversFor(single(lab.port, { password: "made-up" })).servers.open("examined");
  });
  afterEach(() => lab.client.flushall());
  afterAll(async () => {
    await connection.close();
    await lab.stop();
  });

  test("the census counts a small database whole, and each database for itself", async () => {
    await fill(lab, { database: 0, keys: 30, valueBytes: 10, prefix: "a:" });
    await fill(lab, { database: 3, keys: 50, valueBytes: 10, prefix: "b:", ttlSeconds: 600 });
    const { databases } = await told(collectCensus(session(), { clock: systemClock, censusBudgetMs: 5_000 }, SIGNAL), Census);
    expect(databases).toMatchObject([
      { database: 0, keys: 30, complete: true, sampled: 30, withoutTtl: 30 },
      { database: 3, keys: 50, complete: true, sampled: 50, withoutTtl: 0 },
    ]);
  });

  test("the census looks once at least, and only once, when there is no time", async () => {
    await fill(lab, { database: 0, keys: 2_000, valueBytes: 10, prefix: "a:" });
    const [census] = (await told(collectCensus(session(), { clock: systemClock, censusBudgetMs: 0 }, SIGNAL), Census)).databases;
    expect(census).toMatchObject({ keys: 2_000, complete: false });
    expect(census?.sampled).toBeGreaterThan(0);
    expect(census?.sampled).toBeLessThan(200);
  });

  test("the census of an empty server is empty, and one that is stopped ends", async () => {
    expect(await told(collectCensus(session(), { clock: systemClock, censusBudgetMs: 10 }, SIGNAL), Census)).toEqual({ databases: [] });
    await fill(lab, { database: 0, keys: 10, valueBytes: 10 });
    const stopped = AbortSignal.abort(new Error("stopped"));
    await expect(collectCensus(session(), { clock: systemClock, censusBudgetMs: 10 }, stopped)).rejects.toThrow("stopped");
  });

  test("the census leaves the idle times of keys as they were", async () => {
    await fill(lab, { database: 0, keys: 5, valueBytes: 10, prefix: "a:" });
    const clock = { ...systemClock, sleep: async () => undefined };
    const names = await lab.client.keys("*");
    await lab.client.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lfu");
    const frequency = async () => Promise.all(names.map((name) => lab.client.call("OBJECT", "FREQ", name)));
    const before = await frequency();
    for (let round = 0; round < 50; round += 1) await collectCensus(session(), { clock, censusBudgetMs: 1_000 }, SIGNAL);
    expect(await frequency()).toEqual(before);
    await lab.client.call("CONFIG", "SET", "maxmemory-policy", "noeviction");
  });

  test("growth is what came between its two readings", async () => {
    const clock = {
      nowMs: systemClock.nowMs,
      sleep: async () => {
        await fill(lab, { database: 4, keys: 7, valueBytes: 10 });
      },
    };
    const growth = await told(collectGrowth(session(), { clock, growthIntervalMs: 1 }, SIGNAL), Growth);
    expect([growth.first["db4"], growth.second["db4"]]).toEqual([undefined, expect.stringContaining("keys=7,")]);
  });

  test("of INFO and CONFIG only what concerns memory is kept, and no secret", async () => {
    const info = await told(collectInfo(session()), Fields);
    expect(Object.keys(info)).toEqual(expect.arrayContaining(["used_memory", "maxmemory", "maxmemory_policy"]));
    expect(Object.keys(info)).not.toContain("executable");
    const config = await told(collectConfig(session()), Fields);
    expect(config["maxmemory"]).toBe(String(64 * 2 ** 20));
    expect(JSON.stringify([info, config])).not.toContain("made-up");
  });

  test("clients are summed, the largest named, Oomph itself among them", async () => {
    const clients = await told(collectClients(session()), Clients);
    expect(clients.count).toBeGreaterThanOrEqual(2);
    expect(clients.largest.length).toBe(Math.min(10, clients.count));
    const sizes = clients.largest.map((one) => one.outputBufferBytes + one.queryBufferBytes);
    expect(sizes).toEqual(sizes.toSorted((left, right) => right - left));
  });

  test("the health URL is asked where there is one, and nobody where there is none", async () => {
    const asked: string[] = [];
    const check = async (url: string) => {
      asked.push(url);
      return { kind: "answered", status: 503, tookMs: 3 } as const;
    };
    expect(await collectHealth(session(), check)).toEqual({ kind: "not-configured" });
    const settings = { ...single(lab.port), healthUrl: "http://127.0.0.1:9/health" };
    expect(await collectHealth(session({ settings }), check)).toMatchObject({ status: 503 });
    expect(asked).toEqual(["http://127.0.0.1:9/health"]);
    expect(await collectSurroundings(session({ settings: { ...settings, memoryLimitBytes: 42 }, database: 2 }))).toEqual({
      memoryLimitBytes: 42,
      database: 2,
      missing: [],
    });
    const { connection } = session();
    const inPod = session({ connection: { ...connection, containerLimitBytes: 41 }, settings: { ...settings, memoryLimitBytes: 42 } });
    expect(await collectSurroundings(inPod)).toMatchObject({ memoryLimitBytes: 41 });
  });
});

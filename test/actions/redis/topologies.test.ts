import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  fill,
  startCluster,
  startRedis,
  startSentinel,
  type ClusterLab,
  type RedisLab,
  type SentinelLab,
} from "../../../scripts/lab/redis.ts";
import { actionOf, connectionTo, depsFor, hashed, planned, refusal, SESSIONS, startRun } from "./lab.ts";
import { PATIENCE } from "../../support/patience.ts";

const IDS = [
  "redis.flush-db",
  "redis.unlink-keys",
  "redis.expire-keys",
  "redis.set-eviction-policy",
  "redis.set-maxmemory",
  "redis.kill-slow-clients",
];
const PARAMS = {
  "redis.unlink-keys": { pattern: "a*" },
  "redis.expire-keys": { ttl: "1h" },
  "redis.set-eviction-policy": { policy: "allkeys-lru" },
  "redis.set-maxmemory": { maxmemory: "64mb" },
};

describe("actions on a Cluster", () => {
  let cluster: ClusterLab;
  const action = (id: string) => {
    const seeds = cluster.nodes.map(({ host, port }) => ({ host, port }));
    return actionOf(depsFor(connectionTo({ host: "", port: 0 }, { topology: { kind: "cluster", seeds } })), id);
  };

  beforeAll(async () => {
    cluster = await startCluster({ masters: 3, redis: { maxmemory: "16mb", policy: "noeviction" } });
  });
  afterAll(() => cluster.stop());

  it("flush database 0 of every master, all named", async () => {
    for (let index = 0; index < 300; index += 1) await cluster.client.set(`key:${index}`, "x");
    expect(await refusal(action("redis.flush-db").plan(SESSIONS, { database: "2" }))).toContain(
      "is a Redis Cluster, which has database 0 only",
    );
    const plan = await planned(action("redis.flush-db").plan(SESSIONS, {}));
    expect(plan).toMatchObject({
      confirm: "sessions 0",
      summary: "Flush database 0 of redis/sessions: 300 keys go, all of them, at once, on all 3 masters of the cluster",
    });
    for (const { host, port } of cluster.nodes) expect(plan.blastRadius.join("\n")).toContain(`${host}:${port}`);
    expect(plan.scope["servers"]).toHaveLength(3);
    const run = startRun((_, nth) => {
      if (nth === 2) throw new Error("killed");
    });
    await expect(action("redis.flush-db").apply(plan, run)).rejects.toThrow("killed");
    expect(await action("redis.flush-db").observe(plan, run)).toMatchObject({ kind: "done" });
    expect(await sizes()).toEqual([0, 0, 0]);
    expect(await action("redis.flush-db").verify(plan, run)).toMatchObject({ helped: true });
  });

  it("find out when only some masters were flushed", async () => {
    for (let index = 0; index < 300; index += 1) await cluster.client.set(`key:${index}`, "x");
    const plan = await planned(action("redis.flush-db").plan(SESSIONS, {}));
    const run = startRun();
    await run.saveCheckpoint({ stage: "begun" });
    await cluster.nodes[0]?.client.flushdb("ASYNC"); // and died before the second
    expect(await action("redis.flush-db").observe(plan, run)).toMatchObject({
      kind: "unknown",
      says: expect.stringContaining("cannot be told whether all of it was flushed"),
    });
  });

  it("delete by pattern on every master, and set the policy on every master", async () => {
    for (let index = 0; index < 300; index += 1) await cluster.client.set(`cache:${index}`, "x");
    await Promise.all(cluster.nodes.map(async ({ client }) => client.config("SET", "maxmemory-policy", "noeviction")));
    const unlink = action("redis.unlink-keys");
    const plan = await planned(unlink.plan(SESSIONS, { pattern: "cache:*", everything: "yes" }));
    const run = startRun();
    await unlink.apply(plan, run);
    expect(run.saved.at(-1)).toMatchObject({ changed: 300, finished: true });

    const policy = action("redis.set-eviction-policy");
    const change = await planned(policy.plan(SESSIONS, { policy: "allkeys-lru" }));
    await cluster.nodes[1]?.client.config("SET", "maxmemory-policy", "allkeys-lru");
    expect(await policy.observe(change, startRun())).toMatchObject({ kind: "unknown" });
    await policy.apply(change, startRun());
    for (const { client } of cluster.nodes)
      expect(await client.config("GET", "maxmemory-policy")).toEqual(["maxmemory-policy", "allkeys-lru"]);
    expect(await policy.observe(change, startRun())).toMatchObject({ kind: "done" });
  });

  it("refuse when a master does not answer", async () => {
    await cluster.nodes[2]?.kill();
    try {
      await expect(
        action("redis.set-maxmemory")
          .plan(SESSIONS, { maxmemory: "32mb" })
          .then((result) => (result.kind === "refused" ? result.because : "planned")),
      ).resolves.toContain("not every master of redis/sessions answers");
    } finally {
      await cluster.nodes[2]?.restart();
    }
  });

  async function sizes(): Promise<readonly number[]> {
    return Promise.all(cluster.nodes.map(async ({ client }) => client.dbsize()));
  }
});

describe("actions on a replica", () => {
  let master: RedisLab;
  let replica: RedisLab;

  beforeAll(async () => {
    master = await startRedis();
    replica = await startRedis({ replicaOf: { host: master.host, port: master.port } });
    await fill(master, { keys: 10, valueBytes: 10, prefix: "a" });
    await vi.waitUntil(async () => (await replica.client.dbsize()) === 10, PATIENCE);
  });
  afterAll(async () => {
    await replica.stop();
    await master.stop();
  });

  it.each(IDS)("%s is refused, the master named", async (id) => {
    const params = Object.entries(PARAMS).find(([name]) => name === id)?.[1] ?? {};
    const because = await refusal(actionOf(depsFor(connectionTo(replica)), id).plan({ ...SESSIONS, database: 0 }, params));
    expect(because).toContain(`is a replica of ${master.host}:${master.port}`);
  });
});

describe("actions behind Sentinel", () => {
  let lab: SentinelLab;

  beforeAll(async () => {
    lab = await startSentinel();
  });
  afterAll(() => lab.stop());

  it("have another scope after a failover, and do nothing to the new master", async () => {
    await fill(lab.master, { keys: 100, valueBytes: 10 });
    await expect.poll(async () => lab.replicas[0]?.client.dbsize()).toBe(100);
    const connection = connectionTo(
      { host: "", port: 0 },
      { topology: { kind: "sentinel", masterName: lab.masterName, sentinels: lab.sentinels } },
    );
    const flush = actionOf(depsFor(connection), "redis.flush-db");
    const plan = await planned(flush.plan({ ...SESSIONS, database: 0 }, {}));
    await lab.master.kill();
    await expect.poll(async () => (await lab.currentMaster()).port, { timeout: 60_000 }).toBe(lab.replicas[0]?.port);
    await expect.poll(async () => lab.replicas[0]?.client.info("replication"), PATIENCE).toContain("role:master");
    expect(hashed(await planned(flush.plan({ ...SESSIONS, database: 0 }, plan.params)))).not.toBe(hashed(plan));
    await expect(flush.apply(plan, startRun())).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("failed over"),
    });
    expect(await lab.replicas[0]?.client.dbsize()).toBe(100);
    expect(await flush.observe(plan, startRun())).toMatchObject({ kind: "unknown" });
  });
});

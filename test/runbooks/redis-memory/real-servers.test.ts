import { createConnection, type Socket } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { fill, fillUntilRefused, startCluster, startRedis, type RedisLab, type RedisLabOptions } from "../../../scripts/lab/redis.ts";
import { systemClock } from "../../../src/adapters/system/system-clock.ts";
import { randomIds } from "../../../src/adapters/system/random-ids.ts";
import { explain } from "../../../src/cli/explain.ts";
import { redisMemoryRunbook } from "../../../src/runbooks/redis-memory/index.ts";
import { runRunbook } from "../../../src/runbooks/run-runbook.ts";
import { serversFor, settingsFor, single } from "../../adapters/redis/lab.ts";
import { investigate, investigateConnection, type Done } from "./investigating.ts";
import { PATIENCE } from "../../support/patience.ts";

const MIB = 2 ** 20;
const stops: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

async function start(options: RedisLabOptions): Promise<RedisLab> {
  const lab = await startRedis(options);
  stops.push(() => lab.stop());
  return lab;
}

function says(outcome: Done): string {
  const { finding } = outcome.diagnosis;
  return [...finding.for, ...finding.against].map((reason) => reason.says).join("\n");
}

describe("keys", () => {
  test("full under noeviction, one database never cleaned", async () => {
    const lab = await start({ maxmemory: "16mb", policy: "noeviction" });
    await fill(lab, { keys: 50, prefix: "session:", valueBytes: 20, ttlSeconds: 600 });
    const made = await fillUntilRefused(lab, { database: 2, prefix: "test:dedup:", valueBytes: 200 });
    const outcome = await investigate(lab);
    const { finding, hypotheses, suspects, furtherSteps } = outcome.diagnosis;
    expect(outcome.failures).toEqual([]);
    expect(finding).toMatchObject({ verdict: "full-under-noeviction", confidence: 0.97 });
    expect(finding.advice[0]).toMatchObject({ actionId: "redis.flush-db", params: { database: 2 } });
    expect(finding.advice[0]?.why).toContain(made.toLocaleString("en-US"));
    expect(hypotheses[0]?.verdict).toBe("database-never-cleaned");
    expect(suspects?.rows[0]?.[0]).toBe("test:dedup:*");
    expect(furtherSteps.join()).toContain("--db 2");
    expect(await lab.client.dbsize()).toBe(50);
    expect(explain(await lab.client.info()).result).toMatchObject({ kind: "redis_info", verdict: "full-under-noeviction" });
  });

  test("volatile-lru without TTLs", async () => {
    const lab = await start({ maxmemory: "16mb", policy: "volatile-lru" });
    await fillUntilRefused(lab, { prefix: "order:", valueBytes: 500 });
    const { finding } = (await investigate(lab)).diagnosis;
    expect(finding.verdict).toBe("full-without-ttl-under-volatile");
    expect(finding.confidence).toBeGreaterThan(0.9);
    expect(finding.advice[0]).toMatchObject({ actionId: "redis.expire-keys", params: { database: 0, pattern: "order:*" } });
    expect(finding.advice.map(({ actionId }) => actionId)).not.toContain("redis.flush-db");
    expect(explain(await lab.client.info()).result).toMatchObject({ verdict: "full-without-ttl-under-volatile" });
  });

  test("a cache that evicts is not at fault", async () => {
    const lab = await start({ maxmemory: "16mb", policy: "allkeys-lru" });
    const value = "x".repeat(500);
    for (let from = 0; from < 40_000; from += 1_000) {
      const pipeline = lab.client.pipeline();
      for (let key = from; key < from + 1_000; key += 1) pipeline.set(`page:${key}`, value);
      await pipeline.exec();
    }
    const outcome = await investigate(lab);
    expect(outcome.diagnosis.finding.verdict).toBe("evicting-under-pressure");
    expect(says(outcome)).toMatch(/[\d,]+ keys evicted/);
    expect(explain(await lab.client.info()).result).toMatchObject({ verdict: "evicting-under-pressure" });
  });

  test("healthy, and near full", async () => {
    const lab = await start({ maxmemory: "16mb", policy: "noeviction" });
    expect((await investigate(lab)).diagnosis.finding).toMatchObject({ verdict: "healthy", confidence: 0.95 });
    await fill(lab, { keys: 20_000, valueBytes: 400 });
    const used = Number(/^used_memory:(\d+)/m.exec(await lab.client.info("memory"))?.[1]);
    await lab.client.config("SET", "maxmemory", Math.round(used / 0.94));
    const { finding } = (await investigate(lab)).diagnosis;
    expect(finding.verdict).toBe("near-full");
    expect(finding.headline).toContain("will refuse writes");
  });

  test("growth is measured while somebody writes", async () => {
    const lab = await start({ maxmemory: "64mb", policy: "noeviction" });
    const done = new AbortController();
    const writer = lab.client.duplicate({ db: 3, lazyConnect: true });
    const written = (async () => {
      for (let key = 0; !done.signal.aborted; key += 20) {
        const pipeline = writer.pipeline();
        for (let offset = 0; offset < 20; offset += 1) pipeline.set(`event:${key + offset}`, "x".repeat(300));
        await pipeline.exec();
      }
    })();
    await vi.waitFor(async () => expect(await lab.client.info("keyspace")).toContain("db3:keys="), PATIENCE);
    const outcome = await investigate(lab).finally(() => done.abort());
    await written;
    writer.disconnect();
    const { finding, hypotheses, summary } = outcome.diagnosis;
    expect([finding, ...hypotheses].map(({ verdict }) => verdict)).toContain("database-never-cleaned");
    expect(summary.find(({ label }) => label === "Growth")?.value).toMatch(/database 3 \+[\d,]+ keys\/s/);
  });
});

describe("what is not keys", () => {
  test("a client that does not read its replies", async () => {
    const lab = await start({ maxmemory: "64mb", policy: "noeviction" });
    // 4 MiB a reply, in values that are small enough to be copied: Valkey 9 lends large ones to the buffer.
    await lab.client.set("value", "x".repeat(8 * 1024));
    const slow = await connectRaw(lab);
    slow.pause();
    slow.write(`*513\r\n$4\r\nMGET\r\n${"$5\r\nvalue\r\n".repeat(512)}`.repeat(20));
    await vi.waitFor(
      async () => expect(await lab.client.set("probe", "x").catch((error: Error) => error.message)).toContain("OOM"),
      PATIENCE,
    );
    const outcome = await investigate(lab);
    const { finding } = outcome.diagnosis;
    expect(finding.verdict).toBe("client-output-buffers");
    expect(finding.confidence).toBeGreaterThan(0.9);
    expect(finding.advice.map(({ actionId }) => actionId)).toEqual(["redis.kill-slow-clients"]);
    expect(says(outcome)).toContain("last command mget");
    expect(explain(await lab.client.info()).result).toMatchObject({ verdict: "client-output-buffers" });
  });

  test("a replication backlog that takes most of the room", async () => {
    const master = await start({ maxmemory: "64mb", policy: "noeviction", lines: ["repl-backlog-size 48mb"] });
    const replica = await start({ replicaOf: master });
    await vi.waitFor(async () => expect(await replica.client.info("replication")).toContain("master_link_status:up"), PATIENCE);
    await fill(master, { keys: 40_000, valueBytes: 400 });
    const value = "x".repeat(MIB);
    await vi.waitFor(async () => expect(await master.client.set("same", value).catch((error: Error) => error.message)).toContain("OOM"), {
      timeout: 60_000,
      interval: 1,
    });
    const { finding } = (await investigate(master)).diagnosis;
    expect(finding.verdict).toBe("replication-backlog");
    expect(finding.advice).toEqual([]);
  });

  test("fragmentation after most of the keys are gone", async () => {
    const lab = await start({ lines: ["activedefrag no"] });
    await fill(lab, { keys: 400_000, prefix: "blob:", valueBytes: 800 });
    const script = "for i = tonumber(ARGV[1]), tonumber(ARGV[2]) do if i % 20 ~= 0 then redis.call('DEL', 'blob:' .. i) end end";
    for (let from = 0; from < 400_000; from += 20_000) await lab.client.eval(script, 0, from, from + 19_999);
    const { finding } = (await investigate(lab)).diagnosis;
    expect(finding.verdict).toBe("fragmentation");
    expect(finding.advice).toEqual([]);
    expect(explain(await lab.client.info()).result).toMatchObject({ verdict: "fragmentation" });
  });

  test("no maxmemory, and the container's limit near", async () => {
    const lab = await start({});
    await fill(lab, { keys: 50_000, prefix: "a:", valueBytes: 400 });
    const usedBytes = Number(/^used_memory:(\d+)/m.exec(await lab.client.info("memory"))?.[1]);
    const memoryLimitBytes = Math.ceil((usedBytes * 1.1) / MIB) * MIB;
    const { finding } = (await investigate(lab, { memoryLimitBytes })).diagnosis;
    expect(finding.verdict).toBe("no-maxmemory-near-host-limit");
    expect(finding.advice[0]).toMatchObject({
      actionId: "redis.set-maxmemory",
      params: { maxmemory: Math.floor((memoryLimitBytes * 0.75) / MIB) * MIB },
    });
  });
});

describe("other states", () => {
  test("a replica", async () => {
    const master = await start({});
    const replica = await start({ replicaOf: master });
    await vi.waitFor(async () => expect(await replica.client.info("replication")).toContain("master_link_status:up"), PATIENCE);
    const outcome = await investigate(replica);
    expect(outcome.diagnosis.finding.verdict).toBe("writes-refused-otherwise");
    expect(says(outcome)).toContain(`its master is 127.0.0.1:${master.port}`);
  });

  test("too few replicas", async () => {
    const lab = await start({ lines: ["min-replicas-to-write 1"] });
    expect((await investigate(lab)).diagnosis.finding.verdict).toBe("writes-refused-otherwise");
  });

  test("a user who may read INFO only: the verdict stands, less sure, and says what to grant", async () => {
    const lab = await start({ maxmemory: "16mb", policy: "noeviction", users: ["watcher on >made-up-secret ~* -@all +info +ping"] });
    await fillUntilRefused(lab, { prefix: "a:", valueBytes: 500 });
    const outcome = await investigate(lab, { username: "watcher", password: "made-up-secret" });
    const { finding, furtherSteps, summary } = outcome.diagnosis;
    expect(outcome.failures.map(({ step, code }) => [step, code])).toEqual([
      ["redis.config", "no-rights"],
      ["redis.memory-stats", "no-rights"],
      ["redis.clients", "no-rights"],
      ["redis.census", "no-rights"],
    ]);
    expect(finding.verdict).toBe("full-under-noeviction");
    expect(finding.confidence).toBeLessThan(0.9);
    expect(furtherSteps.join("\n")).toMatch(/grant its user what it lacks for .*census/);
    expect(summary.find(({ label }) => label === "Could not be read")?.value).toContain("census (no-rights)");
    expect(JSON.stringify(outcome)).not.toContain("made-up-secret");
  });

  test("a user who may do nothing", async () => {
    const lab = await start({ users: ["nobody on >made-up-secret ~* -@all"] });
    const { diagnosis, failures } = await investigate(lab, { username: "nobody", password: "made-up-secret" });
    expect(diagnosis.finding).toMatchObject({ verdict: "undetermined", confidence: 0.2 });
    expect(failures.map(({ code }) => code)).toContain("no-rights");
  });

  test.each([
    { name: "a wrong password", password: "made-up-wrong", database: 0, code: "wrong-credentials", verdict: "wrong-credentials" },
    { name: "a database that it does not have", password: "made-up", database: 99, code: "bad-input", verdict: "undetermined" },
  ])("$name", async ({ password, database, code, verdict }) => {
    const lab = await start({ password: "made-up" });
    const { servers } = serversFor(single(lab.port, { password }));
    const runbook = redisMemoryRunbook({ servers, clock: systemClock, censusBudgetMs: 100 });
    const target = { kind: "redis", name: "examined", database } as const;
    const outcome = await runRunbook(runbook, target, { clock: systemClock, ids: randomIds });
    expect(outcome).toMatchObject({ kind: "unreachable", code, diagnosis: { finding: { verdict } } });
  });
});

describe("a Cluster", () => {
  test("one full master is found and named", async () => {
    const lab = await startCluster();
    stops.push(() => lab.stop());
    const [, second] = lab.nodes;
    if (second === undefined) throw new Error("expected three masters");
    await second.client.config("SET", "maxmemory", "1mb");
    const settings = settingsFor({ kind: "cluster", seeds: lab.nodes.map(({ host, port }) => ({ host, port })) });
    const { diagnosis, failures } = await investigateConnection(settings);
    expect(failures).toEqual([]);
    expect(diagnosis.finding.verdict).toBe("full-under-noeviction");
    expect(diagnosis.finding.headline).toContain(`127.0.0.1:${second.port} (one of 3 servers)`);
    expect(diagnosis.summary.filter(({ label }) => label.startsWith("Memory of "))).toHaveLength(2);
  });

  test("a master that is away is named, and nothing is called healthy for sure", async () => {
    const lab = await startCluster();
    stops.push(() => lab.stop());
    const settings = settingsFor({ kind: "cluster", seeds: lab.nodes.map(({ host, port }) => ({ host, port })) });
    const lost = lab.nodes[2];
    await lost?.kill();
    const { finding, summary } = (await investigateConnection(settings)).diagnosis;
    expect(finding).toMatchObject({ verdict: "healthy", confidence: 0.6 });
    expect(summary.map(({ label }) => label)).toContain(`Not reached: 127.0.0.1:${lost?.port}`);
  });
});

test("the census of 200,000 keys: shares, prefixes and sizes are right within their intervals", async () => {
  const lab = await start({});
  await fill(lab, { database: 1, keys: 120_000, prefix: "session:user:", valueBytes: 100, ttlSeconds: 3_600 });
  await fill(lab, { database: 1, keys: 60_000, prefix: "order:", valueBytes: 400 });
  await fill(lab, { database: 1, keys: 20_000, prefix: "tmp.", valueBytes: 50 });
  const outcome = await investigate(lab, { asked: 1 });
  const { suspects, summary } = outcome.diagnosis;
  const rows = Object.fromEntries((suspects?.rows ?? []).map((row) => [row[0], row]));
  expect(Object.keys(rows).toSorted()).toEqual(["order:*", "session:user:*", "tmp.*"]);
  expect(rows["session:user:*"]?.[3]).toBe("0%");
  expect(rows["order:*"]?.[3]).toBe("100%");
  const keys = Number(/about ([\d,]+)/.exec(rows["order:*"]?.[2] ?? "")?.[1]?.replaceAll(",", ""));
  expect(keys).toBeGreaterThan(60_000 * 0.8);
  expect(keys).toBeLessThan(60_000 * 1.2);
  await lab.client.select(1);
  const size = Number(await lab.client.memory("USAGE", "order:1")) * 60_000;
  const shownMib = Number(/([\d.]+) MiB/.exec(rows["order:*"]?.[4] ?? "")?.[1]);
  expect(Math.abs(shownMib * MIB - size) / size).toBeLessThan(0.2);
  expect(summary.find(({ label }) => label === "Database 1 (asked about)")?.value).toMatch(
    /200,000 keys, 60% with a TTL; sample of [\d,]+: (3[5-9]|4[0-5])%/,
  );
});

function connectRaw({ host, port }: RedisLab): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port }, () => resolve(socket)).on("error", reject);
    stops.push(() => void socket.destroy());
  });
}

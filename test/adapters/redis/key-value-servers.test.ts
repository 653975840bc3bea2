import { afterEach, expect, test } from "vitest";
import { fill, startRedis, type RedisLab, type RedisLabOptions } from "../../../scripts/lab/redis.ts";
import { createKeyValueServers } from "../../../src/adapters/redis/key-value-servers.ts";
import { serversFor, settingsFor, single, withNode } from "./lab.ts";

const started: RedisLab[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((lab) => lab.stop()));
});

async function start(options: RedisLabOptions = {}): Promise<RedisLab> {
  const lab = await startRedis(options);
  started.push(lab);
  return lab;
}

test("an unknown name is answered with the known ones", async () => {
  const { servers } = serversFor(single(6379));
  await expect(servers.open("sesions")).rejects.toMatchObject({
    code: "not-found",
    message: expect.stringContaining("examined") as string,
  });
  const none = createKeyValueServers([], {
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  await expect(none.open("x")).rejects.toMatchObject({
    code: "not-found",
    message: expect.stringContaining("none is configured") as string,
  });
});

test("tells the configuration's facts and every name that alerts may use, without secrets", () => {
  const sentinel = settingsFor(
    { kind: "sentinel", masterName: "sessions", sentinels: [{ host: "s1.example", port: 26_379 }], sentinelPassword: "hunter2" },
    { aliases: ["cache", "s1.example"], memoryLimitBytes: 1024, healthUrl: "http://127.0.0.1/health", password: "hunter2" },
  );
  const { servers } = serversFor(sentinel);
  expect(servers.settings("examined")).toEqual({
    aliases: ["cache", "s1.example", "sessions"],
    memoryLimitBytes: 1024,
    healthUrl: "http://127.0.0.1/health",
    database: 0,
  });
  expect(servers.settings("other")).toBeUndefined();
  expect(serversFor(settingsFor({ kind: "cluster", seeds: [{ host: "a", port: 1 }] })).servers.settings("examined")?.aliases).toEqual([
    "a",
  ]);
});

test("an unchecked certificate is said in the log", async () => {
  const lab = await start({ tls: true });
  const { servers, warnings } = serversFor(single(lab.port, { tls: { verify: false } }));
  await (await servers.open("examined")).close();
  expect(warnings).toEqual(["the certificate of this Redis is not checked"]);
});

test("a server that vanishes in the middle of a scan is unreachable, and is looked at again when it is back", async () => {
  const lab = await start();
  await fill(lab, { keys: 1000, valueBytes: 10 });
  await withNode(single(lab.port), async (node) => {
    const { cursor } = await node.scan(0, { cursor: "0", count: 10 });
    await lab.kill();
    const next = node.scan(0, { cursor, count: 10 });
    await expect(next).rejects.toMatchObject({ code: "unreachable", retryable: true });
    await expect(node.dbSize(0)).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("refused the connection") as string,
    });
    await lab.restart();
    expect(await node.dbSize(0)).toBe(0);
  });
});

test("a server that hangs is timed out, and answers again when it goes on", async () => {
  const lab = await start();
  await withNode(single(lab.port, { commandTimeoutMs: 300 }), async (node) => {
    expect(await node.dbSize(0)).toBe(0);
    process.kill(lab.pid, "SIGSTOP");
    await expect(node.dbSize(0)).rejects.toMatchObject({
      code: "timed-out",
      retryable: true,
      message: expect.stringMatching(/DBSIZE within 300 ms\. It may hang/) as string,
    });
    await expect(node.flushDatabase(0)).rejects.toMatchObject({ code: "timed-out" });
    await expect(serversFor(single(lab.port, { commandTimeoutMs: 300 })).servers.open("examined")).rejects.toMatchObject({
      code: "timed-out",
    });
    process.kill(lab.pid, "SIGCONT");
    expect(await node.dbSize(0)).toBe(0);
  });
});

test("a flush under way when the server hangs may still be carried out, and that is said", async () => {
  const lab = await start();
  await withNode(single(lab.port, { commandTimeoutMs: 300 }), async (node) => {
    await node.dbSize(0);
    process.kill(lab.pid, "SIGSTOP");
    const flush = node.flushDatabase(0);
    await expect(flush).rejects.toMatchObject({
      code: "timed-out",
      message: expect.stringContaining("may still carry the command out") as string,
    });
    process.kill(lab.pid, "SIGCONT");
  });
});

test("a replica is read from, and refuses writes as such", async () => {
  const master = await start();
  const replica = await start({ replicaOf: { host: master.host, port: master.port } });
  await withNode(single(replica.port), async (node) => {
    await expect.poll(async () => (await node.info())["master_link_status"]).toBe("up");
    expect(await node.probeWrite(0)).toMatchObject({ kind: "refused-read-only" });
    await expect(node.flushDatabase(0)).rejects.toMatchObject({ code: "read-only" });
    await expect(node.unlink(0, ["a"])).rejects.toMatchObject({ code: "read-only" });
  });
});

test("neither KEYS nor DEBUG is sent by anything that the port can do", async () => {
  const lab = await start();
  const monitor = await lab.client.duplicate({ lazyConnect: true }).monitor();
  const seen: string[] = [];
  monitor.on("monitor", (_time: string, args: readonly string[]) => seen.push(String(args[0]).toLowerCase()));
  await lab.client.set("a", "x");
  await withNode(single(lab.port), async (node) => {
    const at = (await node.time()) + 1_000_000;
    await node.info();
    await node.config(["maxmemory"]);
    await node.memoryStats();
    await node.clients();
    await node.probeWrite(0);
    await node.scan(1, { cursor: "0", count: 10, match: "a*" });
    await node.describeKeys(0, ["a"], { withSize: true });
    await node.countExisting(0, ["a"]);
    await node.expireAt(0, ["a"], at);
    await node.countExpiringAt(0, ["a"], at);
    await node.persistWhereExpiresAt(0, ["a"], at);
    await node.killClient("999999");
    await node.setConfig("maxmemory", "0");
    await node.rewriteConfig();
    await node.unlink(0, ["a"]);
    await node.flushDatabase(0);
  });
  await expect.poll(() => seen).toContain("flushdb");
  monitor.disconnect();
  expect(new Set(seen.filter((command) => /^[a-z]+$/.test(command)))).not.toContain("keys");
  expect(seen).not.toContain("debug");
  expect(seen).toEqual(expect.arrayContaining(["info", "scan", "set", "memory", "object", "pexpireat"]));
});

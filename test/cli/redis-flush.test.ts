import { readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { fill, fillUntilRefused, startRedis, type RedisLab } from "../../scripts/lab/redis.ts";
import { openQueue } from "../../src/adapters/bullmq/create-job-queue.ts";
import { QUEUE_DEFAULTS } from "../../src/adapters/bullmq/settings.ts";
import {
  describeRedisFlush,
  redisFlush,
  REDIS_FLUSH_DEFAULTS,
  REDIS_FLUSH_EXIT_CODES,
  type RedisFlushInput,
} from "../../src/cli/redis-flush.ts";

const INPUT = { ...REDIS_FLUSH_DEFAULTS, database: 2, allowedHosts: [], dryRun: false } as const;

describe("oomph redis flush", () => {
  let lab: RedisLab;
  const flush = (more: Partial<RedisFlushInput> = {}) => redisFlush({ ...INPUT, url: lab.url, ...more });

  beforeAll(async () => {
    lab = await startRedis({ maxmemory: "16mb", policy: "noeviction", password: "made-up-p@ss%word" });
  });
  afterEach(async () => {
    await lab.client.flushall();
  });
  afterAll(() => lab.stop());

  it("empties one database and no other, and is happy to find it empty", async () => {
    await fill(lab, { database: 2, keys: 500, valueBytes: 10 });
    await fill(lab, { database: 0, keys: 3, valueBytes: 10 });
    const first = await flush();
    expect(first).toEqual({ kind: "flushed", database: 2, keys: 500 });
    expect(describeRedisFlush(first)).toBe("Flushed database 2: 500 keys gone.");
    const second = await flush();
    expect(second).toEqual({ kind: "already-empty", database: 2 });
    expect(describeRedisFlush(second)).toBe("Database 2 is empty already.");
    expect(await lab.client.dbsize()).toBe(3);
  });

  it("works on a server that refuses writes, which takes them again when the command has returned", async () => {
    await fillUntilRefused(lab, { database: 2, valueBytes: 400 });
    await expect(lab.client.set("one-more", "x")).rejects.toThrow("OOM");
    expect(await flush()).toMatchObject({ kind: "flushed", database: 2 });
    expect(await lab.client.set("one-more", "x")).toBe("OK");
    expect(await lab.client.info("memory")).toContain("lazyfree_pending_objects:0");
    expect(await flush()).toMatchObject({ kind: "already-empty" });
  });

  it("does not need the right to read INFO", async () => {
    await lab.client.call("ACL", ["SETUSER", "blind", "on", ">made-up", "~*", "+@all", "-info"]);
    await fill(lab, { database: 2, keys: 1, valueBytes: 10 });
    expect(await flush({ url: `redis://blind:made-up@127.0.0.1:${lab.port}` })).toMatchObject({ kind: "flushed", keys: 1 });
  });

  it("takes the database from the URL, and refuses two different ones", async () => {
    await fill(lab, { database: 5, keys: 1, valueBytes: 10 });
    expect(await flush({ url: `${lab.url}/5`, database: undefined })).toEqual({ kind: "flushed", database: 5, keys: 1 });
    expect(await flush({ database: undefined })).toEqual({ kind: "already-empty", database: 0 });
    expect(await flush({ url: `${lab.url}/5`, database: 2 })).toMatchObject({
      kind: "bad-usage",
      because: "--url names database 5 and --db 2: say the same in both, or leave one out.",
    });
  });

  it("only says what it would do on --dry-run", async () => {
    await fill(lab, { database: 2, keys: 1, valueBytes: 10 });
    const result = await flush({ dryRun: true });
    expect(result).toEqual({ kind: "would-flush", database: 2, keys: 1 });
    expect(describeRedisFlush(result)).toBe("Would flush database 2: 1 key. Nothing was done (--dry-run).");
    expect(await flush()).toMatchObject({ kind: "flushed" });
  });

  it("refuses more keys than --max-keys", async () => {
    await fill(lab, { database: 2, keys: 11, valueBytes: 10 });
    expect(await flush({ maxKeys: 10 })).toMatchObject({
      kind: "refused",
      because: expect.stringContaining("has 11 keys in database 2, more than --max-keys 10"),
    });
    expect(await flush({ maxKeys: 11 })).toMatchObject({ kind: "flushed" });
  });

  it("refuses the database that holds an Oomph's queue, and no other of that server", async () => {
    const client = lab.client.duplicate({ db: 3 });
    onTestFinished(() => client.disconnect()); // a queue leaves the connection that it was given open
    const queue = openQueue(client, QUEUE_DEFAULTS.prefix, "sweep");
    await queue.waitUntilReady();
    await fill(lab, { database: 2, keys: 1, valueBytes: 10 });
    const refusal = { kind: "refused", because: expect.stringContaining("holds the queue of an Oomph (oomph:sweep:meta is there)") };
    expect(await flush({ database: 3 })).toMatchObject(refusal);
    expect(await flush({ database: 3, dryRun: true })).toMatchObject(refusal);
    expect(await flush({ database: 2 })).toMatchObject({ kind: "flushed", keys: 1 });
    await queue.close();
    expect(await lab.client.info("keyspace")).toMatch(/^db3:keys=1,/m);
  });

  it.each([
    "redis://redis.example:6379",
    "redis://10.0.0.5",
    "redis://[2001:db8::1]:6379",
    "redis://127.0.0.1.example.com",
    "redis://0.0.0.0",
  ])("refuses %s, which is not this machine, without asking it anything", async (url) => {
    expect(await flush({ url })).toMatchObject({ kind: "refused", because: expect.stringContaining("add --allow-host") });
  });

  it("takes another host when it is named, localhost without", async () => {
    expect(await flush({ url: lab.url.replace("127.0.0.1", "localhost") })).toMatchObject({ kind: "already-empty" });
    const result = await flush({ url: "redis://Redis.Invalid:6379", allowedHosts: ["redis.invalid"] });
    expect(result).toMatchObject({ kind: "failed", because: expect.stringContaining("cannot be reached") });
  });

  it.each([
    [{ url: "http://127.0.0.1" }, '--url expected redis://host:port or rediss://host:port, got "http://127.0.0.1"'],
    [{ url: "nonsense" }, 'got "nonsense"'],
    [{ url: "http://someone:made-up@127.0.0.1" }, 'got "http://***@127.0.0.1"'],
    [{ database: -1 }, "--db expected a whole number from 0 up, got -1"],
    [{ database: Number.NaN }, "got NaN"],
    [{ maxKeys: 1.5 }, "--max-keys expected a whole number from 0 up, got 1.5"],
    [{ url: "redis://127.0.0.1/two", database: undefined }, 'got "two"'],
  ])("says what is wrong with %o", async (more, says) => {
    expect(await flush(more)).toMatchObject({ kind: "bad-usage", because: expect.stringContaining(says) });
  });

  it("tells a refused connection, a wrong password, a missing right, and a database that there is not", async () => {
    const wrong = await flush({ url: `redis://:wrong@127.0.0.1:${lab.port}` });
    expect(wrong).toMatchObject({ kind: "failed", because: expect.stringContaining("WRONGPASS") });
    expect(JSON.stringify(wrong)).not.toContain(":wrong@");
    expect(await flush({ url: `redis://127.0.0.1:${lab.port}` })).toMatchObject({
      kind: "failed",
      because: expect.stringContaining("NOAUTH"),
    });
    expect(await flush({ database: 99 })).toMatchObject({ kind: "failed", because: expect.stringContaining("out of range") });
    await lab.client.call("ACL", ["SETUSER", "tester", "on", ">made-up", "~*", "+@all", "-flushdb"]);
    await fill(lab, { database: 2, keys: 1, valueBytes: 10 });
    expect(await flush({ url: `redis://tester:made-up@127.0.0.1:${lab.port}` })).toMatchObject({
      kind: "failed",
      because: expect.stringContaining("NOPERM"),
    });
  });

  it("tells that nobody listens, and that it is no Redis", async () => {
    const other = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const url = `redis://127.0.0.1:${(other.address() as AddressInfo).port}`;
    expect(await flush({ url })).toMatchObject({
      kind: "failed",
      because: expect.stringMatching(/closed the connection|connection broke/),
    });
    await new Promise((resolve) => other.close(resolve));
    expect(await flush({ url })).toMatchObject({
      kind: "failed",
      because: expect.stringContaining("connection refused. Is the server running"),
    });
  });

  it("imports no package, so that it starts at once", () => {
    const importsOf = (file: string): readonly string[] => {
      const source = readFileSync(new URL(`../../src/cli/${file}`, import.meta.url), "utf8");
      const imports = [...source.matchAll(/from "([^"]+)"/g)].map(([, name = ""]) => name);
      return imports.flatMap((name) => (name.startsWith(".") ? importsOf(name) : [name]));
    };
    expect(importsOf("redis-flush.ts").toSorted()).toEqual(["node:net", "node:timers/promises", "node:tls"]);
  });

  it("has an exit code for each outcome", () => {
    expect(REDIS_FLUSH_EXIT_CODES).toEqual({ flushed: 0, "already-empty": 0, "would-flush": 0, "bad-usage": 2, refused: 3, failed: 4 });
  });
});

describe("oomph redis flush over TLS", () => {
  it("checks the certificate", async () => {
    const lab = await startRedis({ tls: true });
    try {
      expect(await redisFlush({ ...INPUT, url: lab.url })).toMatchObject({
        kind: "failed",
        because: expect.stringMatching(/cannot be reached \(.*(SELF_SIGNED|UNABLE_TO).*\)/),
      });
      expect(await redisFlush({ ...INPUT, url: lab.url.replace("rediss", "redis") })).toMatchObject({ kind: "failed" });
    } finally {
      await lab.stop();
    }
  });
});

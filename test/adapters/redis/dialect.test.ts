import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { fillUntilRefused, startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import { dialectOf } from "../../../src/adapters/redis/dialect.ts";
import { endpointAt } from "../../../src/adapters/redis/endpoint.ts";
import { openLink, type Link } from "../../../src/adapters/redis/link.ts";
import { single } from "./lab.ts";

let lab: RedisLab;
let link: Link;
beforeAll(async () => {
  lab = await startRedis({ maxmemory: "8mb", policy: "noeviction" });
  link = await openLink(endpointAt({ host: lab.host, port: lab.port }, single(lab.port)), 0);
});
afterAll(async () => {
  link?.close();
  await lab?.stop();
});
beforeEach(async () => {
  await lab.client.flushall("SYNC");
  await lab.client.set("mortal", "x", "PXAT", Date.now() + 9_000_000);
  await fillUntilRefused(lab, { valueBytes: 1000 });
});

test.each([3, 6, 7, undefined])(
  "speaks to Redis %s so that a full server gives TTLs, once, and never to a key that has one",
  async (version) => {
    const dialect = dialectOf(version);
    const at = Date.now() + 3_600_000;
    const before = await lab.client.pexpiretime("mortal");
    await expect(lab.client.set("new", "x".repeat(1000))).rejects.toThrow("OOM");
    expect(await link.ask(dialect.expireAt(Buffer.from("key:1"), at))).toBe(1);
    expect(await link.ask(dialect.expireAt(Buffer.from("key:1"), at + 5))).toBe(0);
    expect(await link.ask(dialect.expireAt(Buffer.from("mortal"), at))).toBe(0);
    expect(await link.ask(dialect.expireAt(Buffer.from("gone"), at))).toBe(0);
    expect(await lab.client.pexpiretime("key:1")).toBe(at);
    expect(await lab.client.pexpiretime("mortal")).toBe(before);
  },
);

test("a full server takes TTLs back, and only exactly those", async () => {
  const dialect = dialectOf(7);
  const at = Date.now() + 3_600_001;
  await lab.client.pexpireat("key:1", at);
  expect(await link.ask(dialect.persistWhereExpiresAt(Buffer.from("key:1"), at - 1))).toBe(0);
  expect(await link.ask(dialect.persistWhereExpiresAt(Buffer.from("mortal"), at))).toBe(0);
  expect(await link.ask(dialect.persistWhereExpiresAt(Buffer.from("key:1"), at))).toBe(1);
  expect(await lab.client.pttl("key:1")).toBe(-1);
});

test("a full server unlinks and flushes, in the words of old and new versions", async () => {
  expect(await link.ask(dialectOf(7).unlink(Buffer.from("key:1")))).toBe(1);
  expect(await link.ask(dialectOf(3).unlink(Buffer.from("key:2")))).toBe(1);
  await link.ask(dialectOf(7).flush);
  expect(await lab.client.dbsize()).toBe(0);
  await expect.poll(() => lab.client.set("again", "x").catch(() => "still freeing")).toBe("OK");
  await link.ask(dialectOf(3).flush);
  expect(await lab.client.dbsize()).toBe(0);
  expect(dialectOf(3)).toMatchObject({ flush: { name: "FLUSHDB", args: [] }, knowsExpireTime: false });
  expect(dialectOf(undefined)).toMatchObject({ flush: { name: "FLUSHDB", args: ["ASYNC"] }, knowsExpireTime: true });
});

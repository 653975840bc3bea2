import { describe, expect, it } from "vitest";
import { actionOf, connectionTo, depsFor } from "./lab.ts";
import {
  ExpireParams,
  FlushParams,
  KillParams,
  MaxmemoryParams,
  PersistParams,
  PolicyParams,
  readParams,
  UnlinkParams,
} from "../../../src/actions/redis/schema.ts";

const doc = (id: string) => actionOf(depsFor(connectionTo({ host: "127.0.0.1", port: 1 })), id);

describe("params as people type them", () => {
  it("reads text and frozen values alike, and both spellings of a name", () => {
    expect(readParams(FlushParams, doc("redis.flush-db"), { database: "2" })).toEqual({ kind: "read", params: { database: 2 } });
    expect(readParams(FlushParams, doc("redis.flush-db"), { database: 2, "at-most-keys": "500" })).toEqual({
      kind: "read",
      params: { database: 2, atMostKeys: 500 },
    });
    expect(readParams(PolicyParams, doc("redis.set-eviction-policy"), { policy: " ALLKEYS-LRU ", persist: "Yes" })).toEqual({
      kind: "read",
      params: { policy: "allkeys-lru", persist: true },
    });
    expect(readParams(ExpireParams, doc("redis.expire-keys"), { ttl: "1h" })).toEqual({
      kind: "read",
      params: { pattern: "*", keysPerSecond: 10_000, ttl: 3_600_000 },
    });
    expect(
      readParams(UnlinkParams, doc("redis.unlink-keys"), { pattern: "a:*", "keys-per-second": "50", "resume-from": "0123abcd:17" }),
    ).toEqual({
      kind: "read",
      params: { pattern: "a:*", keysPerSecond: 50, resumeFrom: "0123abcd:17", everything: false },
    });
    expect(readParams(PersistParams, doc("redis.persist-keys"), { expiresAtMs: 1_900_000_000_000 })).toMatchObject({
      params: { expiresAtMs: 1_900_000_000_000, pattern: "*" },
    });
    expect(readParams(KillParams, doc("redis.kill-slow-clients"), { "minimum-bytes": "8mb" })).toEqual({
      kind: "read",
      params: { minimumBytes: 8 * 1024 ** 2 },
    });
  });

  it.each([
    ["512mb", { kind: "bytes", bytes: 512 * 1024 ** 2 }],
    ["1073741824", { kind: "bytes", bytes: 1024 ** 3 }],
    [1_073_741_824, { kind: "bytes", bytes: 1024 ** 3 }],
    ["+50%", { kind: "rise", percent: 50 }],
    ["0", { kind: "bytes", bytes: 0 }],
  ])("reads %s as a memory size", (given, expected) => {
    expect(readParams(MaxmemoryParams, doc("redis.set-maxmemory"), { maxmemory: given })).toMatchObject({
      params: { maxmemory: expected },
    });
  });

  it.each([
    ["redis.flush-db", FlushParams, { database: "-1" }, '--database expected a whole number from 0 up, such as 2, got "-1"'],
    ["redis.flush-db", FlushParams, { database: "1e3" }, 'got "1e3"'],
    ["redis.flush-db", FlushParams, { database: [1] }, "--database expected a whole number from 0 up, such as 2, got [1]"],
    ["redis.set-eviction-policy", PolicyParams, { policy: "lru" }, "--policy expected one of noeviction, allkeys-lru"],
    ["redis.set-eviction-policy", PolicyParams, {}, "got nothing"],
    ["redis.set-eviction-policy", PolicyParams, { policy: "allkeys-lru", persist: "maybe" }, '--persist expected yes or no, got "maybe"'],
    ["redis.set-maxmemory", MaxmemoryParams, { maxmemory: "-50%" }, 'got "-50%"'],
    ["redis.set-maxmemory", MaxmemoryParams, { maxmemory: "+0%" }, 'got "+0%"'],
    ["redis.set-maxmemory", MaxmemoryParams, { maxmemory: "lots" }, "--maxmemory expected a size such as 512mb"],
    ["redis.unlink-keys", UnlinkParams, {}, "--pattern expected a glob pattern of key names"],
    ["redis.unlink-keys", UnlinkParams, { pattern: "" }, 'got ""'],
    ["redis.unlink-keys", UnlinkParams, { pattern: "a*", keysPerSecond: "0" }, "--keys-per-second expected a whole number from 1 up"],
    ["redis.unlink-keys", UnlinkParams, { pattern: "a*", resumeFrom: "12" }, "--resume-from expected a place to continue from"],
    [
      "redis.expire-keys",
      ExpireParams,
      { ttl: "3600" },
      '--ttl expected a time with its unit of at least 1s, such as 30m, 1h or 7d, got "3600"',
    ],
    ["redis.expire-keys", ExpireParams, { ttl: "10ms" }, 'got "10ms"'],
    ["redis.persist-keys", PersistParams, {}, "--expires-at-ms expected the exact time of expiry"],
    [
      "redis.kill-slow-clients",
      KillParams,
      { minimumBytes: "big" },
      "--minimum-bytes expected a size of 16kb or more, such as 1mb or 1048576",
    ],
    ["redis.kill-slow-clients", KillParams, { minimumBytes: "0" }, 'got "0"'],
    ["redis.kill-slow-clients", KillParams, { clients: "all" }, "--clients expected"],
  ])("refuses bad params of %s with what was expected and what came", (...[id, schema, given, says]) => {
    const read = readParams<unknown>(schema, doc(id), given);
    expect(read).toMatchObject({ kind: "refused", because: expect.stringContaining(says) });
    expect(read).toMatchObject({ because: expect.stringContaining("It takes --") });
  });

  it("frees a refusal of what could break a message", () => {
    const read = readParams(FlushParams, doc("redis.flush-db"), { database: `${"x".repeat(5000)}\n` });
    expect(read).toMatchObject({ because: expect.stringMatching(/^.{10,700}$/) });
  });
});

import { expect, test } from "vitest";
import { keepKnown, readInfo, totalKeys } from "../../../src/runbooks/redis-memory/read-info.ts";

test("figures, in bytes; what is not there is not guessed", () => {
  const info = readInfo({
    redis_version: "6.2.14",
    used_memory: "1048576",
    maxmemory: "0",
    maxmemory_policy: "noeviction",
    role: "slave",
    master_host: "10.0.0.4",
    master_port: "6379",
  });
  expect(info).toMatchObject({
    software: "Redis 6.2.14",
    usedBytes: 1048576,
    maxmemoryBytes: 0,
    role: "replica",
    masterAddress: "10.0.0.4:6379",
    notCountedBytes: 0,
  });
  expect(info.rssBytes).toBeUndefined();
  expect(info.oomErrors).toBeUndefined();
  expect(info.keyspaceSeen).toBe(false);
});

test("the human figure serves where the exact one is missing", () => {
  expect(readInfo({ used_memory_human: "1.50G", maxmemory_human: "2G" })).toMatchObject({
    usedBytes: 1.5 * 2 ** 30,
    maxmemoryBytes: 2 * 2 ** 30,
  });
});

test("Valkey and Redict say so beside a version of Redis", () => {
  expect(readInfo({ redis_version: "7.2.4", valkey_version: "8.0.1" }).software).toBe("Valkey 8.0.1");
  expect(readInfo({ redict_version: "7.3.6", redis_version: "7.2.4" }).software).toBe("Redict 7.3.6");
});

test("keys per database and in sum", () => {
  const info = readInfo({ db10: "keys=5,expires=2,avg_ttl=1", db2: "keys=7,expires=7,avg_ttl=9,subexpiry=0", db3: "nonsense" });
  expect(info.databases).toEqual([
    { database: 2, keys: 7, keysWithTtl: 7 },
    { database: 10, keys: 5, keysWithTtl: 2 },
  ]);
  expect(totalKeys(info)).toEqual({ keys: 12, keysWithTtl: 9 });
});

test("what is stored: what is read here, rejected calls in one sum, and nothing that says where the server runs from", () => {
  const kept = keepKnown({
    used_memory: "5",
    db0: "keys=1,expires=0",
    errorstat_OOM: "count=3",
    config_file: "/etc/redis/secret.conf",
    executable: "/usr/bin/redis-server",
    cmdstat_set: "calls=5,usec=1,usec_per_call=1.00,rejected_calls=4,failed_calls=0",
    cmdstat_get: "calls=5,usec=1,usec_per_call=1.00,rejected_calls=2,failed_calls=0",
  });
  expect(kept).toEqual({ used_memory: "5", db0: "keys=1,expires=0", errorstat_OOM: "count=3", rejected_calls: "6" });
  expect(readInfo(kept)).toMatchObject({ oomErrors: 3, rejectedCalls: 6 });
});

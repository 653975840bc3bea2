import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { fillUntilRefused, startRedis, type RedisLab, type RedisLabOptions } from "../../../scripts/lab/redis.ts";
import { single, withNode } from "./lab.ts";

const labs: RedisLab[] = [];
afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.stop()));
});

async function start(options: RedisLabOptions = {}): Promise<RedisLab> {
  const lab = await startRedis(options);
  labs.push(lab);
  return lab;
}

test("on an accepting server: no key, no notification, nothing replicated, nothing to save", async () => {
  const lab = await start({ lines: ["notify-keyspace-events KEAmn", "repl-ping-replica-period 3600"] });
  const replica = await start({ replicaOf: { host: lab.host, port: lab.port } });
  await expect.poll(() => replica.client.info("replication")).toContain("master_link_status:up");
  const notified: string[] = [];
  const subscriber = lab.client.duplicate();
  await subscriber.psubscribe("__key*__:*");
  subscriber.on("pmessage", (_pattern: string, channel: string) => notified.push(channel));
  const state = async (): Promise<string[]> =>
    (await lab.client.info()).match(/^(master_repl_offset|rdb_changes_since_last_save|expired_keys|db\d):?.*$/gm) ?? [];

  await lab.client.set("real", "x");
  await expect.poll(() => notified.length).toBeGreaterThan(0);
  const before = await state();
  await withNode(single(lab.port), async (node) => {
    for (let times = 0; times < 20; times += 1) expect(await node.probeWrite(0)).toEqual({ kind: "accepted" });
  });
  expect(await state()).toEqual(before);
  expect(await lab.client.dbsize()).toBe(1);
  await lab.client.set("last", "x"); // whatever had been notified would come before this
  await expect.poll(() => notified).toContain("__keyspace@0__:last");
  expect(notified.filter((channel) => channel.includes("probe"))).toEqual([]);
  subscriber.disconnect();
});

test("on a full server: refused with OOM, in every database", async () => {
  const lab = await start({ maxmemory: "8mb", policy: "noeviction" });
  await fillUntilRefused(lab, { database: 2, valueBytes: 500 });
  await withNode(single(lab.port), async (node) => {
    for (const database of [0, 2])
      expect(await node.probeWrite(database)).toEqual({
        kind: "refused-oom",
        error: expect.stringMatching(/^OOM command not allowed/) as string,
      });
  });
});

test("under volatile-lru without any TTL: refused as well", async () => {
  const lab = await start({ maxmemory: "8mb", policy: "volatile-lru" });
  await fillUntilRefused(lab, { valueBytes: 500 });
  await withNode(single(lab.port), async (node) => expect(await node.probeWrite(0)).toMatchObject({ kind: "refused-oom" }));
});

test("after a failed snapshot: misconf", async () => {
  const lab = await start({ lines: ["save 3600 1", "dbfilename taken.rdb"] });
  mkdirSync(join(lab.directory, "taken.rdb")); // no file can be put in its place
  await lab.client.set("a", "x");
  await lab.client.bgsave();
  await expect.poll(() => lab.client.info("persistence")).toContain("rdb_last_bgsave_status:err");
  await withNode(single(lab.port), async (node) =>
    expect(await node.probeWrite(0)).toEqual({ kind: "refused-misconf", error: expect.stringMatching(/^MISCONF/) as string }),
  );
});

test("with too few replicas, as a replica, and without rights", async () => {
  const lonely = await start({
    lines: ["min-replicas-to-write 1"],
    users: ["reader on >made-up ~* +@read +ping +info", "other on >made-up ~app:* +@all"],
  });
  await withNode(single(lonely.port), async (node) =>
    expect(await node.probeWrite(0)).toEqual({ kind: "refused-no-replicas", error: expect.stringMatching(/^NOREPLICAS/) as string }),
  );
  for (const username of ["reader", "other"]) {
    await withNode(single(lonely.port, { username, password: "made-up" }), async (node) => {
      expect(await node.probeWrite(0)).toEqual({
        kind: "no-rights",
        error: expect.stringMatching(/^NOPERM.*\+set and ~oomph:probe:\*/) as string,
      });
    });
  }
});

test("what says nothing about writing is thrown", async () => {
  const lab = await start({ lines: ["cluster-enabled yes", "cluster-port 0"] });
  await withNode(single(lab.port), async (node) => {
    await expect(node.probeWrite(0)).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("cluster that is down") as string,
    });
  });
});

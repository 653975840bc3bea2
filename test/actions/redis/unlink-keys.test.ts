import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { fill, fillUntilRefused, startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import type { WalkCheckpoint } from "../../../src/actions/redis/stored/schema.ts";
import { actionOf, connectionTo, depsFor, hashed, planned, realClock, refusal, SESSIONS, startRun } from "./lab.ts";

const DATABASE_0 = { ...SESSIONS, database: 0 };

describe("redis.unlink-keys", () => {
  let lab: RedisLab;
  const action = (more: Parameters<typeof depsFor>[1] = {}) => actionOf(depsFor(connectionTo(lab), more), "redis.unlink-keys");

  beforeAll(async () => {
    lab = await startRedis({ maxmemory: "32mb", policy: "noeviction" });
  });
  afterEach(async () => {
    await lab.client.flushall();
  });
  afterAll(() => lab.stop());

  it("deletes what matches and nothing else, on a full server, and says that it helped", async () => {
    await fill(lab, { keys: 500, valueBytes: 10, prefix: "keep:" });
    await fillUntilRefused(lab, { valueBytes: 2000, prefix: "cache:" });
    const made = (await lab.client.dbsize()) - 500;
    await lab.client.config("SET", "maxmemory", "31mb"); // so that it stays full whatever the buffers do
    const plan = await planned(action().plan(DATABASE_0, { pattern: "cache:*", everything: "yes", keysPerSecond: "1000000" }));
    expect(plan).toMatchObject({
      risk: "destructive",
      confirm: "sessions 0",
      summary: `Delete ${made.toLocaleString("en-US")} keys that match cache:* in database 0 of redis/sessions`,
    });
    expect(plan.changes[2]?.after).toMatch(/freed, estimated from key sizes/);
    const run = startRun();
    await action().apply(plan, run);
    expect(run.saved.at(-1)).toMatchObject({ changed: made, finished: true });
    expect(await lab.client.dbsize()).toBe(500);
    expect(await action().observe(plan, run)).toMatchObject({ kind: "done" });
    const verification = await action().verify(plan, run);
    expect(verification).toMatchObject({ helped: true, says: "Keys that match cache:* were deleted. Writes are accepted again." });
    expect(verification.rows[0]).toEqual({
      what: "Keys that match cache:*",
      before: `${made.toLocaleString("en-US")} keys`,
      after: "0 keys",
      ok: true,
    });
    await lab.client.config("SET", "maxmemory", "32mb");
  });

  it("is interrupted in order, says where it stopped, and goes on from there when asked again", async () => {
    await fill(lab, { keys: 6000, valueBytes: 10, prefix: "cache:" });
    await fill(lab, { keys: 6000, valueBytes: 10, prefix: "keep:" });
    const plan = await planned(action().plan(DATABASE_0, { pattern: "cache:*", keysPerSecond: "4000" }));
    const run = startRun((_, nth) => {
      if (nth === 2) run.abort("draining");
    });
    const message = await action()
      .apply(plan, run)
      .then(
        () => "finished",
        (error: Error) => error.message,
      );
    const token = /--resume-from (\S+) to go on/.exec(message)?.[1];
    expect(message).toMatch(/^Stopped on request after [\d,]+ keys deleted: ask again/);
    const left = (await lab.client.dbsize()) - 6000;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(6000);

    const seen = await action().observe(plan, run);
    expect(seen.kind).toBe("unknown");
    expect(seen.says).toContain(
      `${(6000 - left).toLocaleString("en-US")} keys had been deleted by then; ${left.toLocaleString("en-US")} keys match cache:* now, 6,000 keys did before`,
    );
    expect(seen.says).toContain(`--resume-from ${token}`);

    const rest = await planned(action().plan(DATABASE_0, { pattern: "cache:*", resumeFrom: token ?? "" }));
    const second = startRun();
    await action().apply(rest, second);
    expect(await lab.client.dbsize()).toBe(6000);
    expect((run.saved.at(-1) as WalkCheckpoint).changed + (second.saved.at(-1) as WalkCheckpoint).changed).toBe(6000);
  });

  it("stops when progress cannot be saved, and is found to have been interrupted", async () => {
    await fill(lab, { keys: 5000, valueBytes: 10, prefix: "cache:" });
    await fill(lab, { keys: 5000, valueBytes: 10, prefix: "keep:" });
    const plan = await planned(action().plan(DATABASE_0, { pattern: "cache:*", keysPerSecond: "2000" }));
    const run = startRun((_, nth) => {
      if (nth === 2) throw new Error("the lease is lost");
    });
    await expect(action().apply(plan, run)).rejects.toThrow("the lease is lost");
    const left = (await lab.client.dbsize()) - 5000;
    expect(left).toBeGreaterThan(0);
    expect(await action().observe(plan, run)).toMatchObject({ kind: "unknown" });
  });

  it("is observed as not done before its first note, done when nothing matches any more", async () => {
    await fill(lab, { keys: 50, valueBytes: 10, prefix: "cache:" });
    await fill(lab, { keys: 50, valueBytes: 10, prefix: "keep:" });
    const plan = await planned(action().plan(DATABASE_0, { pattern: "cache:*" }));
    const first = startRun(() => {
      throw new Error("the store is away");
    });
    await expect(action().apply(plan, first)).rejects.toThrow("the store is away");
    expect(await lab.client.dbsize()).toBe(100);
    expect(await action().observe(plan, first)).toMatchObject({ kind: "not-done" });

    const last = startRun((_, nth) => {
      if (nth === 2) throw new Error("killed");
    });
    await expect(action().apply(plan, last)).rejects.toThrow("killed");
    expect(await action().observe(plan, last)).toMatchObject({ kind: "done", says: "0 keys match cache:* now, 50 keys did before" });
  });

  it("stops before it deletes more than was agreed to", async () => {
    await fill(lab, { keys: 100, valueBytes: 10, prefix: "cache:" });
    await fill(lab, { keys: 200, valueBytes: 10, prefix: "keep:" });
    const plan = await planned(action().plan(DATABASE_0, { pattern: "cache:*" }));
    expect(plan.scope["atMostKeys"]).toBe(1120);
    await fill(lab, { keys: 5000, valueBytes: 10, prefix: "cache:new:" });
    const run = startRun();
    await expect(action().apply(plan, run)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("more keys match than the 1,120 that were agreed to"),
    });
    expect(await lab.client.dbsize()).toBeGreaterThanOrEqual(5300 - 1120);
    expect(hashed(await planned(action().plan(DATABASE_0, { ...plan.params, everything: true })))).not.toBe(hashed(plan));
  });

  it("keeps to its pace", async () => {
    await fill(lab, { keys: 300, valueBytes: 10, prefix: "cache:" });
    await fill(lab, { keys: 300, valueBytes: 10, prefix: "keep:" });
    const slept: number[] = [];
    let nowMs = 1_000_000;
    const clock = {
      nowMs: () => nowMs,
      sleep: async (ms: number) => {
        slept.push(ms);
        nowMs += ms;
      },
    };
    const plan = await planned(action({ clock: realClock }).plan(DATABASE_0, { pattern: "cache:*", keysPerSecond: "100" }));
    await action({ clock }).apply(plan, startRun());
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBe(3000);
    expect(slept.length).toBeGreaterThanOrEqual(300 / 25);
  });

  it("estimates what it cannot count in time, and says so", async () => {
    await fill(lab, { keys: 60_000, valueBytes: 10, prefix: "cache:" });
    await fill(lab, { keys: 60_000, valueBytes: 10, prefix: "keep:" });
    const plan = await planned(action({ countWithinMs: 0 }).plan(DATABASE_0, { pattern: "cache:*" }));
    const estimate = Number(/^Delete about ([\d,]+) keys \(estimated\)/.exec(plan.summary)?.[1]?.replaceAll(",", ""));
    expect(estimate).toBeGreaterThan(48_000);
    expect(estimate).toBeLessThan(72_000);
    expect(plan.before).toMatchObject({ exact: false });
  });

  it.each(["*", "key:*", "?*"])("wants pattern %s, which matches nearly everything, to be said, and offers the flush", async (pattern) => {
    await fill(lab, { keys: 100, valueBytes: 10 });
    expect(await refusal(action().plan(DATABASE_0, { pattern }))).toContain("redis.flush-db does it in one step; or add --everything yes");
    expect(await planned(action().plan(DATABASE_0, { pattern, everything: "yes" }))).toMatchObject({ confirm: "sessions 0" });
  });

  it("takes a single name without more ado", async () => {
    await lab.client.set("only", "x");
    expect(await planned(action().plan(DATABASE_0, { pattern: "only" }))).toMatchObject({
      summary: "Delete 1 key that matches only in database 0 of redis/sessions",
    });
  });

  it("refuses a pattern that matches nothing, and a place to go on from on another server", async () => {
    await fill(lab, { keys: 10, valueBytes: 10 });
    expect(await refusal(action().plan(DATABASE_0, { pattern: "nope:*" }))).toContain(
      "no key in database 0 of redis/sessions matches nope:* (10 keys there)",
    );
    expect(await refusal(action().plan(DATABASE_0, { pattern: "key:1*", resumeFrom: "ffffffff:12" }))).toContain(
      "belongs to another server process",
    );
  });

  it("plans again to an equal scope while keys come and go", async () => {
    await fill(lab, { keys: 1000, valueBytes: 10, prefix: "cache:" });
    await fill(lab, { keys: 1000, valueBytes: 10, prefix: "keep:" });
    const plan = await planned(action().plan(DATABASE_0, { pattern: "cache:*" }));
    await fill(lab, { keys: 100, valueBytes: 10, prefix: "cache:more:" });
    expect(hashed(await planned(action().plan(DATABASE_0, plan.params)))).toBe(hashed(plan));
  });

  it("deletes keys with any bytes in their names", async () => {
    const odd = ["cache:\n", "cache:\\", "cache:ü", Buffer.from([0x63, 0x61, 0x63, 0x68, 0x65, 0x3a, 0xff, 0x00])];
    for (const key of odd) await lab.client.set(key, "x");
    await fill(lab, { keys: 10, valueBytes: 10, prefix: "keep:" });
    const plan = await planned(action().plan(DATABASE_0, { pattern: "cache:*" }));
    await action().apply(plan, startRun());
    expect(await lab.client.dbsize()).toBe(10);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { fill, fillUntilRefused, startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import { actionOf, connectionTo, depsFor, hashed, planned, realClock, refusal, SESSIONS, startRun } from "./lab.ts";

const DATABASE_0 = { ...SESSIONS, database: 0 };
const HOUR_MS = 3_600_000;

describe("redis.expire-keys and its way back", () => {
  let lab: RedisLab;
  const action = (id: string, more: Parameters<typeof depsFor>[1] = {}) => actionOf(depsFor(connectionTo(lab), more), id);
  const expire = () => action("redis.expire-keys");

  beforeAll(async () => {
    lab = await startRedis({ maxmemory: "16mb", policy: "noeviction" });
  });
  afterEach(async () => {
    await lab.client.flushall();
    await lab.client.config("SET", "maxmemory-policy", "noeviction");
  });
  afterAll(() => lab.stop());

  it("gives exactly the keys without a TTL one exact deadline, and takes exactly these away again", async () => {
    await fill(lab, { keys: 600, valueBytes: 10, prefix: "session:" });
    await fill(lab, { keys: 200, valueBytes: 10, prefix: "session:short:", ttlSeconds: 60 });
    await fill(lab, { keys: 100, valueBytes: 10, prefix: "other:" });
    const plan = await planned(expire().plan(DATABASE_0, { pattern: "session:*", ttl: "1h" }));
    expect(plan).toMatchObject({ risk: "change", params: { ttl: "3600000ms" }, scope: { ttlMs: HOUR_MS, pattern: "session:*" } });
    expect(plan.wayBack).toContain("redis.persist-keys");
    const run = startRun();
    const deadlineMs = run.begunAtMs + HOUR_MS;
    await expire().apply(plan, run);
    expect(await lab.client.call("PEXPIRETIME", "session:1")).toBe(deadlineMs);
    expect(await lab.client.pttl("session:short:1")).toBeLessThanOrEqual(60_000);
    expect(await lab.client.pttl("other:1")).toBe(-1);
    expect(await expire().observe(plan, run)).toMatchObject({ kind: "done", says: expect.stringContaining("600 keys changed") });
    const verification = await expire().verify(plan, run);
    expect(verification).toMatchObject({ helped: true, says: expect.stringContaining("The keys have a TTL. They go in ") });
    expect(verification.rows[0]).toMatchObject({ after: "0 keys", ok: true });

    const back = expire().wayBack(plan, run);
    expect(back).toMatchObject({ actionId: "redis.persist-keys", params: { database: 0, pattern: "session:*", expiresAtMs: deadlineMs } });
    const persist = action("redis.persist-keys");
    const undo = await planned(persist.plan(DATABASE_0, back?.params ?? {}));
    expect(undo.summary).toContain("Take away the TTL of 600 keys");
    expect(hashed(await planned(persist.plan(DATABASE_0, undo.params)))).toBe(hashed(undo));
    expect(await persist.observe(undo, startRun())).toMatchObject({ kind: "not-done" });
    const second = startRun();
    await persist.apply(undo, second);
    expect(await lab.client.pttl("session:1")).toBe(-1);
    expect(await lab.client.pttl("session:short:1")).toBeGreaterThan(0);
    expect(await persist.observe(undo, second)).toMatchObject({ kind: "done" });
    expect(await persist.verify(undo, second)).toMatchObject({ helped: true });
    expect(persist.wayBack(undo, second)).toBeUndefined();
    expect(await refusal(persist.plan(DATABASE_0, back?.params ?? {}))).toContain("there is nothing to take back");
  });

  it("works on a full server, and says that nothing is freed before the deadline", async () => {
    await fillUntilRefused(lab, { valueBytes: 1000 });
    const plan = await planned(expire().plan(DATABASE_0, { ttl: "1h", keysPerSecond: "1000000" }));
    const run = startRun();
    await expire().apply(plan, run);
    expect(await expire().observe(plan, run)).toMatchObject({ kind: "done" });
    const verification = await expire().verify(plan, run);
    expect(verification.helped).toBe(false);
    expect(verification.says).toMatch(
      /They go in .* It did not help: it still refuses writes, being full\. Memory is freed when they expire\. For room at once: redis\.set-eviction-policy/,
    );
  });

  it("helps at once under a volatile policy", async () => {
    await lab.client.config("SET", "maxmemory-policy", "volatile-ttl");
    await fillUntilRefused(lab, { valueBytes: 1000 });
    const plan = await planned(expire().plan(DATABASE_0, { ttl: "1h", keysPerSecond: "1000000" }));
    const run = startRun();
    await expire().apply(plan, run);
    expect(await expire().verify(plan, run)).toMatchObject({ helped: true, says: expect.stringContaining("Writes are accepted again") });
  });

  it("tells after a crash whether it had begun, how far it came, or that it was through", async () => {
    await fill(lab, { keys: 3000, valueBytes: 10 });
    const plan = await planned(expire().plan(DATABASE_0, { ttl: "1h", keysPerSecond: "2000" }));
    const before = startRun(() => {
      throw new Error("the store is away");
    });
    await expect(expire().apply(plan, before)).rejects.toThrow("the store is away");
    expect(await expire().observe(plan, before)).toMatchObject({ kind: "not-done" });

    const middle = startRun((_, nth) => {
      if (nth === 2) throw new Error("killed");
    });
    await expect(expire().apply(plan, middle)).rejects.toThrow("killed");
    expect(await expire().observe(plan, middle)).toMatchObject({
      kind: "unknown",
      says: expect.stringMatching(/keys expire exactly then, [\d,]+ keys never\. Ask again with --resume-from/),
    });
    await lab.client.flushall();

    await fill(lab, { keys: 300, valueBytes: 10 });
    const small = await planned(expire().plan(DATABASE_0, { ttl: "1h" }));
    const after = startRun((_, nth) => {
      if (nth === 2) throw new Error("killed");
    });
    await expect(expire().apply(small, after)).rejects.toThrow("killed");
    expect(await expire().observe(small, after)).toMatchObject({ kind: "done", says: "300 keys expire exactly then, 0 keys never" });
  });

  it("never sets a TTL in the past, which would delete at once", async () => {
    await fill(lab, { keys: 100, valueBytes: 10 });
    const plan = await planned(expire().plan(DATABASE_0, { ttl: "1m" }));
    const late = { ...startRun(), begunAtMs: Date.now() - 61_000 };
    await expect(expire().apply(plan, late)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("has run out by the clock of"),
    });
    expect(await lab.client.dbsize()).toBe(100);
    expect(await expire().observe(plan, late)).toMatchObject({ kind: "unknown", says: expect.stringContaining("has passed") });
  });

  it("refuses a TTL that is over before all keys have it, and clocks that differ", async () => {
    await fill(lab, { keys: 100, valueBytes: 10 });
    expect(await refusal(expire().plan(DATABASE_0, { ttl: "10s", keysPerSecond: "10" }))).toContain(
      "a TTL of 10.0 s is too short: going through 100 keys at 10 a second takes about 10.0 s",
    );
    const behind = { nowMs: () => Date.now() - HOUR_MS - 500, sleep: async (ms: number) => realClock.sleep(ms) };
    expect(await refusal(action("redis.expire-keys", { clock: behind }).plan(DATABASE_0, { ttl: "30m" }))).toContain(
      "differs from Oomph's by 1 h",
    );
  });

  it("refuses where every key has a TTL", async () => {
    await fill(lab, { keys: 100, valueBytes: 10, ttlSeconds: 60 });
    expect(await refusal(expire().plan(DATABASE_0, { ttl: "1h" }))).toContain("none of the 100 keys looked at that match * lacks a TTL");
  });

  it("cannot take back what has expired", async () => {
    await fill(lab, { keys: 100, valueBytes: 10 });
    expect(await refusal(action("redis.persist-keys").plan(DATABASE_0, { expiresAtMs: Date.now() - 5000 }))).toContain("it is too late");
  });

  it("has another scope for another TTL, an equal one when planned again", async () => {
    await fill(lab, { keys: 100, valueBytes: 10 });
    const plan = await planned(expire().plan(DATABASE_0, { ttl: "1h" }));
    await fill(lab, { keys: 500, valueBytes: 10, prefix: "more:" });
    expect(hashed(await planned(expire().plan(DATABASE_0, plan.params)))).toBe(hashed(plan));
    expect(hashed(await planned(expire().plan(DATABASE_0, { ...plan.params, ttl: "2h" })))).not.toBe(hashed(plan));
  });
});

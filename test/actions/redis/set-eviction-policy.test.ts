import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fill, fillUntilRefused, startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import { actionOf, connectionTo, depsFor, hashed, planned, refusal, SESSIONS, startRun } from "./lab.ts";

describe("redis.set-eviction-policy", () => {
  let lab: RedisLab;
  const action = () => actionOf(depsFor(connectionTo(lab)), "redis.set-eviction-policy");

  beforeAll(async () => {
    lab = await startRedis({ maxmemory: "16mb", policy: "noeviction" });
  });
  beforeEach(async () => {
    await lab.client.config("SET", "maxmemory-policy", "noeviction");
    await lab.client.config("RESETSTAT");
  });
  afterEach(async () => {
    await lab.client.flushall();
  });
  afterAll(() => lab.stop());

  it("makes a full server take writes by evicting, and goes back", async () => {
    await fillUntilRefused(lab, { valueBytes: 1000 });
    const plan = await planned(action().plan(SESSIONS, { policy: "allkeys-lru" }));
    expect(plan).toMatchObject({ risk: "change", summary: "Set the eviction policy of redis/sessions to allkeys-lru (now noeviction)" });
    expect(plan).not.toHaveProperty("confirm");
    expect(plan.blastRadius.join()).toContain("Every key of every database");
    expect(plan.warnings.join("\n")).toMatch(/lost when the server restarts/);
    const run = startRun();
    await action().apply(plan, run);
    expect(await action().observe(plan, run)).toMatchObject({ kind: "done" });
    const verification = await action().verify(plan, run);
    expect(verification).toMatchObject({
      helped: true,
      says: expect.stringContaining("The eviction policy is allkeys-lru. Writes are accepted again."),
    });
    expect(verification.rows.find(({ what }) => what === "Evicted keys")).toMatchObject({
      ok: true,
      after: expect.stringContaining("eviction makes room"),
    });

    const back = action().wayBack(plan, run);
    expect(back).toEqual({ actionId: "redis.set-eviction-policy", params: { policy: "noeviction", persist: false } });
    await action().apply(await planned(action().plan(SESSIONS, back?.params ?? {})), startRun());
    expect(await lab.client.config("GET", "maxmemory-policy")).toEqual(["maxmemory-policy", "noeviction"]);
  });

  it("says that a volatile policy did not help where no key has a TTL, having warned of it", async () => {
    await fillUntilRefused(lab, { valueBytes: 1000 });
    const plan = await planned(action().plan(SESSIONS, { policy: "volatile-lru" }));
    expect(plan.warnings.join("\n")).toContain("No key has a TTL, so volatile-lru evicts nothing");
    const run = startRun();
    await action().apply(plan, run);
    expect(await action().verify(plan, run)).toMatchObject({
      helped: false,
      says: expect.stringMatching(
        /It did not help: it still refuses writes, being full\. Under volatile-\* only keys with a TTL make room/,
      ),
    });
  });

  it("on a healthy server says that the change is in effect", async () => {
    await fill(lab, { keys: 10, valueBytes: 10 });
    const plan = await planned(action().plan(SESSIONS, { policy: "allkeys-lfu" }));
    const run = startRun();
    await action().apply(plan, run);
    expect(await action().verify(plan, run)).toMatchObject({
      helped: true,
      says: "The eviction policy is allkeys-lfu. It was not refusing writes before, and is not now.",
    });
  });

  it("is observed by the value: as before, as approved, or something else", async () => {
    const plan = await planned(action().plan(SESSIONS, { policy: "allkeys-lru" }));
    expect(await action().observe(plan, startRun())).toMatchObject({
      kind: "not-done",
      says: expect.stringContaining("has maxmemory-policy noeviction"),
    });
    await lab.client.config("SET", "maxmemory-policy", "allkeys-lru");
    expect(await action().observe(plan, startRun())).toMatchObject({ kind: "done" });
    await lab.client.config("SET", "maxmemory-policy", "allkeys-random");
    expect(await action().observe(plan, startRun())).toMatchObject({ kind: "unknown" });
  });

  it("verifies nothing that somebody has changed again", async () => {
    const plan = await planned(action().plan(SESSIONS, { policy: "allkeys-lru" }));
    expect(await action().verify(plan, startRun())).toMatchObject({
      helped: false,
      says: expect.stringContaining("is noeviction, not allkeys-lru"),
    });
  });

  it("has an equal scope when planned again, and another when the old value changed", async () => {
    const plan = await planned(action().plan(SESSIONS, { policy: "allkeys-lru" }));
    expect(hashed(await planned(action().plan(SESSIONS, plan.params)))).toBe(hashed(plan));
    await lab.client.config("SET", "maxmemory-policy", "volatile-ttl");
    expect(hashed(await planned(action().plan(SESSIONS, plan.params)))).not.toBe(hashed(plan));
    await expect(action().apply(plan, startRun())).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("has maxmemory-policy volatile-ttl by now"),
    });
    expect(await lab.client.config("GET", "maxmemory-policy")).toEqual(["maxmemory-policy", "volatile-ttl"]);
  });

  it("has another scope after a restart, and does not act on the new process", async () => {
    const other = await startRedis();
    try {
      const there = actionOf(depsFor(connectionTo(other)), "redis.set-eviction-policy");
      const plan = await planned(there.plan(SESSIONS, { policy: "allkeys-lru" }));
      await other.restart();
      expect(hashed(await planned(there.plan(SESSIONS, plan.params)))).not.toBe(hashed(plan));
      await expect(there.apply(plan, startRun())).rejects.toMatchObject({
        code: "conflict",
        message: expect.stringContaining("restarted or has failed over"),
      });
    } finally {
      await other.stop();
    }
  });

  it("refuses what is so already", async () => {
    expect(await refusal(action().plan(SESSIONS, { policy: "noeviction" }))).toContain("is noeviction already: there is nothing to change");
  });

  it("persists with CONFIG REWRITE, which is observed too", async () => {
    const plan = await planned(action().plan(SESSIONS, { policy: "allkeys-lru", persist: "yes" }));
    const run = startRun();
    await action().apply(plan, run);
    expect(await action().observe(plan, run)).toMatchObject({ kind: "done" });
    await lab.restart();
    await expect.poll(() => lab.client.config("GET", "maxmemory-policy")).toEqual(["maxmemory-policy", "allkeys-lru"]);
    await lab.client.config("SET", "maxmemory-policy", "noeviction");

    const half = await planned(action().plan(SESSIONS, { policy: "allkeys-random", persist: "yes" }));
    await lab.client.config("SET", "maxmemory-policy", "allkeys-random"); // and died before CONFIG REWRITE
    expect(await action().observe(half, startRun())).toMatchObject({
      kind: "unknown",
      says: expect.stringContaining("config file cannot be told"),
    });
  });

  it("names the right that is missing", async () => {
    const limited = await startRedis({ users: ["oomph on >made-up-secret ~* +@all -config|set"] });
    try {
      const there = actionOf(
        depsFor(connectionTo(limited, { username: "oomph", password: "made-up-secret" })),
        "redis.set-eviction-policy",
      );
      const plan = await planned(there.plan(SESSIONS, { policy: "allkeys-lru" }));
      const run = startRun();
      await expect(there.apply(plan, run)).rejects.toMatchObject({ code: "no-rights", message: expect.stringContaining("+config|set") });
      expect(await there.observe(plan, run)).toMatchObject({ kind: "not-done" });
    } finally {
      await limited.stop();
    }
  });
});

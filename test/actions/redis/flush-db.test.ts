import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fill, fillUntilRefused, startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import { actionOf, connectionTo, depsFor, hashed, planned, refusal, SESSIONS, startRun } from "./lab.ts";

const DATABASE_2 = { ...SESSIONS, database: 2 };

describe("redis.flush-db on one server", () => {
  let lab: RedisLab;
  const flush = () => actionOf(depsFor(connectionTo(lab)), "redis.flush-db");

  beforeAll(async () => {
    lab = await startRedis({ maxmemory: "16mb", policy: "noeviction" });
  });
  beforeEach(async () => {
    await lab.client.config("RESETSTAT");
  });
  afterEach(async () => {
    await lab.client.flushall();
  });
  afterAll(() => lab.stop());

  it("plans with counts, names, what it frees and what must be typed, changing nothing", async () => {
    await fill(lab, { database: 2, keys: 3000, valueBytes: 1000, prefix: "session:" });
    await fill(lab, { database: 2, keys: 1000, valueBytes: 10, prefix: "cache:", ttlSeconds: 3600 });
    const plan = await planned(flush().plan(DATABASE_2, {}));
    expect(plan).toMatchObject({
      risk: "destructive",
      confirm: "sessions 2",
      summary: "Flush database 2 of redis/sessions: 4,000 keys go, all of them, at once",
      params: { database: 2, boundKeys: 5800 },
      scope: { database: 2, atMostKeys: 5800 },
    });
    expect(plan.changes.map(({ what }) => what)).toEqual(["Keys in database 2", "Keys that never expire", "Used memory"]);
    expect(plan.changes[2]?.after).toMatch(/^about \d+\.\d (K|M)iB \(\d\.\d MiB freed, estimated/);
    expect(plan.blastRadius.join("\n")).toMatch(/session:\* \(about 7\d%\), cache:\* \(about 2\d%\)/);
    expect(plan.wayBack).toMatch(/^None/);
    expect(await withDatabase(2, "DBSIZE")).toBe(4000);
  });

  it("makes a full server accept writes again, and says so", async () => {
    await fillUntilRefused(lab, { database: 2, valueBytes: 1000 });
    const made = Number(await withDatabase(2, "DBSIZE"));
    const action = flush();
    const plan = await planned(action.plan(DATABASE_2, {}));
    const run = startRun();
    await action.apply(plan, run);
    expect(await withDatabase(2, "DBSIZE")).toBe(0);
    expect(await action.observe(plan, run)).toMatchObject({ kind: "done" });
    const verification = await action.verify(plan, run);
    expect(verification).toMatchObject({ helped: true, says: "Database 2 was flushed. Writes are accepted again." });
    expect(verification.rows).toContainEqual({ what: "Writes", before: "refused (full)", after: "accepted", ok: true });
    expect(verification.rows).toContainEqual({ what: "Keys in database 2", before: made.toLocaleString("en-US"), after: "0", ok: true });
    expect(action.wayBack(plan, run)).toBeUndefined();
  });

  it("says that it did not help when another database holds the memory", async () => {
    await lab.client.set("small", "x");
    await fillUntilRefused(lab, { database: 1, valueBytes: 1000 });
    const action = flush();
    const plan = await planned(action.plan({ ...SESSIONS, database: 0 }, {}));
    expect(plan.warnings.join("\n")).toContain("It frees little: database 0 holds under 1% of the used memory.");
    const run = startRun();
    await action.apply(plan, run);
    const verification = await action.verify(plan, run);
    expect(verification.helped).toBe(false);
    expect(verification.says).toMatch(/It did not help: it still refuses writes, being full\. The memory is held by something else/);
  });

  it("keeps the scope when keys come and go, and changes it on growth beyond the bound", async () => {
    await fill(lab, { database: 2, keys: 100, valueBytes: 10 });
    const first = await planned(flush().plan(DATABASE_2, {}));
    await fill(lab, { database: 2, keys: 900, valueBytes: 10, prefix: "more:" });
    expect(hashed(await planned(flush().plan(DATABASE_2, first.params)))).toBe(hashed(first));
    await fill(lab, { database: 2, keys: 2000, valueBytes: 10, prefix: "most:" });
    const grown = await planned(flush().plan(DATABASE_2, first.params));
    expect(hashed(grown)).not.toBe(hashed(first));
    expect(grown.warnings.join("\n")).toContain("has outgrown an earlier plan: the bound is now 4,600 keys");
  });

  it("does nothing when the database outgrew the bound between planning and acting", async () => {
    await fill(lab, { database: 2, keys: 10, valueBytes: 10 });
    const action = flush();
    const plan = await planned(action.plan(DATABASE_2, {}));
    await fill(lab, { database: 2, keys: 2000, valueBytes: 10, prefix: "more:" });
    const run = startRun();
    await expect(action.apply(plan, run)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("holds 2,010 keys in database 2 by now"),
    });
    expect(await withDatabase(2, "DBSIZE")).toBe(2010);
    expect(await action.observe(plan, run)).toMatchObject({ kind: "not-done" });
  });

  it("does nothing when progress cannot be saved, which means that the lease is lost", async () => {
    await fill(lab, { database: 2, keys: 10, valueBytes: 10 });
    const action = flush();
    const plan = await planned(action.plan(DATABASE_2, {}));
    const run = startRun(() => {
      throw new Error("the lease is lost");
    });
    await expect(action.apply(plan, run)).rejects.toThrow("the lease is lost");
    expect(await withDatabase(2, "DBSIZE")).toBe(10);
    expect(await action.observe(plan, run)).toMatchObject({ kind: "not-done" });
  });

  describe("observed after a crash", () => {
    it("before: not done", async () => {
      await fill(lab, { database: 2, keys: 50, valueBytes: 10 });
      const plan = await planned(flush().plan(DATABASE_2, {}));
      expect(await flush().observe(plan, startRun())).toMatchObject({
        kind: "not-done",
        says: expect.stringContaining("50 of 50 sampled keys are still there"),
      });
    });

    it("between the note and the flush: not done, by the server's own count of flushes", async () => {
      await fill(lab, { database: 2, keys: 50, valueBytes: 10 });
      const plan = await planned(flush().plan(DATABASE_2, {}));
      const run = startRun();
      await run.saveCheckpoint({ stage: "begun" });
      expect(await flush().observe(plan, run)).toMatchObject({ kind: "not-done" });
    });

    it("after the flush, before it was noted: done, though new keys have come since", async () => {
      await fill(lab, { database: 2, keys: 50, valueBytes: 10 });
      const plan = await planned(flush().plan(DATABASE_2, {}));
      const run = startRun((_, nth) => {
        if (nth === 2) throw new Error("killed");
      });
      await expect(flush().apply(plan, run)).rejects.toThrow("killed");
      await fill(lab, { database: 2, keys: 5, valueBytes: 10, prefix: "new:" });
      expect(await flush().observe(plan, run)).toMatchObject({ kind: "done", says: expect.stringContaining("0 of 50 sampled keys") });
    });

    it("after the flush, with the same names written again: a human must look", async () => {
      await fill(lab, { database: 2, keys: 50, valueBytes: 10 });
      const plan = await planned(flush().plan(DATABASE_2, {}));
      const run = startRun((_, nth) => {
        if (nth === 2) throw new Error("killed");
      });
      await expect(flush().apply(plan, run)).rejects.toThrow("killed");
      await fill(lab, { database: 2, keys: 50, valueBytes: 10 });
      expect(await flush().observe(plan, run)).toMatchObject({ kind: "unknown" });
    });

    it("after a restart of the server: a human must look", async () => {
      const other = await startRedis();
      try {
        await fill(other, { database: 2, keys: 50, valueBytes: 10 });
        const action = actionOf(depsFor(connectionTo(other)), "redis.flush-db");
        const plan = await planned(action.plan(DATABASE_2, {}));
        const run = startRun();
        await run.saveCheckpoint({ stage: "begun" });
        await other.restart();
        expect(await action.observe(plan, run)).toMatchObject({ kind: "unknown", says: expect.stringContaining("restarted") });
      } finally {
        await other.stop();
      }
    });
  });

  describe("refuses", () => {
    it("an empty database", async () => {
      expect(await refusal(flush().plan(DATABASE_2, {}))).toContain("database 2 of redis/sessions holds no key: there is nothing to flush");
    });

    it("to guess the database, and names those with keys", async () => {
      await fill(lab, { database: 3, keys: 7, valueBytes: 10 });
      expect(await refusal(flush().plan(SESSIONS, {}))).toContain(
        "which database of redis/sessions? Write redis/sessions/2 or --database 2. It holds 7 keys in database 3.",
      );
    });

    it("a database that the server has not", async () => {
      expect(await refusal(flush().plan(SESSIONS, { database: "99" }))).toMatch(/database/);
    });

    it("bad params, all at once", async () => {
      const because = await refusal(flush().plan(SESSIONS, { database: "two", "at-most-keys": "-1", force: "yes" }));
      expect(because).toContain('--database expected a whole number from 0 up, such as 2, got "two"');
      expect(because).toContain('--at-most-keys expected a whole number from 0 up, such as 5000, got "-1"');
      expect(because).toContain("there is no parameter --force");
    });

    it("Oomph's own Redis, however it is reached", async () => {
      await fill(lab, { database: 2, keys: 7, valueBytes: 10 });
      const runId = /run_id:(\w+)/.exec(await lab.client.info("server"))?.[1] ?? "";
      const elsewhere = connectionTo({ host: "localhost", port: lab.port });
      const own = actionOf(depsFor(elsewhere, { ownRedis: async () => [runId] }), "redis.flush-db");
      expect(await refusal(own.plan(DATABASE_2, {}))).toContain("is the Redis that Oomph itself runs on");
      const plan = await planned(flush().plan(DATABASE_2, {}));
      await expect(own.apply(plan, startRun())).rejects.toMatchObject({ code: "conflict" });
      expect(await withDatabase(2, "DBSIZE")).toBe(7);
    });

    it("when Oomph's own Redis cannot be identified", async () => {
      await fill(lab, { database: 2, keys: 7, valueBytes: 10 });
      const lost = depsFor(connectionTo(lab), { ownRedis: () => Promise.reject(new Error("connection lost")) });
      expect(await refusal(actionOf(lost, "redis.flush-db").plan(DATABASE_2, {}))).toContain("could not be identified (connection lost)");
      const silent = depsFor(connectionTo(lab), { ownRedis: async () => [""] });
      expect(await refusal(actionOf(silent, "redis.flush-db").plan(DATABASE_2, {}))).toContain(
        "could not be identified (it told no run_id)",
      );
    });
  });

  async function withDatabase(database: number, command: string): Promise<unknown> {
    const client = lab.client.duplicate({ db: database, lazyConnect: true });
    try {
      return await client.call(command);
    } finally {
      client.disconnect();
    }
  }
});

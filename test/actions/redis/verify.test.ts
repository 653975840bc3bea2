import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { fill, fillUntilRefused, startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import { actionOf, connectionTo, depsFor, planned, SESSIONS, startRun } from "./lab.ts";

const DATABASE_2 = { ...SESSIONS, database: 2 };

describe("did it help?", () => {
  let lab: RedisLab;
  let service: Server;
  let answer: (asked: number) => Promise<number> | number = () => 200;
  let asked = 0;

  beforeAll(async () => {
    lab = await startRedis({ maxmemory: "16mb", policy: "noeviction" });
    service = createServer((_, response) => {
      asked += 1;
      void Promise.resolve(answer(asked)).then((status) => response.writeHead(status).end());
    });
    await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  });
  afterEach(async () => {
    await lab.client.flushall();
    answer = () => 200;
    asked = 0;
  });
  afterAll(async () => {
    await new Promise((resolve) => service.close(resolve));
    await lab.stop();
  });

  const withHealth = () => {
    const healthUrl = `http://127.0.0.1:${(service.address() as AddressInfo).port}/health?token=made-up`;
    return actionOf(depsFor(connectionTo(lab, { healthUrl })), "redis.flush-db");
  };

  it("shows the health check before and after, waiting for the service to notice", async () => {
    await fillUntilRefused(lab, { database: 2, valueBytes: 1000 });
    const writable = async () =>
      lab.client.set("probe", "x").then(
        () => true,
        () => false,
      );
    let good = 0;
    answer = async () => {
      if (!(await writable())) return 503;
      good += 1;
      return good > 2 ? 200 : 503;
    };
    const plan = await planned(withHealth().plan(DATABASE_2, {}));
    expect(JSON.stringify(plan)).not.toContain("token");
    const run = startRun();
    await withHealth().apply(plan, run);
    const verification = await withHealth().verify(plan, run);
    expect(verification.helped).toBe(true);
    expect(verification.rows.at(-1)).toEqual({
      what: expect.stringMatching(/^Health check 127\.0\.0\.1:\d+\/health$/),
      before: "503",
      after: "200",
      ok: true,
    });
  });

  it("says that it did not help the service, though Redis takes writes", async () => {
    await fillUntilRefused(lab, { database: 2, valueBytes: 1000 });
    answer = () => 503;
    const plan = await planned(withHealth().plan(DATABASE_2, {}));
    const run = startRun();
    await withHealth().apply(plan, run);
    expect(await withHealth().verify(plan, run)).toMatchObject({
      helped: false,
      says: expect.stringMatching(/Redis takes writes, but 127\.0\.0\.1:\d+\/health answers 503: look at that service/),
    });
  });

  it("says when memory rises again, and when it will be full", async () => {
    await fillUntilRefused(lab, { database: 2, valueBytes: 1000 });
    let nowMs = Date.now();
    let round = 0;
    // Between two readings somebody writes 1.4 MiB; time is the test's own, so that the pace is known.
    const clock = {
      nowMs: () => nowMs,
      sleep: async (ms: number) => {
        nowMs += ms;
        round += 1;
        await fill(lab, { database: 1, keys: 100, valueBytes: 15_000, prefix: `again:${round}:` });
      },
    };
    const flush = actionOf(
      depsFor(connectionTo(lab), { clock, verification: { readings: 2, intervalMs: 1000, healthTimeoutMs: 1000 } }),
      "redis.flush-db",
    );
    const plan = await planned(flush.plan(DATABASE_2, {}));
    const run = startRun();
    await flush.apply(plan, run);
    await expect.poll(async () => lab.client.info("memory")).toContain("lazyfree_pending_objects:0");
    const verification = await flush.verify(plan, run);
    expect(verification.helped).toBe(true);
    expect(verification.says).toMatch(
      /Writes are accepted again\. But memory is rising again, by \d\.\d MiB a second; at this pace it is full in [\d.]+ m?s: find what writes so much/,
    );
    expect(verification.rows).toContainEqual({ what: "Memory steady", before: "-", after: "no, still moving over 1.0 s", ok: false });
  });

  it("says that writes are refused for another reason", async () => {
    await fill(lab, { database: 2, keys: 10, valueBytes: 10 });
    const flush = actionOf(depsFor(connectionTo(lab)), "redis.flush-db");
    const plan = await planned(flush.plan(DATABASE_2, {}));
    const run = startRun();
    await flush.apply(plan, run);
    await lab.client.config("SET", "min-replicas-to-write", "1");
    try {
      expect(await flush.verify(plan, run)).toMatchObject({
        helped: false,
        says: expect.stringContaining("refuses writes for another reason (refused (too few replicas))"),
      });
    } finally {
      await lab.client.config("SET", "min-replicas-to-write", "0");
    }
  });

  it("does without the write probe where Oomph's user may not write", async () => {
    const limited = await startRedis({ maxmemory: "16mb", policy: "noeviction", users: ["oomph on >made-up-secret ~* +@all -set"] });
    try {
      await fillUntilRefused(limited, { database: 2, valueBytes: 1000 });
      const flush = actionOf(depsFor(connectionTo(limited, { username: "oomph", password: "made-up-secret" })), "redis.flush-db");
      const plan = await planned(flush.plan(DATABASE_2, {}));
      const run = startRun();
      await flush.apply(plan, run);
      const verification = await flush.verify(plan, run);
      expect(verification.helped).toBe(true);
      expect(verification.rows).toContainEqual(
        expect.objectContaining({ what: "Writes", after: "not known (Oomph's user may not probe)" }),
      );
    } finally {
      await limited.stop();
    }
  });

  it("names the right that a flush lacks, and finds nothing flushed", async () => {
    const limited = await startRedis({ users: ["oomph on >made-up-secret ~* +@all -flushdb"] });
    try {
      await fill(limited, { database: 2, keys: 10, valueBytes: 10 });
      const flush = actionOf(depsFor(connectionTo(limited, { username: "oomph", password: "made-up-secret" })), "redis.flush-db");
      const plan = await planned(flush.plan(DATABASE_2, {}));
      const run = startRun();
      await expect(flush.apply(plan, run)).rejects.toMatchObject({
        code: "no-rights",
        message: expect.stringMatching(/FLUSHDB.*\+flushdb/i),
      });
      expect(await flush.observe(plan, run)).toMatchObject({ kind: "not-done" });
    } finally {
      await limited.stop();
    }
  });
});

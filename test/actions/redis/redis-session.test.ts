import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fill, startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import { applyOn, planOn, runIds, withSession } from "../../../src/actions/redis/redis-session.ts";
import { OomphError } from "../../../src/domain/errors.ts";
import type { Plan } from "../../../src/domain/plan.ts";
import { actionOf, connectionTo, depsFor, planned, refusal, SESSIONS, startRun } from "./lab.ts";

describe("a session on a Redis", () => {
  let lab: RedisLab;
  beforeAll(async () => {
    lab = await startRedis();
  });
  afterAll(() => lab.stop());

  it("closes what it opened, also when the work fails", async () => {
    const deps = depsFor(connectionTo(lab));
    const before = await ownClients();
    expect(await withSession(deps, SESSIONS, async (session) => runIds(session))).toEqual([expect.stringMatching(/^[0-9a-f]{40}$/)]);
    await expect(withSession(deps, SESSIONS, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await expect.poll(ownClients).toBe(before);
  });

  it("turns bad input into a refusal, and lets everything else through", async () => {
    const deps = depsFor(connectionTo(lab));
    const failing = (code: "bad-input" | "no-rights") => planOn(deps, SESSIONS, () => Promise.reject(new OomphError(code, "as it is")));
    expect(await failing("bad-input")).toEqual({ kind: "refused", because: "as it is" });
    await expect(failing("no-rights")).rejects.toMatchObject({ code: "no-rights" });
  });

  it("does nothing on a server that does not tell its run_id, naming the right", async () => {
    const limited = await startRedis({ users: ["oomph on >made-up-secret ~* +@all -info"] });
    try {
      const action = actionOf(depsFor(connectionTo(limited, { username: "oomph", password: "made-up-secret" })), "redis.flush-db");
      await expect(action.plan({ ...SESSIONS, database: 0 }, {})).rejects.toMatchObject({
        code: "no-rights",
        message: expect.stringContaining("+info"),
      });
    } finally {
      await limited.stop();
    }
  });

  it("acts on nothing else when the server is restarted in the middle of an act", async () => {
    const own = await startRedis();
    try {
      await fill(own, { keys: 4000, valueBytes: 10, prefix: "cache:" });
      await fill(own, { keys: 4000, valueBytes: 10, prefix: "keep:" });
      const action = actionOf(depsFor(connectionTo(own)), "redis.unlink-keys");
      const plan = await planned(action.plan({ ...SESSIONS, database: 0 }, { pattern: "cache:*", keysPerSecond: "2000" }));
      let restarted: Promise<void> | undefined;
      const run = startRun((_, nth) => {
        if (nth !== 2) return;
        restarted = own.restart().then(async () => fill(own, { keys: 50, valueBytes: 10, prefix: "cache:" }));
      });
      await expect(action.apply(plan, run)).rejects.toBeInstanceOf(OomphError);
      await restarted;
      expect(await own.client.dbsize()).toBe(50);
      expect(await action.observe(plan, run)).toMatchObject({ kind: "unknown" });
    } finally {
      await own.stop();
    }
  });

  it("does not begin on a plan for another process", async () => {
    const plan: Plan = {
      ...(await planned(actionOf(depsFor(connectionTo(lab)), "redis.set-eviction-policy").plan(SESSIONS, { policy: "allkeys-lru" }))),
      scope: { servers: ["f".repeat(40)] },
    };
    let began = false;
    const applying = applyOn(depsFor(connectionTo(lab)), plan, async () => {
      began = true;
    });
    await expect(applying).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/^Nothing was done: redis\/sessions is not the server that was approved/),
    });
    expect(began).toBe(false);
  });

  it("refuses when the connection is not configured", async () => {
    await expect(
      refusal(actionOf(depsFor(connectionTo(lab)), "redis.flush-db").plan({ kind: "redis", name: "nope" }, {})),
    ).rejects.toMatchObject({ code: "not-found" });
  });

  async function ownClients(): Promise<number> {
    return String(await lab.client.client("LIST"))
      .split("\n")
      .filter((line) => line.includes("name=oomph")).length;
  }
});

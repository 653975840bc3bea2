import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startRedis, type RedisLab } from "../../scripts/lab/redis.ts";
import { createPlanner, redisActions } from "../../src/actions/index.ts";
import { connectionTo, depsFor, SESSIONS } from "./redis/lab.ts";

describe("the planner", () => {
  let lab: RedisLab;
  beforeAll(async () => {
    lab = await startRedis();
  });
  afterAll(() => lab.stop());

  it("knows every action, with its risk and its params", () => {
    const { actions } = createPlanner(redisActions(depsFor(connectionTo(lab))));
    expect(Object.fromEntries(actions.map(({ id, risk }) => [id, risk]))).toEqual({
      "redis.expire-keys": "change",
      "redis.persist-keys": "change",
      "redis.set-eviction-policy": "change",
      "redis.set-maxmemory": "change",
      "redis.kill-slow-clients": "disruptive",
      "redis.unlink-keys": "destructive",
      "redis.flush-db": "destructive",
    });
    expect(actions.every((doc) => Object.keys(doc).toSorted().join() === "id,params,risk,targetKind,title")).toBe(true);
  });

  it("refuses an action that there is not, naming those that there are", async () => {
    const planner = createPlanner(redisActions(depsFor(connectionTo(lab))));
    expect(await planner.plan("redis.flush-all", SESSIONS, {})).toEqual({
      kind: "refused",
      because: expect.stringMatching(/^there is no action "redis\.flush-all"\. Expected one of redis\.expire-keys, /),
    });
  });

  it("throws what is no refusal: a server that is away", async () => {
    const planner = createPlanner(redisActions(depsFor(connectionTo({ host: "127.0.0.1", port: 1 }))));
    await expect(planner.plan("redis.flush-db", { ...SESSIONS, database: 0 }, {})).rejects.toMatchObject({ code: "unreachable" });
  });

  it("plans through to the action", async () => {
    const planner = createPlanner(redisActions(depsFor(connectionTo(lab))));
    expect(await planner.plan("redis.set-eviction-policy", SESSIONS, { policy: "allkeys-lru" })).toMatchObject({ kind: "planned" });
  });
});

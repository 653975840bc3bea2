import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { fill, startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import { meanSizeBytes, prefixes, sampleKeys, shareWithoutTtl, type SampleOptions } from "../../../src/actions/redis/key-sample.ts";
import { withSession } from "../../../src/actions/redis/redis-session.ts";
import { connectionTo, depsFor, realClock, SESSIONS } from "./lab.ts";

describe("a sample of keys", () => {
  let lab: RedisLab;
  beforeAll(async () => {
    lab = await startRedis();
  });
  afterEach(async () => {
    await lab.client.flushall();
  });
  afterAll(() => lab.stop());

  it("counts exactly when there is time, and looks at some keys closely", async () => {
    await fill(lab, { keys: 700, valueBytes: 100, prefix: "session:" });
    await fill(lab, { keys: 300, valueBytes: 100, prefix: "cache:", ttlSeconds: 600 });
    const sample = await take({ database: 0, pattern: "session:*", withinMs: 5000, describe: 50 });
    expect(sample).toMatchObject({ databaseKeys: 1000, matching: 700, exact: true });
    expect(sample.described).toHaveLength(50);
    expect(shareWithoutTtl(sample.described)).toBe(1);
    expect(meanSizeBytes(sample.described)).toBeGreaterThan(100);

    const whole = await take({ database: 0, withinMs: 5000, describe: 1000 });
    expect(whole).toMatchObject({ matching: 1000, exact: true });
    expect(shareWithoutTtl(whole.described)).toBe(0.7);
    expect(prefixes(whole.described, 2)).toBe("session:* (about 70%), cache:* (about 30%)");
  });

  it("estimates when there is none, and says so", async () => {
    await fill(lab, { keys: 30_000, valueBytes: 10, prefix: "a:" });
    await fill(lab, { keys: 10_000, valueBytes: 10, prefix: "b:" });
    const sample = await take({ database: 0, pattern: "b:*", withinMs: 0, describe: 10 });
    expect(sample.exact).toBe(false);
    expect(sample.matching).toBeGreaterThan(7_000);
    expect(sample.matching).toBeLessThan(13_000);
  });

  it("of nothing is nothing", async () => {
    const sample = await take({ database: 4, withinMs: 1000, describe: 10 });
    expect(sample).toMatchObject({ databaseKeys: 0, matching: 0, exact: true, described: [] });
    expect([shareWithoutTtl([]), meanSizeBytes([]), prefixes([], 3)]).toEqual([0, undefined, ""]);
  });

  it("groups names without a prefix", () => {
    const described = ["plain", "words", "a/b"].map((key) => ({ key, type: "string" }));
    expect(prefixes(described, 3)).toBe("(no prefix) (about 67%), a/* (about 33%)");
  });

  function take(options: SampleOptions) {
    return withSession(depsFor(connectionTo(lab)), SESSIONS, async ({ servers: [server] }) => {
      if (server === undefined) throw new Error("expected a server");
      return sampleKeys(server, options, realClock);
    });
  }
});

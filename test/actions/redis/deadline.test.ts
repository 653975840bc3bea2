import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { fill, startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import { countDeadline } from "../../../src/actions/redis/deadline.ts";
import type { RedisActionDeps } from "../../../src/actions/redis/deps.ts";
import { withSession } from "../../../src/actions/redis/redis-session.ts";
import { actionOf, connectionTo, depsFor, planned, realClock, refusal, SESSIONS, startRun } from "./lab.ts";

const DATABASE_0 = { ...SESSIONS, database: 0 };
const HOUR_MS = 3_600_000;

describe("keys that carry one exact time of expiry", () => {
  let lab: RedisLab;
  let deadlineMs: number;

  beforeAll(async () => {
    lab = await startRedis();
    deadlineMs = Date.now() + HOUR_MS;
  });
  afterEach(() => lab.client.flushall());
  afterAll(() => lab.stop());

  const deps = (more: Partial<RedisActionDeps> = {}) => depsFor(connectionTo(lab), more);
  const count = (more: Partial<RedisActionDeps> = {}) =>
    withSession(deps(more), DATABASE_0, (session) => countDeadline(deps(more), session, { database: 0, pattern: "*", deadlineMs }));
  const persist = (more: Partial<RedisActionDeps> = {}) => actionOf(deps(more), "redis.persist-keys");
  const mark = async (names: readonly string[], atMs = deadlineMs): Promise<void> => {
    for (const name of names) await lab.client.call("SET", name, "x", "PXAT", String(atMs));
  };

  it("are told from those that expire a millisecond sooner or later, and from those that never do", async () => {
    await mark(["a", "b"]);
    await mark(["sooner"], deadlineMs - 1);
    await mark(["later"], deadlineMs + 1);
    await lab.client.set("never", "x");
    expect(await count()).toEqual({ marked: 2, withoutTtl: 1, exact: true });
  });

  it("are extrapolated where the time does not last, and said to be", async () => {
    await fill(lab, { keys: 5_000, valueBytes: 5 });
    // The clock has run past the end after the first step.
    let nowMs = 0;
    const clock = { ...realClock, nowMs: () => (nowMs += 10_000) };
    const counted = await count({ clock, countWithinMs: 1 });
    expect(counted.exact).toBe(false);
    expect(counted.withoutTtl).toBeGreaterThan(4_000);
    expect(counted.withoutTtl).toBeLessThan(6_000);
  });

  it("alone lose it, and only where the pattern matches", async () => {
    await mark(["session:1", "session:2", "other:1"]);
    await mark(["session:own"], deadlineMs + 1);
    const plan = await planned(persist().plan(DATABASE_0, { expiresAtMs: deadlineMs, pattern: "session:*" }));
    await persist().apply(plan, startRun());
    const left = async (name: string) => lab.client.call("PEXPIRETIME", name);
    expect(await Promise.all(["session:1", "session:2", "other:1", "session:own"].map(left))).toEqual([-1, -1, deadlineMs, deadlineMs + 1]);
  });

  it("cannot be given back once the time has passed: those keys are gone", async () => {
    await mark(["a"]);
    const late = { ...realClock, nowMs: () => deadlineMs };
    expect(await refusal(persist({ clock: late }).plan(DATABASE_0, { expiresAtMs: deadlineMs }))).toContain("it is too late");
    const justInTime = { ...realClock, nowMs: () => deadlineMs - 1 };
    const plan = await planned(persist({ clock: justInTime }).plan(DATABASE_0, { expiresAtMs: deadlineMs }));
    expect(plan.summary).toContain("1 ms");
    expect(await persist({ clock: late }).observe(plan, startRun())).toMatchObject({
      kind: "unknown",
      says: expect.stringContaining("the time of expiry has passed"),
    });
  });

  it("are not taken for done by a run that began where another had stopped", async () => {
    await mark(["a"]);
    const plan = await planned(persist().plan(DATABASE_0, { expiresAtMs: deadlineMs }));
    await lab.client.persist("a");
    expect(await persist().observe(plan, startRun())).toMatchObject({ kind: "done" });
    const resumed = { ...plan, scope: { ...plan.scope, resumeFrom: `${"0".repeat(40)}:0` } };
    expect((await persist().observe(resumed, startRun())).kind).toBe("not-done");
  });

  it("must be named by the exact time: an unreadable one is refused with what was expected", async () => {
    await mark(["a"]);
    for (const expiresAtMs of ["tomorrow", -1, deadlineMs + 0.5]) {
      expect(await refusal(persist().plan(DATABASE_0, { expiresAtMs }))).toMatch(/expiresAtMs|expires-at-ms/);
    }
    expect(await refusal(persist().plan(DATABASE_0, { expiresAtMs: deadlineMs + 7 }))).toContain("there is nothing to take back");
  });
});

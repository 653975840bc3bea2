import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from "vitest";
import { startRedis, type RedisLab } from "../../scripts/lab/redis.ts";
import { targetKey } from "../../src/domain/target.ts";
import { NO_PRESSURE } from "../../src/domain/trend/pressure.ts";
import { watchReport } from "../../src/messages/watch-report.ts";
import { collectReport, postReport } from "../../src/watch/report.ts";
import { CHANNEL, startDesk, type TestDesk } from "../support/desk.ts";
import { container } from "./rig.ts";

const DAY_MS = 86_400_000;
const MIB = 2 ** 20;

describe("a report of the watch", () => {
  let redis: RedisLab;
  let test: TestDesk;

  beforeAll(async () => {
    redis = await startRedis();
  });
  beforeEach(async () => {
    test = await startDesk({ redisUrl: redis.url });
  });
  afterEach(() => test.stop());
  afterAll(() => redis.stop());

  /** Looked at every half hour of the last days, a third of the limit used. */
  async function lookedAt(name: string, days: number): Promise<void> {
    const nowMs = test.desk.clock.nowMs();
    const target = container(name);
    const readings = Array.from({ length: days * 48 }, (_, index) => ({
      targetKey: targetKey(target),
      reading: { atMs: nowMs - days * DAY_MS + index * 1_800_000, usageBytes: (300 + (index % 5)) * MIB, limitBytes: 1024 * MIB },
    }));
    await test.desk.store.readings.add(readings);
    const marks = [{ atMs: nowMs - DAY_MS, kind: "kill" }] as const;
    await test.desk.store.watched.put([{ target, seenAtMs: nowMs, pressure: NO_PRESSURE, marks }]);
  }
  const post = (period: "week" | "month") => postReport({ desk: test.desk, channel: CHANNEL }, period, watchReport);
  const posted = async () =>
    (await test.desk.store.outbox.due(test.desk.clock.nowMs() + DAY_MS, 100)).filter(({ slot }) => slot.startsWith("report/"));

  it("is posted once for a week and once for a month, however often it is made", async () => {
    await lookedAt("web", 10);
    await Promise.all([post("week"), post("week"), post("month")]);
    await post("week");
    const all = await posted();
    expect(all.map(({ slot }) => slot).toSorted()).toEqual([
      expect.stringMatching(/^report\/month\/\d{4}-\d\d$/),
      expect.stringMatching(/^report\/week\/\d{4}-W\d\d$/),
    ]);
    expect(all.map(({ channel, revision }) => [channel, revision])).toEqual([
      [CHANNEL, 1],
      [CHANNEL, 1],
    ]);
    test.moveOn(7 * DAY_MS);
    await lookedAt("web", 10);
    await post("week");
    expect((await posted()).filter(({ slot }) => slot.startsWith("report/week/"))).toHaveLength(2);
  });

  it("is about what was looked at in its time", async () => {
    await lookedAt("web", 10);
    const untilMs = test.desk.clock.nowMs();
    await test.desk.store.watched.put([{ target: container("heard-of"), seenAtMs: untilMs, pressure: NO_PRESSURE, marks: [] }]);
    const week = await collectReport(test.desk.store, { period: "week", untilMs });
    expect(week.targets).toBe(1);
    expect(week.sections.map(({ title }) => title)).toEqual(["Killed for want of memory", "Closest to their limits"]);
    const month = await collectReport(test.desk.store, { period: "month", untilMs });
    expect(month.sections.map(({ title }) => title)).toEqual(["Limits that can be lowered"]);
    const before = await collectReport(test.desk.store, { period: "week", untilMs: untilMs - 60 * DAY_MS });
    expect(before.targets).toBe(0);
  });

  it("reads well in Slack", async () => {
    await lookedAt("web", 10);
    const { text, blocks } = watchReport(await collectReport(test.desk.store, { period: "month", untilMs: test.desk.clock.nowMs() }));
    expect(text).toBe("Memory of 1 container over the month: 1 limit can be lowered.");
    expect(JSON.stringify(blocks)).toMatch(/Limits that can be lowered.*docker\/web.*Lower the limit to 512\.0 MiB/s);
  });

  it("is not posted while nothing is watched", async () => {
    await post("week");
    expect(await posted()).toEqual([]);
  });
});

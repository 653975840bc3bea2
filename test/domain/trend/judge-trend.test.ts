import { describe, expect, it } from "vitest";
import type { MemoryReading } from "../../../src/domain/memory.ts";
import { judgeTrend } from "../../../src/domain/trend/judge-trend.ts";
import { HOUR_MS, MIB, noiseAt, readingsOf, START_MS, withoutLimit } from "./readings.ts";

function kindOf(mibAt: (hour: number) => number, hours: number): string {
  return judgeTrend(readingsOf(mibAt, hours)).kind;
}

const tooth = (hour: number, period: number) => (hour % period) / period;
const day = (hour: number) => Math.sin((2 * Math.PI * hour) / 24);

describe("what is a leak", () => {
  it.each<[string, (hour: number) => number, number]>([
    ["a slow one after a day", (hour) => 300 + 5 * hour + noiseAt(hour), 26],
    ["a fast one before its kill", (hour) => 200 + 100 * hour + noiseAt(hour), 6],
    ["in steps", (hour) => 300 + 24 * Math.floor(hour / 3) + noiseAt(hour), 40],
    ["under collections", (hour) => 300 + 5 * hour + 100 * tooth(hour, 1.3), 30],
    ["under noise", (hour) => 300 + 6 * hour + 40 * noiseAt(hour), 40],
    ["that began late", (hour) => 300 + Math.max(0, hour - 30) * 12 + 5 * noiseAt(hour), 55],
  ])("%s", (_, mibAt, hours) => {
    expect(kindOf(mibAt, hours)).toBe("leak");
  });

  it("knows its pace, and when it meets the limit, with an interval around both", () => {
    const trend = judgeTrend(readingsOf((hour) => 300 + 10 * hour + 2 * noiseAt(hour), 48));
    if (trend.kind !== "leak" || trend.timeToOom.kind !== "expected")
      throw new Error(`Expected a leak with a forecast, got ${JSON.stringify(trend)}`);
    expect(trend.bytesPerHour / MIB).toBeCloseTo(10, 0);
    expect(trend.interval[0]).toBeLessThanOrEqual(trend.bytesPerHour);
    expect(trend.interval[1]).toBeGreaterThanOrEqual(trend.bytesPerHour);
    const { ms, lowMs, highMs } = trend.timeToOom;
    expect(lowMs).toBeLessThanOrEqual(ms);
    expect(highMs).toBeGreaterThanOrEqual(ms);
    const trueMs = ((1024 - 300) / 10 - 48) * HOUR_MS;
    expect(Math.abs(ms - trueMs)).toBeLessThan(2 * HOUR_MS);
    expect(trend.says).toMatch(
      /^What stays after each collection grows by \d+\.\d MiB an hour \(.+ → .+ over .+\), and nothing took it back\.$/,
    );
  });

  it("does not forecast without a limit, nor further than what was seen can carry", () => {
    const slow = readingsOf((hour) => 300 + hour / 2, 30);
    const endless = judgeTrend(withoutLimit(slow));
    expect(endless).toMatchObject({ kind: "leak", timeToOom: { kind: "refused", because: "there is no limit to run into" } });
    const far = judgeTrend(readingsOf((hour) => 300 + 2 * hour, 30));
    expect(far).toMatchObject({ kind: "leak", timeToOom: { kind: "refused" } });
  });

  it("is surer when the life before went the same way", () => {
    const life = (hour: number) => 300 + 20 * hour + noiseAt(hour);
    const one = readingsOf(life, 34);
    const next = one.map((reading) => ({ ...reading, atMs: reading.atMs + 35 * HOUR_MS, startedAtMs: START_MS + 35 * HOUR_MS }));
    const alone = judgeTrend(next);
    const again = judgeTrend([...one, ...next]);
    if (alone.kind !== "leak" || again.kind !== "leak") throw new Error(`Expected two leaks, got ${alone.kind} and ${again.kind}`);
    expect(again.confidence).toBeGreaterThan(alone.confidence);
    expect(again.says).toContain("As in the life before.");
  });

  it("is seen through missing readings and a clock that was set back", () => {
    const whole = readingsOf((hour) => 300 + 5 * hour + noiseAt(hour), 40);
    const holes = whole.filter((_, at) => at % 3 !== 0 && !(at > 100 && at < 150));
    expect(judgeTrend(holes).kind).toBe("leak");
    const setBack = whole.map((reading, at) => (at < 200 ? reading : { ...reading, atMs: reading.atMs - 2 * HOUR_MS }));
    expect(judgeTrend(setBack).kind).toBe("leak");
  });
});

describe("what is none", () => {
  it.each<[name: string, expected: [mibAt: (hour: number) => number, hours: number, kind: string]]>([
    ["steady use", [(hour) => 400 + 4 * noiseAt(hour), 30, "steady"]],
    ["a warm-up that ended long ago", [(hour) => 200 + 300 * (1 - Math.exp(-hour)), 30, "steady"]],
    ["a warm-up that ended lately", [(hour) => 200 + 300 * (1 - Math.exp(-hour)), 5, "plateau"]],
    ["a cache that fills", [(hour) => 200 + 300 * (1 - Math.exp(-hour / 6)), 28, "plateau"]],
    ["collections", [(hour) => 300 + 200 * tooth(hour, 2), 40, "sawtooth"]],
    ["seldom collections, seen some times", [(hour) => 300 + 200 * tooth(hour, 7), 50, "sawtooth"]],
    ["days and nights", [(hour) => 400 + 80 * day(hour), 96, "sawtooth"]],
    ["a fall", [(hour) => 700 - 4 * hour, 40, "falling"]],
    ["a burst", [(hour) => 300 + (hour > 20 && hour < 20.5 ? 400 : 0) + noiseAt(hour), 30, "spike"]],
    ["a load that came and stayed", [(hour) => 300 + (hour > 14 ? 150 : 0) + 3 * noiseAt(hour), 30, "plateau"]],
    ["the first half hour", [(hour) => 100 + 400 * hour, 0.4, "warming-up"]],
    ["growth of a morning", [(hour) => 300 + 20 * hour, 6, "undetermined"]],
    ["what was near its limit all along", [(hour) => 890 + hour, 40, "undetermined"]],
    ["half an hour and a bit", [() => 300, 0.7, "undetermined"]],
  ])("%s", (_, [mibAt, hours, kind]) => {
    expect(kindOf(mibAt, hours)).toBe(kind);
  });

  it("a refill after a restart to what was used before", () => {
    const fill = (hour: number) => 200 + 300 * (1 - Math.exp(-hour / 3));
    const first = readingsOf(fill, 20);
    const second = readingsOf(fill, 6).map((reading) => ({
      ...reading,
      atMs: reading.atMs + 21 * HOUR_MS,
      startedAtMs: START_MS + 21 * HOUR_MS,
    }));
    expect(judgeTrend([...first, ...second]).kind).not.toBe("leak");
  });

  it("too little to be judged: none, one, three, all at once, no figures", () => {
    const three = readingsOf(() => 100, 0.2);
    const same = three.map((reading) => ({ ...reading, atMs: START_MS }));
    const noFigures = three.map((reading) => ({ ...reading, usageBytes: Number.NaN }));
    for (const few of [[], three.slice(0, 1), three, same, noFigures]) expect(judgeTrend(few).kind).toBe("undetermined");
  });
});

describe("whatever the series", () => {
  const shapes: readonly ((hour: number) => number)[] = [
    (hour) => 300 + 5 * hour + noiseAt(hour),
    (hour) => 300 + 200 * tooth(hour, 2),
    (hour) => 400 + 80 * day(hour) + 10 * noiseAt(hour),
    (hour) => 500 * Math.abs(noiseAt(hour)),
    () => 0,
    (hour) => (hour > 20 ? 1024 : 0),
  ];
  const hours = 36;

  it("a size ten times as large is judged the same", () => {
    for (const shape of shapes) {
      const small = readingsOf(shape, hours);
      const large = small.map((reading) => ({ ...reading, usageBytes: reading.usageBytes * 10, limitBytes: 10_240 * MIB }));
      expect(judgeTrend(large).kind).toBe(judgeTrend(small).kind);
    }
  });

  it("another time of year is judged the same", () => {
    const later = (reading: MemoryReading) => ({ ...reading, atMs: reading.atMs + 1e10, startedAtMs: (reading.startedAtMs ?? 0) + 1e10 });
    for (const shape of shapes) expect(judgeTrend(readingsOf(shape, hours).map(later))).toEqual(judgeTrend(readingsOf(shape, hours)));
  });

  it("no figure is NaN, and intervals are in order", () => {
    for (const shape of shapes) {
      for (let length = 0; length <= hours * 12; length += 17) {
        const trend = judgeTrend(readingsOf(shape, hours).slice(0, length));
        expect(JSON.stringify(trend)).not.toContain("null");
        expect(JSON.stringify(trend)).not.toContain("NaN");
        const [low, high] = trend.kind === "leak" ? trend.interval : [0, 0];
        expect(low).toBeLessThanOrEqual(high);
      }
    }
  });
});

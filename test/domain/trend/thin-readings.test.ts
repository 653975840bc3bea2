import { describe, expect, it } from "vitest";
import { thinReadings } from "../../../src/domain/trend/thin-readings.ts";
import { HOUR_MS, MIB, noiseAt, readingsOf } from "./readings.ts";

const readings = readingsOf((hour) => 300 + 50 * noiseAt(hour), 10 * 24);
const nowMs = readings.at(-1)?.atMs ?? 0;
const thinned = thinReadings(readings, nowMs);

describe("thinReadings", () => {
  it("keeps the last day whole", () => {
    const lastDay = (kept: typeof readings) => kept.filter(({ atMs }) => atMs > nowMs - 24 * HOUR_MS);
    expect(lastDay(thinned)).toEqual(lastDay(readings));
    expect(lastDay(thinned)).toHaveLength(288);
  });

  it("keeps of each hour before the lowest and the highest, in order, and nothing older than a week", () => {
    const older = thinned.filter(({ atMs }) => atMs <= nowMs - 24 * HOUR_MS);
    expect(older.length).toBeLessThanOrEqual(2 * 145);
    expect(older[0]?.atMs).toBeGreaterThanOrEqual(nowMs - 7 * 24 * HOUR_MS);
    expect(thinned.map(({ atMs }) => atMs)).toEqual(thinned.map(({ atMs }) => atMs).toSorted((left, right) => left - right));
    const hour = (one: (typeof readings)[number]) => Math.floor(one.atMs / HOUR_MS);
    const some = hour(older[40] ?? readings[0] ?? { atMs: 0, usageBytes: 0 });
    const usage = readings.filter((one) => hour(one) === some).map(({ usageBytes }) => usageBytes);
    const kept = older.filter((one) => hour(one) === some).map(({ usageBytes }) => usageBytes);
    expect(kept.toSorted((left, right) => left - right)).toEqual([Math.min(...usage), Math.max(...usage)]);
  });

  it("changes nothing the second time", () => {
    expect(thinReadings(thinned, nowMs)).toEqual(thinned);
  });

  it("keeps lives apart within an hour", () => {
    const restarted = readingsOf((hour) => (hour < 0.5 ? 500 : 100), 0.9).map((reading, at) =>
      at < 6 ? { ...reading, usageBytes: 500 * MIB } : { ...reading, startedAtMs: reading.atMs - at },
    );
    const lives = new Set(thinReadings(restarted, nowMs).map(({ startedAtMs }) => startedAtMs));
    expect(lives.size).toBeLessThanOrEqual(1);
    expect(thinReadings(restarted, (restarted[0]?.atMs ?? 0) + 48 * HOUR_MS).length).toBeGreaterThan(2);
  });
});

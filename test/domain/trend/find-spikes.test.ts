import { describe, expect, it } from "vitest";
import { findSpikes } from "../../../src/domain/trend/find-spikes.ts";
import { HOUR_MS, MIB, noiseAt, readingsOf, START_MS } from "./readings.ts";

const burst = (from: number, long: number) => (hour: number) => (hour >= from && hour < from + long ? 700 : 300) + 3 * noiseAt(hour);

describe("findSpikes", () => {
  it("tells when, how high, above what, and how near to the limit", () => {
    const [spike, ...others] = findSpikes(readingsOf(burst(10, 0.5), 24));
    expect(others).toEqual([]);
    expect(spike?.fromMs).toBe(START_MS + 10 * HOUR_MS);
    expect(spike?.untilMs).toBe(START_MS + 10.5 * HOUR_MS);
    expect((spike?.peakBytes ?? 0) / MIB).toBeCloseTo(700, -1);
    expect((spike?.usualBytes ?? 0) / MIB).toBeCloseTo(300, -1);
    expect(spike?.ofLimit).toBeCloseTo(0.68, 1);
  });

  it("finds each of several", () => {
    const twice = (hour: number) => Math.max(burst(5, 0.3)(hour), burst(15, 1)(hour));
    expect(findSpikes(readingsOf(twice, 24))).toHaveLength(2);
  });

  it.each<[string, (hour: number) => number, number]>([
    ["noise", (hour) => 300 + 60 * noiseAt(hour), 24],
    ["a load of hours", burst(8, 6), 24],
    ["a step that stays", (hour) => (hour < 8 ? 300 : 700), 24],
    ["one that has not ended", burst(23.5, 2), 24],
    ["days and nights", (hour) => 400 + 200 * Math.sin((2 * Math.PI * hour) / 24), 72],
    ["nothing used", () => 0, 24],
  ])("takes %s for none", (_, mibAt, hours) => {
    expect(findSpikes(readingsOf(mibAt, hours))).toEqual([]);
  });

  it("finds none in nothing", () => {
    expect(findSpikes([])).toEqual([]);
  });
});

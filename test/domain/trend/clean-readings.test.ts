import { describe, expect, it } from "vitest";
import { cleanReadings } from "../../../src/domain/trend/clean-readings.ts";
import { livesOf } from "../../../src/domain/trend/lives.ts";
import { listed, START_MS } from "./readings.ts";

const MINUTE_MS = 60_000;

describe("cleanReadings", () => {
  it("leaves good ones alone", () => {
    const good = listed(1, 2, 3);
    expect(cleanReadings(good)).toEqual(good);
  });

  it("drops what is no figure, and the first of two at one moment", () => {
    const [one, two, three, four] = listed(1, Number.NaN, -3, 4);
    if (one === undefined || two === undefined || three === undefined || four === undefined) throw new Error("Expected four readings");
    expect(cleanReadings([one, { ...one, usageBytes: 9 }, two, three, four]).map(({ usageBytes }) => usageBytes)).toEqual([9, 4]);
  });

  it("moves back what was read before the clock was set back, and keeps the order", () => {
    const setBack = listed(1, 2, 3, 4, 5).map((reading, at) => (at < 3 ? reading : { ...reading, atMs: reading.atMs - 60 * MINUTE_MS }));
    const clean = cleanReadings(setBack);
    expect(clean.map(({ usageBytes }) => usageBytes)).toEqual([1, 2, 3, 4, 5]);
    expect(clean.map(({ atMs }, at) => atMs - (clean[at - 1]?.atMs ?? atMs - 5 * MINUTE_MS))).toEqual(Array(5).fill(5 * MINUTE_MS));
    expect(clean.at(-1)?.atMs).toBe(setBack.at(-1)?.atMs);
  });
});

describe("livesOf", () => {
  it("splits where the start changed, by more than rounding", () => {
    const starts = [START_MS, START_MS + 400, START_MS + 600_000, START_MS + 600_000];
    const lives = livesOf(listed(5, 6, 1, 2).map((reading, at) => ({ ...reading, startedAtMs: starts[at] ?? 0 })));
    expect(lives.map(({ readings }) => readings.map(({ usageBytes }) => usageBytes))).toEqual([
      [5, 6],
      [1, 2],
    ]);
    expect(lives.map(({ beganAtMs }) => beganAtMs)).toEqual([START_MS, START_MS + 600_000]);
  });

  it("takes a drop alone for a collection, and none for a life", () => {
    expect(livesOf(listed(900, 100, 120))).toHaveLength(1);
    expect(livesOf([])).toEqual([]);
  });

  it("believes the first reading when the start lies after it", () => {
    const [life] = livesOf(listed(1, 2).map((reading) => ({ ...reading, startedAtMs: START_MS + 3_600_000 })));
    expect(life?.beganAtMs).toBe(START_MS);
  });
});

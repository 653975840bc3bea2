import { PRESSURE_SETTINGS } from "./pressure.ts";
import type { MemoryReading } from "../memory.ts";
import { floorsOf, peaksOf } from "./floors.ts";
import { quantile, robustLine, type Point, type RobustLine } from "./robust-line.ts";

/** A stretch of one life, warm-up cut off, and what is known from before it. */
export type Stretch = {
  readonly readings: readonly MemoryReading[];
  /** Earlier readings that growth has to go beyond: of this life, and of lives that ended in a plateau. */
  readonly before: readonly MemoryReading[];
};

/** Growth that looks like a leak in one stretch, or the first reason against it. */
export type LeakEvidence =
  | { readonly kind: "leak"; readonly line: RobustLine; readonly spanMs: number; readonly grownBytes: number; readonly levelBytes: number }
  | { readonly kind: "no-leak"; readonly because: AgainstLeak };

export type AgainstLeak =
  /** Too few readings, or they do not cover the stretch. */
  | "sparse"
  | "not-rising"
  /** Less than counts. */
  | "slight"
  /** A collection, or the ebb of the load, took it back. */
  | "given-back"
  /** Slower and slower: warm-up, or a cache that fills. */
  | "slowing"
  | "one-step"
  /** Not above what it was before, without harm. */
  | "reached-before"
  /** The floor rises and the peaks do not: what is collected later is not leaked. */
  | "peaks-stay"
  /** As near to the limit at first as it is now: its pressure tells that, and what is left is too little to see a trend in. */
  | "high-before"
  /** Seen for too short a time, as long as the limit is so far away. */
  | "too-soon";

const HOUR_MS = 3_600_000;
const PARTS = 24;
const LEAST_PARTS = 16;
/** Of the level that it started from. */
const LEAST_GROWTH = 0.025;
/** A third of the stretch that adds less than this much of what the third before it added is slowing down. */
const SLOWING = 0.5;
/** And less than this much, when it would come to rest well below the limit. */
const SLOWING_BELOW = 0.7;
/** Two levels that leave over less than this share of what a line leaves over are a step: a load that came, a cache switched on. */
const ONE_STEP = 0.7;
/** So long must growth be seen before it is called a leak however far the limit is: a daily rhythm takes a day. */
const LONG_MS = 24 * HOUR_MS;
/** Before, only what will be full in this time, and in no more than it has been seen for. */
const SOON_MS = 6 * HOUR_MS;
/** And has taken this share of the limit. */
const STEEP = 0.1;
/** What was as high as this at first is told by its pressure. */
const CRITICAL = PRESSURE_SETTINGS.criticalAt;
/** Peaks that rise by less than this share of what the floor rises by stay where they are. */
const PEAKS_FOLLOW = 0.25;
/** Growth that needs longer than this to fill the limit is for the monthly report. */
const HORIZON_MS = 30 * 24 * HOUR_MS;
/** What was reached before in 19 of 20 parts. */
const USUALLY = 0.95;

/** Expects clean readings, oldest first. */
export function leakEvidence({ readings, before }: Stretch): LeakEvidence {
  const floors = floorsOf(readings, PARTS);
  const line = robustLine(floors);
  if (line === undefined || floors.length < LEAST_PARTS) return against("sparse");
  const spanMs = (readings.at(-1)?.atMs ?? 0) - (readings[0]?.atMs ?? 0);
  const levelBytes = Math.max(0, line.offset);
  const grownBytes = (line.slope * spanMs) / HOUR_MS;
  if (line.low <= 0) return against("not-rising");
  if (grownBytes < LEAST_GROWTH * levelBytes) return against("slight");
  const objection =
    againstShape(floors, grownBytes, readings.at(-1)?.limitBytes ?? Number.POSITIVE_INFINITY) ??
    againstBefore(readings, before) ??
    againstHaste(readings, line, spanMs);
  return objection === undefined ? { kind: "leak", line, spanMs, grownBytes, levelBytes } : against(objection);
}

/** How long until usage, as it peaks now, meets the limit at this slope; infinite without a limit or a rise. */
export function msToLimit(readings: readonly MemoryReading[], bytesPerHour: number): number {
  const limitBytes = readings.at(-1)?.limitBytes;
  if (limitBytes === undefined || !(limitBytes > 0) || bytesPerHour <= 0) return Number.POSITIVE_INFINITY;
  const nowBytes = quantile(
    readings.slice(-Math.max(3, Math.floor(readings.length / 8))).map(({ usageBytes }) => usageBytes),
    0.9,
  );
  return (Math.max(0, limitBytes - nowBytes) / bytesPerHour) * HOUR_MS;
}

function againstShape(floors: readonly Point[], grownBytes: number, limitBytes: number): AgainstLeak | undefined {
  const third = floors.length / 3;
  const [first = 0, second = 0, last = 0] = [0, 1, 2].map((at) => kept(floors.slice(Math.round(at * third), Math.round((at + 1) * third))));
  if (last - first < grownBytes * 0.3 || second < first - grownBytes * 0.1) return "given-back";
  const pace = (last - second) / Math.max(1, second - first);
  const endBytes = pace < 1 ? last + ((last - second) * pace) / (1 - pace) : Number.POSITIVE_INFINITY;
  if (pace < SLOWING || (pace < SLOWING_BELOW && endBytes < limitBytes * 0.9)) return "slowing";
  return isOneStep(floors) ? "one-step" : undefined;
}

/** Whether two levels, one after the other, tell it better than a rising line. */
function isOneStep(floors: readonly Point[]): boolean {
  const line = robustLine(floors);
  if (line === undefined) return false;
  const offLine = floors.reduce((sum, { x, y }) => sum + Math.abs(y - line.offset - line.slope * x), 0);
  const heights = floors.map(({ y }) => y);
  for (let at = 3; at <= heights.length - 3; at += 1) {
    const offStep = offLevel(heights.slice(0, at)) + offLevel(heights.slice(at));
    if (offStep < ONE_STEP * offLine) return true;
  }
  return false;
}

function offLevel(heights: readonly number[]): number {
  const level = quantile(heights, 0.5);
  return heights.reduce((sum, height) => sum + Math.abs(height - level), 0);
}

/** What a third of the stretch never gave back: its second-lowest floor, so that one dip says nothing. */
function kept(floors: readonly Point[]): number {
  const sorted = floors.map(({ y }) => y).toSorted((left, right) => left - right);
  return sorted[1] ?? sorted[0] ?? 0;
}

/** Memory that was used before and survived is no news: compared floor with floor and peak with peak. */
function againstBefore(readings: readonly MemoryReading[], before: readonly MemoryReading[]): AgainstLeak | undefined {
  if (before.length < LEAST_PARTS) return undefined;
  const recent = readings.slice(-Math.max(3, Math.floor(readings.length / 8)));
  const nowBytes = quantile(
    recent.map(({ usageBytes }) => usageBytes),
    0.5,
  );
  const usualBytes = quantile(
    peaksOf(before, PARTS).map(({ y }) => y),
    USUALLY,
  );
  return nowBytes <= usualBytes ? "reached-before" : undefined;
}

/** Before a full day is known, only growth that is steep, sure, seen in the peaks too, and soon at the limit. */
function againstHaste(readings: readonly MemoryReading[], line: RobustLine, spanMs: number): AgainstLeak | undefined {
  const peaks = robustLine(peaksOf(readings, PARTS));
  if (peaks === undefined || peaks.slope < PEAKS_FOLLOW * line.slope) return "peaks-stay";
  const limitBytes = readings.at(-1)?.limitBytes ?? Number.POSITIVE_INFINITY;
  if (usualAtFirst(readings) >= CRITICAL * limitBytes) return "high-before";
  if (spanMs >= LONG_MS) {
    const leftMs = msToLimit(readings, line.slope);
    return Number.isFinite(leftMs) && leftMs > HORIZON_MS ? "slight" : undefined;
  }
  const steep = (line.slope * spanMs) / HOUR_MS >= STEEP * limitBytes;
  if (!steep || peaks.low <= 0 || line.low < line.slope / 2) return "too-soon";
  return msToLimit(readings, Math.min(line.slope, peaks.slope)) > Math.min(spanMs, SOON_MS) ? "too-soon" : undefined;
}

function usualAtFirst(readings: readonly MemoryReading[]): number {
  const first = readings.slice(0, Math.ceil(readings.length / 3));
  return quantile(
    first.map(({ usageBytes }) => usageBytes),
    0.9,
  );
}

function against(because: AgainstLeak): LeakEvidence {
  return { kind: "no-leak", because };
}

import { formatBytes } from "../bytes.ts";
import { formatDuration } from "../duration.ts";
import type { MemoryReading } from "../memory.ts";

/** What the fast track says of the last hour. */
export type SeedVerdict = {
  readonly kind: "leak" | "no-leak" | "too-few";
  /** Last reading against the first of the window: 0.2 is 20%. 0 when there are too few. */
  readonly growth: number;
  /** Share of steps that rose, 0 to 1. */
  readonly rising: number;
  readonly overMs: number;
  /** A sentence with figures and units. */
  readonly says: string;
};

const KEPT_READINGS = 12;
const WINDOW_MS = 30 * 60_000;
// Polls are late by seconds: a reading taken 30 min and some seconds ago still opens the window.
const LATE_MS = 60_000;
const LEAST_POINTS = 3;
const LEAST_GROWTH = 0.2;
const LEAST_RISING = 0.8;

/**
 * The leak rule of the runbook that Oomph began with, as written there: of the last 12 readings (one every 5 min), those of the
 * last 30 min, 3 at the least; a leak when they grew by 20% or more and 80% or more of the steps rose.
 */
export function followsSeedRule(readings: readonly MemoryReading[]): SeedVerdict {
  const kept = readings.slice(-KEPT_READINGS);
  const newestMs = kept.at(-1)?.atMs ?? 0;
  const window = kept.filter(({ atMs }) => atMs >= newestMs - WINDOW_MS - LATE_MS && atMs <= newestMs);
  const first = window[0];
  const last = window.at(-1);
  if (first === undefined || last === undefined || window.length < LEAST_POINTS) return tooFew(window.length);
  const growth = first.usageBytes === 0 ? 0 : (last.usageBytes - first.usageBytes) / first.usageBytes;
  const rises = window.filter((reading, at) => at > 0 && reading.usageBytes > (window[at - 1]?.usageBytes ?? 0)).length;
  const rising = rises / (window.length - 1);
  const overMs = last.atMs - first.atMs;
  const kind = growth >= LEAST_GROWTH && rising >= LEAST_RISING ? "leak" : "no-leak";
  return { kind, growth, rising, overMs, says: inWords(first, last, { growth, count: window.length }) };
}

function inWords(first: MemoryReading, last: MemoryReading, { growth, count }: { growth: number; count: number }): string {
  const sizes = `${formatBytes(first.usageBytes)} → ${formatBytes(last.usageBytes)}`;
  return `${(growth * 100).toFixed(1)}% growth over ${formatDuration(last.atMs - first.atMs)} (${sizes}, ${count} readings).`;
}

function tooFew(count: number): SeedVerdict {
  const says = `Only ${count} readings in the last 30 min: the rule takes ${LEAST_POINTS} at the least.`;
  return { kind: "too-few", growth: 0, rising: 0, overMs: 0, says };
}

import type { MemoryReading, Trend } from "../memory.ts";
import { formatDuration } from "../duration.ts";
import { judgeTrend } from "./judge-trend.ts";
import { quantile } from "./robust-line.ts";
import { followsSeedRule, type SeedVerdict } from "./seed-rule.ts";

/** What both tracks together say. `trend` and `fast` are there either way, to be shown. */
export type LeakSuspicion = {
  readonly kind: "none" | "fast" | "trend";
  /** A sentence with figures and units. */
  readonly says: string;
  readonly fast: SeedVerdict;
  readonly trend: Trend;
};

const HOUR_MS = 3_600_000;
/** The seed's rule fires on whatever loads; what a container does in its first hour is loading. */
const YOUNG_MS = HOUR_MS;
/** Growth of which so much came between two readings is a burst. */
const ONE_STEP = 0.6;
/** At the pace of the last half hour the limit must be this near: else the trend has the time to look properly. */
const NEAR_MS = HOUR_MS;

/**
 * Whether to raise a leak: the trend of hours says so, or the seed's rule does and cannot be explained away. It is when
 * the target started within the last hour, used as much before, or has an hour and more left at this pace.
 */
export function suspectLeak(readings: readonly MemoryReading[]): LeakSuspicion {
  const trend = judgeTrend(readings);
  const fast = followsSeedRule(readings);
  if (trend.kind === "leak") return { kind: "trend", says: trend.says, fast, trend };
  if (fast.kind !== "leak") return { kind: "none", says: fast.says, fast, trend };
  const explained = explanation(readings, fast);
  if (explained !== undefined) return { kind: "none", says: `${fast.says} ${explained}`, fast, trend };
  return { kind: "fast", says: fast.says, fast, trend };
}

function explanation(readings: readonly MemoryReading[], fast: SeedVerdict): string | undefined {
  const last = readings.at(-1);
  if (last === undefined) return undefined;
  const bornMs = last.startedAtMs ?? readings[0]?.atMs ?? last.atMs;
  const ageMs = last.atMs - bornMs;
  if (ageMs < YOUNG_MS) return `It started ${formatDuration(ageMs)} ago and still loads.`;
  const before = readings.filter(({ atMs }) => atMs < last.atMs - fast.overMs).map(({ usageBytes }) => usageBytes);
  if (before.length > 0 && last.usageBytes <= quantile(before, 0.98)) return "It used as much before, without harm.";
  const steps = readings.filter(({ atMs }) => atMs >= last.atMs - fast.overMs).map(({ usageBytes }) => usageBytes);
  const largest = Math.max(...steps.map((usage, at) => usage - (steps[at - 1] ?? usage)));
  if (largest > ONE_STEP * (last.usageBytes - (steps[0] ?? 0))) return "It came in one step.";
  if (last.limitBytes === undefined) return "There is no limit that it could run into soon.";
  const grownBytes = last.usageBytes * (1 - 1 / (1 + fast.growth));
  const leftMs = ((last.limitBytes - last.usageBytes) / grownBytes) * fast.overMs;
  return leftMs > NEAR_MS ? `At this pace it reaches the limit in ${formatDuration(leftMs)}: to be watched.` : undefined;
}

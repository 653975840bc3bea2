import { formatBytes } from "../bytes.ts";
import { formatDuration } from "../duration.ts";
import type { MemoryReading, QuietTrendKind, Trend } from "../memory.ts";
import { floorsOf } from "./floors.ts";
import type { AgainstLeak } from "./leak-evidence.ts";
import { quantile, robustLine, type Point, type RobustLine } from "./robust-line.ts";

const PARTS = 24;
/** Swings smaller than this share of the level are noise. */
const SWING = 0.1;
/** Growth smaller than this share of the level is none. */
const SLIGHT = 0.025;
/** A peak is a spike when it stands so far above the level, as a share of it, and usage seldom comes near. */
const SPIKE = 0.5;

const AT_REST: readonly AgainstLeak[] = ["slowing", "reached-before", "one-step", "peaks-stay"];

/** Names what is no leak. Expects clean readings of one life, oldest first, and what spoke against a leak. */
export function quietTrend(readings: readonly MemoryReading[], against: AgainstLeak): Trend {
  const floors = floorsOf(readings, PARTS);
  const line = robustLine(floors);
  const overMs = (readings.at(-1)?.atMs ?? 0) - (readings[0]?.atMs ?? 0);
  if (line === undefined || against === "sparse") {
    return {
      kind: "undetermined",
      because: `${readings.length} readings in ${formatDuration(overMs)} are too few, or leave too much of it out`,
    };
  }
  if (against === "too-soon") return { kind: "undetermined", because: notYet(line, overMs) };
  if (against === "high-before") {
    return {
      kind: "undetermined",
      because: "it was near its limit all along: what is left is too little to see a trend in, and its pressure is told",
    };
  }
  const kind = kindOf({ readings, floors, line, against });
  return { kind, bytesPerHour: line.slope, overMs, says: says(kind, readings, overMs) };
}

type Seen = {
  readonly readings: readonly MemoryReading[];
  readonly floors: readonly Point[];
  readonly line: RobustLine;
  readonly against: AgainstLeak;
};

function kindOf({ readings, floors, line, against }: Seen): QuietTrendKind {
  const level = quantile(
    floors.map(({ y }) => y),
    0.5,
  );
  const grown = (line.slope * ((floors.at(-1)?.x ?? 0) - (floors[0]?.x ?? 0))) / Math.max(1, level);
  const usage = readings.map(({ usageBytes }) => usageBytes);
  const peak = Math.max(...usage);
  if (peak > level * (1 + SPIKE) && quantile(usage, 0.95) < level + (peak - level) / 2) return "spike";
  if (swings(usage, level * SWING) >= 3) return "sawtooth";
  if (line.high < 0 && grown < -SLIGHT) return "falling";
  if (AT_REST.includes(against)) return "plateau";
  const [before, after] = [floors.slice(0, PARTS / 3), floors.slice(-PARTS / 3)].map((part) =>
    quantile(
      part.map(({ y }) => y),
      0.5,
    ),
  );
  return (after ?? 0) > (before ?? 0) * (1 + SWING) ? "plateau" : "steady";
}

/** Growth that may yet turn out to be a leak. */
function notYet(line: RobustLine, overMs: number): string {
  const pace = formatBytes(Math.round(line.slope));
  return `it grows by ${pace} an hour, but ${formatDuration(overMs)} is too short to tell a leak from warm-up or a daily rhythm`;
}

function says(kind: QuietTrendKind, readings: readonly MemoryReading[], overMs: number): string {
  const usage = readings.map(({ usageBytes }) => usageBytes);
  const range = `${formatBytes(Math.round(quantile(usage, 0.05)))} to ${formatBytes(Math.round(quantile(usage, 0.95)))}`;
  const over = `over ${formatDuration(overMs)}`;
  if (kind === "sawtooth") return `It swings between ${range} ${over}, and what it takes it gives back.`;
  if (kind === "spike") return `It peaked at ${formatBytes(Math.max(...usage))} and came back; else it uses ${range} ${over}.`;
  if (kind === "falling") return `It falls: ${range} ${over}.`;
  if (kind === "plateau") return `It grew and has come to rest, or is about to: ${range} ${over}.`;
  return `It stays between ${range} ${over}.`;
}

/** How often usage went up by `least` and came down by it again. */
function swings(usage: readonly number[], least: number): number {
  let count = 0;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let rising = true;
  for (const now of usage) {
    high = rising ? Math.max(high, now) : high;
    low = rising ? low : Math.min(low, now);
    if (rising && now < high - least) {
      count += 1;
      rising = false;
      low = now;
    } else if (!rising && now > low + least) {
      rising = true;
      high = now;
    }
  }
  return count;
}

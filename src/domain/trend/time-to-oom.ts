import { formatDuration } from "../duration.ts";
import type { MemoryReading, TimeToOom } from "../memory.ts";
import { msToLimit } from "./leak-evidence.ts";
import type { RobustLine } from "./robust-line.ts";

/** A forecast further ahead than this many times what was seen is a guess. */
const AHEAD = 5;

/** When the line meets the limit, from the newest reading on. Expects a line whose interval lies above 0. */
export function timeToOom(readings: readonly MemoryReading[], line: RobustLine, seenMs: number): TimeToOom {
  const ms = msToLimit(readings, line.slope);
  if (!Number.isFinite(ms)) return { kind: "refused", because: "there is no limit to run into" };
  if (ms > AHEAD * seenMs) {
    const because = `at this pace the limit is ${formatDuration(ms)} away, and growth has been seen for ${formatDuration(seenMs)} only`;
    return { kind: "refused", because };
  }
  return { kind: "expected", ms, lowMs: msToLimit(readings, line.high), highMs: msToLimit(readings, line.low) };
}

import type { MemoryReading } from "../memory.ts";

const HOUR_MS = 3_600_000;

/** How much a trend can use: a day as it was read, then a week of each hour's lowest and highest. */
export const KEPT = { wholeMs: 24 * HOUR_MS, thinnedMs: 7 * 24 * HOUR_MS } as const;

/**
 * What of the readings is worth keeping at `nowMs`, in their order: all of the last day, of each hour before only the lowest and the
 * highest of each life, and nothing older than `keptMs`. Thinning what is thinned already changes nothing.
 */
export function thinReadings(readings: readonly MemoryReading[], nowMs: number, keptMs: number = KEPT.thinnedMs): readonly MemoryReading[] {
  const lowest = new Map<string, MemoryReading>();
  const highest = new Map<string, MemoryReading>();
  for (const reading of readings) {
    if (isWhole(reading, nowMs)) continue;
    const hour = `${Math.floor(reading.atMs / HOUR_MS)} ${reading.startedAtMs ?? ""}`;
    const low = lowest.get(hour);
    const high = highest.get(hour);
    if (low === undefined || reading.usageBytes < low.usageBytes) lowest.set(hour, reading);
    if (high === undefined || reading.usageBytes > high.usageBytes) highest.set(hour, reading);
  }
  const kept = new Set([...lowest.values(), ...highest.values()]);
  return readings.filter((reading) => isWhole(reading, nowMs) || (kept.has(reading) && reading.atMs >= nowMs - keptMs));
}

function isWhole({ atMs }: MemoryReading, nowMs: number): boolean {
  return atMs > nowMs - KEPT.wholeMs;
}

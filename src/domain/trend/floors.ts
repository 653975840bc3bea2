import type { MemoryReading } from "../memory.ts";
import type { Point } from "./robust-line.ts";

const HOUR_MS = 3_600_000;

/**
 * The floor of a stretch: the least that each of `count` equal parts of it came down to, as hours since its first reading
 * and bytes. Parts without a reading are left out. What is allocated and collected within a part does not show.
 */
export function floorsOf(readings: readonly MemoryReading[], count: number): readonly Point[] {
  return extremesOf(readings, count, (one, other) => one < other);
}

/** The most that each part went up to. */
export function peaksOf(readings: readonly MemoryReading[], count: number): readonly Point[] {
  return extremesOf(readings, count, (one, other) => one > other);
}

function extremesOf(readings: readonly MemoryReading[], count: number, beats: (one: number, other: number) => boolean): readonly Point[] {
  const firstMs = readings[0]?.atMs ?? 0;
  const spanMs = (readings.at(-1)?.atMs ?? 0) - firstMs;
  const parts: (Point | undefined)[] = Array.from({ length: count }, () => undefined);
  for (const { atMs, usageBytes } of readings) {
    const part = spanMs === 0 ? 0 : Math.min(count - 1, Math.floor(((atMs - firstMs) / spanMs) * count));
    const known = parts[part];
    if (known === undefined || beats(usageBytes, known.y)) parts[part] = { x: (atMs - firstMs) / HOUR_MS, y: usageBytes };
  }
  return parts.filter((part) => part !== undefined);
}

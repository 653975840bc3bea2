import type { MemoryReading } from "../memory.ts";

/** Readings between two restarts, oldest first, never empty. */
export type Life = {
  readonly readings: readonly MemoryReading[];
  /** When it began; where nobody knows, its first reading. */
  readonly beganAtMs: number;
};

// Docker and Kubernetes tell a start to the nanosecond or to the second: nearer than this, it is the same start.
const SAME_START_MS = 2000;

/**
 * Splits clean readings at restarts, oldest life first. Only a changed `startedAtMs` counts: a drop alone may as well be
 * a collection of garbage, and growth after it is then no sign of a leak.
 */
export function livesOf(readings: readonly MemoryReading[]): readonly Life[] {
  const lives: MemoryReading[][] = [];
  let startedAtMs: number | undefined;
  for (const reading of readings) {
    const current = lives.at(-1);
    const restarted =
      reading.startedAtMs !== undefined && startedAtMs !== undefined && Math.abs(reading.startedAtMs - startedAtMs) > SAME_START_MS;
    if (current === undefined || restarted) lives.push([reading]);
    else current.push(reading);
    startedAtMs = reading.startedAtMs ?? startedAtMs;
  }
  return lives.map((life) => ({ readings: life, beganAtMs: beginning(life) }));
}

/** A start after the first reading comes from a clock that was set: the reading is then the surer witness. */
function beginning(life: readonly MemoryReading[]): number {
  const firstAtMs = life[0]?.atMs ?? 0;
  const startedAtMs = life.find((reading) => reading.startedAtMs !== undefined)?.startedAtMs;
  return startedAtMs === undefined || !(startedAtMs <= firstAtMs) ? firstAtMs : startedAtMs;
}

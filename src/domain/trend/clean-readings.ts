import type { MemoryReading } from "../memory.ts";

/**
 * Readings fit to be judged, oldest first: without those that are no figures, one per moment. Expects them in the order
 * in which they were taken: where the clock was set back in between, the earlier ones are moved back with it, since the
 * order is known for sure and the clock is not.
 */
export function cleanReadings(readings: readonly MemoryReading[]): readonly MemoryReading[] {
  const figures = readings.filter(isFigure);
  const clean: MemoryReading[] = [];
  let shiftMs = 0;
  for (let at = figures.length - 1; at >= 0; at -= 1) {
    const reading = figures[at];
    if (reading === undefined) continue;
    const next = clean.at(-1);
    const atMs = reading.atMs - shiftMs;
    if (next !== undefined && atMs === next.atMs) continue; // taken twice: the later one stands
    if (next !== undefined && atMs > next.atMs) shiftMs += atMs - next.atMs + usualStepMs(figures);
    clean.push(shiftMs === 0 ? reading : { ...reading, atMs: reading.atMs - shiftMs });
  }
  return clean.toReversed();
}

/** The middle one of the steps forward; 0 where there is none. */
export function usualStepMs(readings: readonly MemoryReading[]): number {
  const steps: number[] = [];
  for (const [at, reading] of readings.entries()) {
    const stepMs = reading.atMs - (readings[at - 1]?.atMs ?? reading.atMs);
    if (stepMs > 0) steps.push(stepMs);
  }
  steps.sort((left, right) => left - right);
  return steps[Math.floor(steps.length / 2)] ?? 0;
}

function isFigure({ atMs, usageBytes }: MemoryReading): boolean {
  return Number.isFinite(atMs) && Number.isFinite(usageBytes) && usageBytes >= 0;
}

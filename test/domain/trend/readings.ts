import type { MemoryReading } from "../../../src/domain/memory.ts";

export const MIB = 2 ** 20;
export const HOUR_MS = 3_600_000;
export const START_MS = Date.UTC(2026, 2, 2, 9);

/** One reading every 5 min of MiB at an hour, under a limit of 1024 MiB, of a life that began with the first. */
export function readingsOf(mibAt: (hour: number) => number, hours: number): readonly MemoryReading[] {
  return Array.from({ length: Math.round(hours * 12) + 1 }, (_, step) => ({
    atMs: START_MS + step * 300_000,
    usageBytes: Math.round(mibAt(step / 12) * MIB),
    limitBytes: 1024 * MIB,
    startedAtMs: START_MS,
  }));
}

/** Readings 5 min apart, as listed, under a limit of 1000 bytes. */
export function listed(...usage: readonly number[]): readonly MemoryReading[] {
  return usage.map((usageBytes, step) => ({ atMs: START_MS + step * 300_000, usageBytes, limitBytes: 1000 }));
}

/** Repeatable noise between -1 and 1. */
export function noiseAt(hour: number): number {
  const wave = Math.sin(hour * 12_989.8) * 43_758.5453;
  return 2 * (wave - Math.floor(wave)) - 1;
}

export function withoutLimit(readings: readonly MemoryReading[]): readonly MemoryReading[] {
  return readings.map(({ atMs, usageBytes }) => ({ atMs, usageBytes }));
}

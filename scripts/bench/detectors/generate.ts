import type { MemoryReading } from "../../../src/domain/memory.ts";
import type { LabelledSeries } from "./labelled-series.ts";
import { randomOf, type Random } from "./random.ts";

const MIB = 2 ** 20;
const STEP_HOURS = 1 / 12;
const START_MS = Date.UTC(2026, 0, 5, 9);
const HOUR_MS = 3_600_000;

/** Usage as a share of the limit at an hour of the series; what noise is added is the caller's. */
type Shape = (hour: number) => number;

type Plan = {
  readonly shape: Shape;
  readonly hours: number;
  /** Standard deviation of the noise, as a share of the limit. */
  readonly noise: number;
  readonly leakFromHour?: number;
  /** A kill at the limit restarts it, this many times; then the series ends. */
  readonly lives?: number;
  /** What the watch made of it: readings lost, clocks set. */
  readonly watched?: (readings: readonly MemoryReading[]) => readonly MemoryReading[];
};

type Kind = { readonly name: string; readonly label: "leak" | "no-leak"; plan(random: Random): Plan };

/** Series of every kind, `each` of a kind; the same for the same seed. */
export function generatedSeries(kinds: readonly Kind[], seed: number, each: number): readonly LabelledSeries[] {
  return kinds.flatMap((kind, at) =>
    Array.from({ length: each }, (_, number) => oneSeries(kind, number, randomOf(seed * 1_000_003 + at * 1009 + number))),
  );
}

function oneSeries(kind: Kind, number: number, random: Random): LabelledSeries {
  const plan = kind.plan(random);
  const limitBytes = Math.round(random.between(128, 8192)) * MIB;
  const readings: MemoryReading[] = [];
  let livesLeft = plan.lives ?? 1;
  let bornHour = 0;
  for (let step = 0; step * STEP_HOURS < plan.hours && livesLeft > 0; step += 1) {
    const hour = step * STEP_HOURS;
    const share = Math.max(0.005, plan.shape(hour - bornHour) + plan.noise * random.normal());
    const killed = share >= 1;
    const usageBytes = Math.round(Math.min(1, share) * limitBytes);
    readings.push({ atMs: START_MS + hour * HOUR_MS, usageBytes, limitBytes, startedAtMs: START_MS + bornHour * HOUR_MS });
    if (killed) livesLeft -= 1;
    if (killed) bornHour = hour + STEP_HOURS;
  }
  return {
    name: `${kind.name}-${number}`,
    kind: kind.name,
    label: kind.label,
    readings: plan.watched?.(readings) ?? readings,
    countFromMs: START_MS,
    leakFromMs: START_MS + (plan.leakFromHour ?? 0) * HOUR_MS,
  };
}

export type { Kind, Plan, Shape };

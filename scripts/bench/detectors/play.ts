import type { MemoryReading } from "../../../src/domain/memory.ts";
import { thinReadings } from "../../../src/domain/trend/thin-readings.ts";
import type { LabelledSeries } from "./labelled-series.ts";

/** Whether to raise a leak, told from what the watch has kept by then. */
export type Detector = { readonly name: string; alarms(kept: readonly MemoryReading[]): boolean };

export type Played = {
  readonly series: LabelledSeries;
  /** The first alarm that counts. */
  readonly alarmMs?: number;
  readonly outcome: "true-alarm" | "false-alarm" | "missed" | "quiet";
  /** From the alarm to the last reading: the kill at the limit, or the end of the record. */
  readonly leadHours?: number;
};

const THIN_EVERY = 72;

/** Feeds a series reading by reading to each detector, as the watch would, until each has raised its first alarm that counts. */
export function play(series: LabelledSeries, detectors: readonly Detector[]): ReadonlyMap<string, Played> {
  const alarms = new Map<string, number>();
  let kept: MemoryReading[] = [];
  for (const [at, reading] of series.readings.entries()) {
    kept.push(reading);
    if (at % THIN_EVERY === 0) kept = [...thinReadings(kept, reading.atMs)];
    if (reading.atMs < series.countFromMs) continue;
    for (const { name, alarms: raises } of detectors) {
      if (!alarms.has(name) && raises(kept)) alarms.set(name, reading.atMs);
    }
    if (alarms.size === detectors.length) break;
  }
  return new Map(detectors.map(({ name }) => [name, played(series, alarms.get(name))]));
}

function played(series: LabelledSeries, alarmMs: number | undefined): Played {
  const leaks = series.label === "leak";
  if (alarmMs === undefined) return { series, outcome: leaks ? "missed" : "quiet" };
  if (!leaks || alarmMs < series.leakFromMs) return { series, alarmMs, outcome: "false-alarm" };
  const endMs = series.readings.at(-1)?.atMs ?? alarmMs;
  return { series, alarmMs, outcome: "true-alarm", leadHours: (endMs - alarmMs) / 3_600_000 };
}

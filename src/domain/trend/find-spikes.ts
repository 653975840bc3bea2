import type { MemoryReading } from "../memory.ts";
import { cleanReadings } from "./clean-readings.ts";
import { quantile } from "./robust-line.ts";

/** A short rise that went away by itself. */
export type Spike = {
  readonly fromMs: number;
  /** The first reading after it that was usual again; a restart ends it as well. */
  readonly untilMs: number;
  readonly peakBytes: number;
  /** What was usual in the hours around it. */
  readonly usualBytes: number;
  /** The peak as a share of the limit, 0 to 1; absent without a limit. */
  readonly ofLimit?: number;
};

const HOUR_MS = 3_600_000;
/** What is usual is taken from this long on both sides. */
const AROUND_MS = 3 * HOUR_MS;
/** What lasts longer is a load. */
const LONGEST_MS = 2 * HOUR_MS;
/** Above what is usual, as a share of it ... */
const LEAST_RISE = 0.25;
/** ... and in multiples of how far readings usually are from it. */
const LEAST_DEVIATIONS = 6;

/** Spikes of a target, oldest first. One that has not ended yet is none. Expects readings oldest first. */
export function findSpikes(readings: readonly MemoryReading[]): readonly Spike[] {
  const clean = cleanReadings(readings);
  const spikes: Spike[] = [];
  let high: { readonly reading: MemoryReading; readonly usualBytes: number }[] = [];
  const near = nearOf(clean);
  for (const [at, reading] of clean.entries()) {
    const { usualBytes, spikesFrom } = near(at);
    if (reading.usageBytes >= spikesFrom) {
      high.push({ reading, usualBytes });
      continue;
    }
    const spike = spikeOf(high, reading.atMs);
    if (spike !== undefined) spikes.push(spike);
    high = [];
  }
  return spikes;
}

/** What is usual near a reading, and from where on it is a spike. */
function nearOf(clean: readonly MemoryReading[]): (at: number) => { readonly usualBytes: number; readonly spikesFrom: number } {
  let from = 0;
  let until = 0;
  return (at) => {
    const atMs = clean[at]?.atMs ?? 0;
    while ((clean[from]?.atMs ?? atMs) < atMs - AROUND_MS) from += 1;
    while (until < clean.length && (clean[until]?.atMs ?? 0) <= atMs + AROUND_MS) until += 1;
    const around = clean.slice(from, until).map(({ usageBytes }) => usageBytes);
    const usualBytes = quantile(around, 0.5);
    const deviation = quantile(
      around.map((usage) => Math.abs(usage - usualBytes)),
      0.5,
    );
    return { usualBytes, spikesFrom: usualBytes + Math.max(1, LEAST_RISE * usualBytes, LEAST_DEVIATIONS * deviation) };
  };
}

function spikeOf(high: readonly { readonly reading: MemoryReading; readonly usualBytes: number }[], untilMs: number): Spike | undefined {
  const first = high[0]?.reading;
  const last = high.at(-1)?.reading;
  if (first === undefined || last === undefined || last.atMs - first.atMs > LONGEST_MS) return undefined;
  const peak = high.reduce((most, one) => (one.reading.usageBytes > most.reading.usageBytes ? one : most));
  const { usageBytes, limitBytes } = peak.reading;
  const ofLimit = limitBytes === undefined || !(limitBytes > 0) ? {} : { ofLimit: usageBytes / limitBytes };
  return { fromMs: first.atMs, untilMs, peakBytes: usageBytes, usualBytes: peak.usualBytes, ...ofLimit };
}

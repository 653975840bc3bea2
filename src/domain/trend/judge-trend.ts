import type { LeakTrend, MemoryReading, Trend } from "../memory.ts";
import { formatBytes } from "../bytes.ts";
import { formatDuration } from "../duration.ts";
import { cleanReadings } from "./clean-readings.ts";
import { leakEvidence, type AgainstLeak, type LeakEvidence } from "./leak-evidence.ts";
import { livesOf, type Life } from "./lives.ts";
import { quietTrend } from "./quiet-trend.ts";
import { timeToOom } from "./time-to-oom.ts";

const HOUR_MS = 3_600_000;
/** Loading code and first connections; what takes longer is told by its slowing down. */
const WARM_UP_MS = 30 * 60_000;
/** Stretches looked at, besides the whole life: a leak may begin late. Longer than the shortest one, at the least. */
const STRETCHES_MS = [168, 72, 48, 24, 12, 6, 3, 1.5].map((hours) => hours * HOUR_MS);
const SHORTEST_MS = 1.5 * HOUR_MS;

/** What restarts all day has said enough with the last few. */
const MOST_EARLIER = 8;

type Leak = Extract<LeakEvidence, { kind: "leak" }>;

/**
 * What the readings of hours amount to. Expects them oldest first, of one target, at any steps: a day at 5 min and older
 * ones thinned out serve best. Earlier lives among them are compared. Never throws.
 */
export function judgeTrend(readings: readonly MemoryReading[]): Trend {
  const lives = livesOf(cleanReadings(readings));
  const life = lives.at(-1);
  if (life === undefined) return { kind: "undetermined", because: "there are no readings yet" };
  const earlier = lives.slice(0, -1).slice(-MOST_EARLIER);
  const settled = settledPart(life);
  const spanMs = spanOf(settled);
  if (spanMs < SHORTEST_MS) return tooYoung(life, spanMs);
  const leakedBefore = earlier.filter((one) => leakInLife(settledPart(one)) !== undefined);
  const harmless = earlier.filter((one) => !leakedBefore.includes(one)).flatMap((one) => one.readings);
  const found = longestLeak(settled, harmless);
  if (found.leak === undefined) return quietTrend(settled, found.against);
  return leakTrend(found.leak, settled, leakedBefore.length);
}

function settledPart(life: Life): readonly MemoryReading[] {
  return life.readings.filter(({ atMs }) => atMs >= life.beganAtMs + WARM_UP_MS);
}

function leakInLife(settled: readonly MemoryReading[]): Leak | undefined {
  return spanOf(settled) < SHORTEST_MS ? undefined : longestLeak(settled, []).leak;
}

type Search = { readonly leak?: Leak; /** What the longest stretch says against a leak. */ readonly against: AgainstLeak };

function longestLeak(settled: readonly MemoryReading[], earlierLives: readonly MemoryReading[]): Search {
  const spanMs = spanOf(settled);
  const newestMs = settled.at(-1)?.atMs ?? 0;
  let against: AgainstLeak | undefined;
  for (const stretchMs of [spanMs, ...STRETCHES_MS.filter((one) => one < spanMs)]) {
    const from = settled.findIndex(({ atMs }) => atMs >= newestMs - stretchMs);
    const evidence = leakEvidence({ readings: settled.slice(from), before: [...earlierLives, ...settled.slice(0, from)] });
    if (evidence.kind === "leak") return { leak: evidence, against: "slight" };
    against ??= evidence.because;
  }
  return { against: against ?? "sparse" };
}

function leakTrend(leak: Leak, readings: readonly MemoryReading[], earlierLeaks: number): LeakTrend {
  const { line, spanMs, grownBytes, levelBytes } = leak;
  const interval = [line.low, line.high] as const;
  const again = earlierLeaks === 0 ? "" : ` As in ${earlierLeaks === 1 ? "the life" : `${earlierLeaks} lives`} before.`;
  const growth = `${formatBytes(levelBytes)} → ${formatBytes(levelBytes + grownBytes)}`;
  return {
    kind: "leak",
    bytesPerHour: line.slope,
    interval,
    confidence: confidenceIn(leak, earlierLeaks),
    timeToOom: timeToOom(readings, line, spanMs),
    overMs: spanMs,
    says: `What stays after each collection grows by ${formatBytes(Math.round(line.slope))} an hour (${growth} over ${formatDuration(spanMs)}), and nothing took it back.${again}`,
  };
}

/** Longer, steeper and surer growth counts, and a life before that went the same way. */
function confidenceIn({ line, spanMs, grownBytes, levelBytes }: Leak, earlierLeaks: number): number {
  const long = spanMs >= 24 * HOUR_MS ? 0.1 : 0;
  const steep = grownBytes >= 0.1 * levelBytes ? 0.1 : 0;
  const sure = line.low >= line.slope / 2 ? 0.1 : 0;
  const again = earlierLeaks > 0 ? 0.1 : 0;
  return Math.min(0.95, 0.6 + long + steep + sure + again);
}

function tooYoung(life: Life, settledMs: number): Trend {
  const first = life.readings[0];
  const last = life.readings.at(-1);
  const overMs = (last?.atMs ?? 0) - (first?.atMs ?? 0);
  const grownBytes = (last?.usageBytes ?? 0) - (first?.usageBytes ?? 0);
  if (settledMs > 0 || overMs === 0 || grownBytes <= 0) {
    return { kind: "undetermined", because: `this life has been read for ${formatDuration(overMs)} only: 2 h are needed` };
  }
  const says = `It started ${formatDuration((last?.atMs ?? 0) - life.beganAtMs)} ago and still loads: up ${formatBytes(grownBytes)} since the first reading.`;
  return { kind: "warming-up", bytesPerHour: (grownBytes / overMs) * HOUR_MS, overMs, says };
}

function spanOf(readings: readonly MemoryReading[]): number {
  return (readings.at(-1)?.atMs ?? 0) - (readings[0]?.atMs ?? 0);
}

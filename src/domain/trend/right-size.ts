import { formatBytes } from "../bytes.ts";
import { formatDuration } from "../duration.ts";
import type { MemoryReading } from "../memory.ts";
import { cleanReadings } from "./clean-readings.ts";
import { quantile } from "./robust-line.ts";

/** What a limit should be, judged by what was used of it. `says` is a sentence or two with figures and units. */
export type SizeAdvice =
  | { readonly kind: "lower"; readonly limitBytes: number; readonly toBytes: number; readonly says: string }
  /** More than 60% of the limit in a fifth of the readings or more. */
  | { readonly kind: "look-at-growth"; readonly limitBytes: number; /** 0 to 1. */ readonly share: number; readonly says: string }
  | { readonly kind: "fits"; readonly limitBytes: number; readonly says: string }
  | { readonly kind: "undetermined"; readonly because: string };

const DAY_MS = 24 * 3_600_000;
const MIB = 2 ** 20;
/** Always below: too large. Often above: look at growth. Source: the monthly tuning of the runbook that Oomph began with. */
const ALWAYS_BELOW = 0.4;
const OFTEN_ABOVE = 0.6;
const OFTEN = 0.2;
/** After lowering, the highest peak seen shall be this share of the limit: well under the warning at 70%. */
const PEAK_SHARE = 0.6;
/** Advice needs a weekend and a working day, at the least. */
const LEAST_SPAN_MS = 3 * DAY_MS;
const LEAST_READINGS = 48;

/** Advice for the monthly report. Expects readings of days or weeks, oldest first; those under another limit than now do not count. */
export function adviseSize(readings: readonly MemoryReading[]): SizeAdvice {
  const clean = cleanReadings(readings);
  const limitBytes = clean.at(-1)?.limitBytes;
  if (limitBytes === undefined || !(limitBytes > 0)) return { kind: "undetermined", because: "it has no limit" };
  const usage = clean.filter((reading) => reading.limitBytes === limitBytes);
  const overMs = (usage.at(-1)?.atMs ?? 0) - (usage[0]?.atMs ?? 0);
  if (usage.length < LEAST_READINGS || overMs < LEAST_SPAN_MS) {
    const because = `${usage.length} readings over ${formatDuration(overMs)} under this limit are too few: ${LEAST_READINGS} over 3 d are needed`;
    return { kind: "undetermined", because };
  }
  const shares = usage.map(({ usageBytes }) => usageBytes / limitBytes);
  const often = shares.filter((share) => share > OFTEN_ABOVE).length / shares.length;
  const peakBytes = Math.max(...usage.map(({ usageBytes }) => usageBytes));
  const seen = `over ${formatDuration(overMs)} it peaked at ${formatBytes(peakBytes)} of ${formatBytes(limitBytes)} (${percent(peakBytes / limitBytes)})`;
  if (often >= OFTEN) {
    const says = `Look at its growth: it used more than 60% of its limit in ${percent(often)} of the readings; ${seen}.`;
    return { kind: "look-at-growth", limitBytes, share: often, says };
  }
  const toBytes = roundUp(peakBytes / PEAK_SHARE);
  const fits: SizeAdvice = { kind: "fits", limitBytes, says: `The limit fits: ${seen}, ${formatBytes(typical(usage))} typically.` };
  if (peakBytes >= ALWAYS_BELOW * limitBytes || toBytes >= limitBytes) return fits;
  const sum = `${formatBytes(peakBytes)} / 0.6, rounded up, is ${formatBytes(toBytes)}`;
  const headroom = `${formatBytes(toBytes - peakBytes)} stay free at such a peak, and ${formatBytes(limitBytes - toBytes)} are saved`;
  return { kind: "lower", limitBytes, toBytes, says: `Lower the limit to ${formatBytes(toBytes)}: ${seen}. ${sum}: ${headroom}.` };
}

/** To a size that people write: whole 16 MiB up to 512 MiB, 64 MiB up to 2 GiB, 256 MiB above. Never under 32 MiB. */
function roundUp(bytes: number): number {
  const step = stepFor(bytes);
  return Math.max(32 * MIB, Math.ceil(bytes / step) * step);
}

function stepFor(bytes: number): number {
  if (bytes <= 512 * MIB) return 16 * MIB;
  return bytes <= 2048 * MIB ? 64 * MIB : 256 * MIB;
}

function typical(usage: readonly MemoryReading[]): number {
  return Math.round(
    quantile(
      usage.map(({ usageBytes }) => usageBytes),
      0.5,
    ),
  );
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}

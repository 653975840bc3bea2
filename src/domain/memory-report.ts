import { formatBytes } from "./bytes.ts";
import { counted } from "./count.ts";
import { formatDuration } from "./duration.ts";
import type { MemoryReading } from "./memory.ts";
import type { Target } from "./target.ts";
import { findSpikes } from "./trend/find-spikes.ts";
import { judgeTrend } from "./trend/judge-trend.ts";
import { adviseSize } from "./trend/right-size.ts";
import { MOST_MARKS } from "./watch.ts";

export type ReportPeriod = "week" | "month";

/** What was read of one target in the time of the report, oldest first, and how often the kernel killed in it. */
export type ReportedHistory = { readonly target: Target; readonly readings: readonly MemoryReading[]; readonly kills: number };

/** One target's lines, to be sorted among the others'. */
export type ReportEntry = { readonly target: Target; readonly says: string; /** What comes first has most. */ readonly weight: number };

/** What a report of the watch says; empty sections are left out. */
export type MemoryReport = {
  readonly period: ReportPeriod;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly targets: number;
  /** What a notification shows. */
  readonly says: string;
  readonly sections: readonly ReportSection[];
};

export type ReportSection = {
  readonly heading: Heading;
  readonly title: string;
  readonly entries: readonly ReportEntry[];
  /** Entries that there were beyond these. */
  readonly more: number;
};

const DAY_MS = 24 * 3_600_000;
export const REPORT_SPAN_MS: Readonly<Record<ReportPeriod, number>> = { week: 7 * DAY_MS, month: 31 * DAY_MS };
/** A list that nobody reads to its end helps nobody. */
const MOST_ENTRIES = 10;
const MOST_CLOSEST = 5;

type Heading = "leaks" | "kills" | "spikes" | "closest" | "lower" | "growth";

/** What one target contributes to a report: to none, one or several of its sections. Pure. */
export function reportOn(period: ReportPeriod, history: ReportedHistory): Readonly<Partial<Record<Heading, ReportEntry>>> {
  return period === "week" ? weekOf(history) : monthOf(history);
}

/** The report of all that was contributed. Pure. */
export function makeReport(
  { period, untilMs }: { readonly period: ReportPeriod; readonly untilMs: number },
  contributed: readonly Readonly<Partial<Record<Heading, ReportEntry>>>[],
): MemoryReport {
  const headings: readonly Heading[] = period === "week" ? ["leaks", "kills", "spikes", "closest"] : ["lower", "growth"];
  const sections = headings.flatMap((heading) => sectionOf(heading, contributed));
  const targets = contributed.length;
  return { period, sinceMs: untilMs - REPORT_SPAN_MS[period], untilMs, targets, says: inShort(period, targets, sections), sections };
}

/** `2026-W47`, `2026-11`: what a report made now is about, which is the week or month of yesterday. UTC. */
export function periodName(period: ReportPeriod, nowMs: number): string {
  const day = new Date(nowMs - DAY_MS);
  if (period === "month") return day.toISOString().slice(0, 7);
  // ISO 8601: a week belongs to the year of its Thursday.
  const thursday = new Date(day.getTime() + (4 - (day.getUTCDay() || 7)) * DAY_MS);
  const year = thursday.getUTCFullYear();
  const week = Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * DAY_MS)) + 1;
  return `${year}-W${String(week).padStart(2, "0")}`;
}

function weekOf({ target, readings, kills }: ReportedHistory) {
  const trend = judgeTrend(readings);
  const leak =
    trend.kind === "leak" ? { target, says: `${trend.says}${timeLeft(trend.timeToOom)}`, weight: trend.bytesPerHour } : undefined;
  const killed =
    kills === 0 ? undefined : { target, says: `${counted(kills, "OOM kill")}${kills < MOST_MARKS ? "" : " or more"}.`, weight: kills };
  return given({ leaks: leak, kills: killed, spikes: spikesOf({ target, readings, kills }), closest: closenessOf(target, readings) });
}

function spikesOf({ target, readings }: ReportedHistory): ReportEntry | undefined {
  const spikes = findSpikes(readings);
  const [first] = spikes;
  if (first === undefined) return undefined;
  const top = spikes.reduce((most, one) => (one.peakBytes > most.peakBytes ? one : most), first);
  const ofLimit = top.ofLimit === undefined ? "" : `, ${percent(top.ofLimit)} of the limit`;
  const lasted = formatDuration(top.untilMs - top.fromMs);
  const says = `${counted(spikes.length, "spike")}, the highest to ${formatBytes(top.peakBytes)}${ofLimit}, from ${formatBytes(Math.round(top.usualBytes))} usually; over within ${lasted}.`;
  return { target, says, weight: top.ofLimit ?? 0 };
}

function closenessOf(target: Target, readings: readonly MemoryReading[]): ReportEntry | undefined {
  const newest = readings.at(-1);
  const limited = readings.flatMap(({ usageBytes, limitBytes }) =>
    limitBytes === undefined ? [] : [{ usageBytes, limitBytes, share: usageBytes / limitBytes }],
  );
  const [first] = limited;
  if (first === undefined || newest?.limitBytes === undefined) return undefined;
  const peak = limited.reduce((most, one) => (one.share > most.share ? one : most), first);
  const now = `${percent(newest.usageBytes / newest.limitBytes)} at the last look`;
  return {
    target,
    says: `up to ${percent(peak.share)}: ${formatBytes(peak.usageBytes)} of ${formatBytes(peak.limitBytes)}; ${now}.`,
    weight: peak.share,
  };
}

function monthOf({ target, readings }: ReportedHistory) {
  const advice = adviseSize(readings);
  const { says } = advice.kind === "undetermined" ? { says: "" } : advice;
  return given({
    lower: advice.kind === "lower" ? { target, says, weight: advice.limitBytes - advice.toBytes } : undefined,
    growth: advice.kind === "look-at-growth" ? { target, says, weight: advice.share } : undefined,
  });
}

const TITLES: Readonly<Record<Heading, string>> = {
  leaks: "Growing",
  kills: "Killed for want of memory",
  spikes: "Spikes",
  closest: "Closest to their limits",
  lower: "Limits that can be lowered",
  growth: "Often over 60% of their limits",
};

const IN_SHORT: Readonly<Record<Heading, (count: number) => readonly string[]>> = {
  leaks: (count) => [`${count} growing`],
  kills: (count) => [`${count} killed for want of memory`],
  spikes: (count) => [`${count} with spikes`],
  closest: () => [],
  lower: (count) => [`${counted(count, "limit")} can be lowered`],
  growth: (count) => [`${count} often over 60%`],
};

function sectionOf(heading: Heading, contributed: readonly Readonly<Partial<Record<Heading, ReportEntry>>>[]): readonly ReportSection[] {
  const all = contributed.flatMap((one) => one[heading] ?? []).toSorted((a, b) => b.weight - a.weight);
  if (all.length === 0) return [];
  const most = heading === "closest" ? MOST_CLOSEST : MOST_ENTRIES;
  return [
    { heading, title: TITLES[heading], entries: all.slice(0, most), more: heading === "closest" ? 0 : Math.max(0, all.length - most) },
  ];
}

function inShort(period: ReportPeriod, targets: number, sections: readonly ReportSection[]): string {
  const about = counted(targets, "container");
  const counts = sections.flatMap(({ heading, entries, more }) => IN_SHORT[heading](entries.length + more));
  const calm =
    period === "week" ? "none grows, none was killed, no spikes" : "every limit fits what is used, or has not been seen for long enough";
  return `Memory of ${about} over the ${period}: ${counts.length === 0 ? calm : counts.join(", ")}.`;
}

function timeLeft(left: { readonly kind: "expected"; readonly ms: number } | { readonly kind: "refused" }): string {
  return left.kind === "expected" ? ` The limit is reached in about ${formatDuration(left.ms)} if it goes on like this.` : "";
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}

function given<Key extends string>(all: Readonly<Record<Key, ReportEntry | undefined>>): Readonly<Partial<Record<Key, ReportEntry>>> {
  const there = Object.entries<ReportEntry | undefined>(all).filter(([, entry]) => entry !== undefined);
  return Object.fromEntries(there) as Partial<Record<Key, ReportEntry>>;
}

import type { DownContainer } from "../domain/down-container.ts";
import { messageOf } from "../domain/errors.ts";
import type { MemoryReading, Trend } from "../domain/memory.ts";
import { formatDuration } from "../domain/duration.ts";
import { formatTarget, readingKey, targetKey, type Target } from "../domain/target.ts";
import { judgeTrend } from "../domain/trend/judge-trend.ts";
import { KEPT } from "../domain/trend/thin-readings.ts";
import type { WatchedTarget, WatchMark } from "../domain/watch.ts";
import type { ChartMark, Charts, Forecast, MemoryChart } from "../ports/chart.ts";
import type { Clock } from "../ports/clock.ts";
import type { AskedTop, MemoryBoard, MemoryTop, TrendPicture } from "../ports/memory-history.ts";
import type { Asking, Look, ReadingSource } from "../ports/reading-source.ts";
import type { Tables } from "../ports/store.ts";
import { atOnceFor } from "./at-once.ts";
import { isOf } from "./calm-absent.ts";
import { used } from "./weigh.ts";

export type BoardDeps = {
  readonly tables: Pick<Tables, "readings" | "watched">;
  readonly sources: readonly ReadingSource[];
  readonly charts: Pick<Charts, "draw">;
  readonly clock: Clock;
};

const DAY_MS = 24 * 3_600_000;
/** Half an hour of looks: a line through fewer points shows nothing. */
const LEAST_TO_SEE = 6;
/** What was read longer ago than this says nothing of now. */
const STALE_MS = 30 * 60_000;

/** What `/oom top` and `/oom trend` show. */
export function createMemoryBoard(deps: BoardDeps): MemoryBoard {
  return {
    top: (signal, asked = {}) => topOf(deps, asked, signal),
    picture: (target) => pictureOf(deps, target, 1),
    illustrate: (target) => pictureOf(deps, target, LEAST_TO_SEE),
  };
}

async function topOf(deps: BoardDeps, { of, selector }: AskedTop, signal: AbortSignal): Promise<MemoryTop> {
  const sources = deps.sources.filter(({ kind }) => of === undefined || (kind === "kubernetes") === (of === "pods"));
  const asking = { atOnce: atOnceFor(sources.length), signal, withDown: true as const, ...(selector === undefined ? {} : { selector }) };
  const tops = await Promise.all(sources.map((source) => topOfSource(deps, source, asking)));
  const rows = tops
    .flatMap((top) => top.rows)
    .toSorted((a, b) => shareOf(b.reading) - shareOf(a.reading) || b.reading.usageBytes - a.reading.usageBytes);
  const down = tops.flatMap((top) => top.down).toSorted((a, b) => (b.lastEnd?.atMs ?? 0) - (a.lastEnd?.atMs ?? 0));
  return { rows, down, missing: tops.flatMap(({ missing }) => missing), sources: sources.length };
}

async function topOfSource({ tables, clock }: BoardDeps, source: ReadingSource, asking: Asking): Promise<Omit<MemoryTop, "sources">> {
  const rows: Look[] = [];
  const down: DownContainer[] = [];
  try {
    for await (const page of source.read(asking)) {
      rows.push(...page.looks);
      down.push(...page.down);
    }
    return { rows, down, missing: [] };
  } catch (error) {
    const read = new Set([...rows, ...down].map(({ target }) => readingKey(target)));
    // Which labels pods had that are not answered for nobody knows.
    const known = asking.selector === undefined ? await tables.watched.list(clock.nowMs() - STALE_MS) : [];
    const before = known.flatMap(({ target, newest }) =>
      newest === undefined || !isOf(source, target) || read.has(readingKey(target)) ? [] : [{ target, reading: newest }],
    );
    return { rows: [...rows, ...before], down, missing: [{ source: source.name, because: messageOf(error) }] };
  }
}

/** Without a limit of its own nothing is near it. */
function shareOf({ usageBytes, limitBytes }: MemoryReading): number {
  return limitBytes === undefined ? 0 : usageBytes / limitBytes;
}

async function pictureOf({ tables, charts, clock }: BoardDeps, asked: Target, least: number): Promise<TrendPicture | undefined> {
  const watched = await watchedOf(tables, asked);
  const target = watched?.target ?? asked;
  const key = readingKey(target);
  // Later ones were taken before the host's clock was set back.
  const untilMs = watched?.newest?.atMs ?? Number.POSITIVE_INFINITY;
  const all = (await tables.readings.of(key, clock.nowMs() - KEPT.thinnedMs)).filter(({ atMs }) => atMs <= untilMs);
  const newest = all.at(-1);
  const first = all[0];
  if (newest === undefined || first === undefined || all.length < least) return undefined;
  const trend = judgeTrend(all);
  const chart = chartOf(target, { readings: all, trend, marks: watched?.marks ?? [] });
  const says = `${formatTarget(target)} uses ${used(newest)}. ${chart.subtitle}`;
  return { picture: await charts.draw(chart), says, newest, readings: all.length, sinceMs: first.atMs };
}

/** Of a workload, as far as it is narrowed, the container that is nearest to its limit: one line is a chart, fifty are none. */
async function watchedOf({ watched }: BoardDeps["tables"], asked: Target): Promise<WatchedTarget | undefined> {
  const exact = await watched.get(readingKey(asked));
  if (asked.kind !== "workload" || exact?.newest !== undefined) return exact;
  const { pod, container } = asked;
  const read = (await watched.ofOwner(targetKey(asked))).flatMap((one) => (one.newest === undefined ? [] : [{ one, newest: one.newest }]));
  const fitting = read.filter(
    ({ one: { target } }) =>
      target.kind === "workload" && [target.pod, undefined].includes(pod) && [target.container, undefined].includes(container),
  );
  return fitting.toSorted((a, b) => shareOf(b.newest) - shareOf(a.newest) || b.newest.usageBytes - a.newest.usageBytes)[0]?.one;
}

type Shown = { readonly readings: readonly MemoryReading[]; readonly trend: Trend; readonly marks: readonly WatchMark[] };

/** A day of readings, or the whole stretch that a leak was seen over. Expects at least one reading. */
export function chartOf(target: Target, { readings, trend, marks }: Shown): MemoryChart {
  const newestMs = readings.at(-1)?.atMs ?? 0;
  const span = trend.kind === "leak" ? Math.max(DAY_MS, trend.overMs) : DAY_MS;
  const shown = readings.filter(({ atMs }) => atMs >= newestMs - span);
  const fromMs = shown[0]?.atMs ?? newestMs;
  const forecast = forecastOf(trend, newestMs, newestMs - fromMs);
  return {
    title: formatTarget(target),
    subtitle: trend.kind === "undetermined" ? `No trend yet: ${trend.because}.` : `${trend.says}${timeLeft(trend)}`,
    readings: shown,
    marks: marks.filter(({ atMs }) => atMs >= fromMs).map(({ atMs, kind }): ChartMark => ({ atMs, kind, label: LABELS[kind] })),
    ...(forecast === undefined ? {} : { forecast }),
  };
}

const LABELS: Readonly<Record<ChartMark["kind"], string>> = { kill: "OOM kill", restart: "restart", change: "limit changed" };

/** Drawn no further than what was seen, so that the seen part stays legible. */
function forecastOf(trend: Trend, newestMs: number, seenMs: number): Forecast | undefined {
  if (trend.kind !== "leak" || trend.timeToOom.kind !== "expected") return undefined;
  const aheadMs = Math.min(trend.timeToOom.ms * 1.15, Math.max(seenMs, 3_600_000));
  return { bytesPerHour: trend.bytesPerHour, interval: trend.interval, untilMs: newestMs + aheadMs };
}

function timeLeft(trend: Trend): string {
  if (trend.kind !== "leak") return "";
  if (trend.timeToOom.kind === "refused") return ` No forecast: ${trend.timeToOom.because}.`;
  const { ms, lowMs, highMs } = trend.timeToOom;
  const range = Number.isFinite(highMs)
    ? `${formatDuration(lowMs)} to ${formatDuration(highMs)}`
    : `${formatDuration(lowMs)} at the earliest`;
  return ` The limit is reached in about ${formatDuration(ms)} (${range}) if it goes on like this.`;
}

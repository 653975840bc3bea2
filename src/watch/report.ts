import { makeReport, periodName, REPORT_SPAN_MS, reportOn, type MemoryReport, type ReportPeriod } from "../domain/memory-report.ts";
import { readingKey } from "../domain/target.ts";
import { commit } from "../incidents/commit.ts";
import type { Message } from "../domain/message.ts";
import type { Tables } from "../ports/store.ts";
import type { WatchDeps } from "./watch-deps.ts";

/** What the watch has seen in the week or month before. Targets that were not looked at in it are not in it. */
export async function collectReport(
  tables: Pick<Tables, "readings" | "watched">,
  { period, untilMs }: { readonly period: ReportPeriod; readonly untilMs: number },
): Promise<MemoryReport> {
  const sinceMs = untilMs - REPORT_SPAN_MS[period];
  const contributed: ReturnType<typeof reportOn>[] = [];
  for (const { target, marks, kills: series } of await tables.watched.list(sinceMs)) {
    const readings = (await tables.readings.of(readingKey(target), sinceMs)).filter(({ atMs }) => atMs <= untilMs);
    if (readings.length === 0) continue;
    const isWithin = (atMs: number): boolean => atMs >= sinceMs && atMs <= untilMs;
    const marked = marks.filter(({ kind, atMs }) => kind === "kill" && isWithin(atMs)).length;
    // Only so many marks are kept: of the newest series the count is known.
    const kills = series !== undefined && isWithin(series.lastMs) ? Math.max(marked, series.count) : marked;
    contributed.push(reportOn(period, { target, readings, kills }));
    await new Promise<void>((resolve) => setImmediate(resolve)); // whoever waits for an answer goes first
  }
  return makeReport({ period, untilMs }, contributed);
}

/** Posts the report in the watch's channel: once for a week or month, however often this is called. */
export async function postReport(
  { desk, channel }: Pick<WatchDeps, "desk" | "channel">,
  period: ReportPeriod,
  inWords: (report: MemoryReport) => Message,
): Promise<void> {
  const nowMs = desk.clock.nowMs();
  const slot = `report/${period}/${periodName(period, nowMs)}`;
  if ((await desk.store.outbox.bySlot(slot)) !== undefined) return;
  const report = await collectReport(desk.store, { period, untilMs: nowMs });
  if (report.targets === 0) return; // nothing was looked at
  await commit(desk, async (tables) => {
    if ((await tables.outbox.bySlot(slot)) !== undefined) return;
    const content = { kind: "message", message: inWords(report) } as const;
    await tables.outbox.say({ slot, channel, content, priority: 3 }, desk.ids.next("dlv"), nowMs);
  });
}

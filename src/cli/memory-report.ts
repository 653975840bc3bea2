import { systemClock as clock } from "../adapters/system/system-clock.ts";
import { counted } from "../domain/count.ts";
import { OomphError } from "../domain/errors.ts";
import type { MemoryReport } from "../domain/memory-report.ts";
import { formatTarget } from "../domain/target.ts";
import { collectReport } from "../watch/report.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { requireConfig, withFile } from "./load-config.ts";
import { requireWatched } from "./open-watched.ts";
import { printable } from "./printable.ts";

export type ReportOptions = { readonly period: string; readonly json?: true; readonly config?: string };

/** `oomph report week|month`: what is posted on Mondays and on the first of the month, as of now. */
export async function memoryReport({ period, json, config }: ReportOptions, io: Io): Promise<ExitCode> {
  if (period !== "week" && period !== "month") throw new OomphError("bad-input", `expected week or month, got ${JSON.stringify(period)}`);
  const store = await requireWatched(requireConfig(withFile(await io.sources(), config)));
  try {
    const report = await collectReport(store, { period, untilMs: clock.nowMs() });
    if (report.targets === 0) io.err(`oomph: the watch has read no container in this ${period}.\n`);
    io.out(json === true ? `${JSON.stringify(inJson(report), null, 2)}\n` : inText(report));
    return report.targets === 0 ? EXIT.failed : EXIT.ok;
  } finally {
    await store.close();
  }
}

function inText({ says, sections }: MemoryReport): string {
  const parts = sections.map(({ title, entries, more }) => {
    const lines = entries.map((entry) => `  ${printable(formatTarget(entry.target))}  ${printable(entry.says)}`);
    return [`${title}:`, ...lines, ...(more === 0 ? [] : [`  and ${counted(more, "more container")}`])].join("\n");
  });
  return `${[says, ...parts].join("\n\n")}\n`;
}

function inJson({ period, sinceMs, untilMs, targets, says, sections }: MemoryReport) {
  return {
    kind: "memory-report",
    period,
    since: new Date(sinceMs).toISOString(),
    until: new Date(untilMs).toISOString(),
    containers: targets,
    says,
    sections: sections.map(({ heading, entries, more }) => ({
      heading,
      entries: entries.map(({ target, says: words }) => ({ target: formatTarget(target), says: words })),
      more,
    })),
  };
}

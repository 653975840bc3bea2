import { counted } from "../domain/count.ts";
import type { MemoryReport, ReportSection } from "../domain/memory-report.ts";
import type { Message } from "../domain/message.ts";
import { formatTarget } from "../domain/target.ts";
import { context, header, message, section, titled } from "./kit.ts";
import { code, prose, time } from "./words.ts";

/** What the watch saw in a week, or advises after a month. */
export function watchReport(report: MemoryReport): Message {
  const { period, sinceMs, untilMs, says, sections } = report;
  return message(says, [
    header(period === "week" ? "Memory: the week" : "Memory: the month"),
    section(prose(says)),
    ...sections.map(block),
    context(`From ${time(sinceMs)} to ${time(untilMs)}. ${code("/oom trend <container>")} draws one of them.`),
  ]);
}

function block({ title, entries, more }: ReportSection) {
  const rows = entries.map(({ target, says }) => `• ${code(formatTarget(target), 60)} ${prose(says)}`);
  return titled(title, more === 0 ? rows : [...rows, `And ${counted(more, "more container")}.`]);
}

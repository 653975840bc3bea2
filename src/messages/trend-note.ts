import { counted } from "../domain/count.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import { context, message, section } from "./kit.ts";
import type { Message } from "../domain/message.ts";
import { code, prose, time } from "./words.ts";

/** What a chart shows, in words; the chart itself follows as a file. */
export function trendNote(facts: {
  readonly target: Target;
  readonly says: string;
  readonly readings: number;
  readonly sinceMs: number;
}): Message {
  const { target, says, readings, sinceMs } = facts;
  return message(says, [
    section(prose(says)),
    context(
      `From ${counted(readings, "reading")} since ${time(sinceMs)}. The chart of ${code(formatTarget(target))} is posted here as a file.`,
    ),
  ]);
}

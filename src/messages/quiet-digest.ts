import { counted } from "../domain/count.ts";
import { given } from "../domain/given.ts";
import type { AlertClass, Severity } from "../domain/alert.ts";
import type { Incident } from "../domain/incident.ts";
import type { Message } from "../domain/message.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import { choiceOf } from "../domain/target-choice.ts";
import { button, context, header, lines, message, section } from "./kit.ts";
import { PROBLEMS } from "./root.ts";
import { code, prose, time } from "./words.ts";

export type DigestRow = {
  /** Absent: nobody could tell whose it was. */
  readonly target?: Target;
  readonly problem?: Incident["problem"];
  readonly severity: Severity | null;
  /** Of the worst of them: the button starts its runbook. */
  readonly class?: AlertClass;
  readonly says: string;
  readonly count: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
};

// Within Slack's 50 blocks; the others stand below, a line each.
const MOST_BUTTONS = 15;
const LINES_A_BLOCK = 20;

/** What waited for the end of quiet hours, the worst first, each with a button that has it looked into. */
export function quietDigest({ rows }: { readonly rows: readonly DigestRow[] }): Message {
  const total = rows.reduce((sum, { count }) => sum + count, 0);
  const targets = new Set(rows.flatMap(({ target }) => (target === undefined ? [] : [formatTarget(target)]))).size;
  const unknown = rows.filter(({ target }) => target === undefined).length;
  const of = targets === 0 ? "" : `, of ${counted(targets, "target")}`;
  const nameless = unknown === 0 ? "" : `; ${unknown} ${unknown === 1 ? "names" : "name"} ${targets === 0 ? "no target" : "none"}`;
  const title = `Quiet hours: ${counted(total, "report")} waited${of}${nameless}`;
  const rest = rows.slice(MOST_BUTTONS).map(line);
  const blocks = Array.from({ length: Math.ceil(rest.length / LINES_A_BLOCK) }, (_, index) =>
    lines(rest.slice(index * LINES_A_BLOCK, (index + 1) * LINES_A_BLOCK)),
  );
  return message(title, [
    header(title),
    ...rows.slice(0, MOST_BUTTONS).map(row),
    ...blocks.flat(),
    context("None of it was critical. Nothing was looked into yet: what goes on opens its incident with the next alert."),
  ]);
}

function row(one: DigestRow): ReturnType<typeof section> {
  if (one.target === undefined) return section(line(one));
  return section(line(one), button("Investigate", { actionId: "target_pick", id: choiceOf(one.target, given({ alertClass: one.class })) }));
}

function line({ target, problem, severity, says, count, firstAtMs, lastAtMs }: DigestRow): string {
  const about =
    target === undefined
      ? "*No target named* "
      : `*${problem === undefined ? "" : `${PROBLEMS[problem]}: `}${code(formatTarget(target))}* `;
  const when = count === 1 ? time(lastAtMs) : `${counted(count, "time")}, ${time(firstAtMs)} to ${time(lastAtMs)}`;
  return `${about}${severity === null ? "" : `${severity} · `}${when}\n${prose(says)}`;
}

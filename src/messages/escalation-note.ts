import { counted } from "../domain/count.ts";
import { formatDuration } from "../domain/duration.ts";
import type { Escalation } from "../domain/escalation.ts";
import type { Message } from "../domain/message.ts";
import { context, message, section } from "./kit.ts";
import { EVENTS } from "./issue.ts";
import { asClause } from "../domain/clause.ts";
import { code, link, listed, prose, time } from "./words.ts";

export type EscalatedFacts = {
  /** All of one kind for the incident, in the order of being raised. */
  readonly escalations: readonly Escalation[];
  /** `owner/name` of the repository, or empty for mail, whose recipients are in the escalations. */
  readonly repository: string;
  /** How late the last of them was, when the thread had been told of it. */
  readonly lateMs?: number;
};

/** What was told outside the chat, with links: one message, edited. */
export function escalatedNote(facts: EscalatedFacts): Message {
  const { escalations, lateMs } = facts;
  const sent = escalations.filter((one) => one.sentAtMs !== undefined);
  const late = lateMs === undefined ? [] : [context(`It went through after ${formatDuration(lateMs)}.`)];
  const last = sent.at(-1);
  if (last === undefined) return message("Nothing has been told outside this thread yet", []);
  if (last.kind === "github-issue")
    return message(`Issue #${last.externalId ?? "?"} ${DONE[doneTo(sent)]}`, [section(issueLine(facts, sent)), ...late]);
  return message(`Mail sent: ${EVENTS[last.event]}`, [section(sent.map(mailLine).join("\n")), ...late]);
}

const DONE = { opened: "opened", updated: "updated", closed: "closed" } as const;

function doneTo(sent: readonly Escalation[]): keyof typeof DONE {
  if (sent.at(-1)?.event === "resolved") return "closed";
  return sent.length > 1 || (sent[0]?.sentTimes ?? 1) > 1 ? "updated" : "opened";
}

function issueLine({ repository }: EscalatedFacts, sent: readonly Escalation[]): string {
  const last = sent.at(-1);
  const name = `${repository}#${last?.externalId ?? "?"}`;
  const where = link(last?.externalUrl, name) ?? code(name);
  return `📤 *Issue ${where}* ${DONE[doneTo(sent)]}${last?.sentAtMs === undefined ? "" : ` ${time(last.sentAtMs)}`}: ${EVENTS[last?.event ?? "warning"].toLowerCase()}`;
}

function mailLine({ event, reached, externalId, sentAtMs }: Escalation): string {
  const when = sentAtMs === undefined ? "" : ` ${time(sentAtMs)}`;
  return `📧 *Mail* to ${listed(reached.map((address) => code(address)))}${when}: ${EVENTS[event].toLowerCase()}, Message-ID ${code(externalId ?? "?")}`;
}

export type NotEscalatedFacts = {
  readonly escalation: Escalation;
  /** `late`: not yet; `refused`: not unless somebody does something; `given-up`, `not-configured`: not tried any more. */
  readonly why: "late" | "refused" | "given-up" | "not-configured";
  readonly because: string;
  readonly atMs: number;
  readonly nextAttemptAtMs?: number;
};

/** The issue or mail has not gone through: why, and what happens next. */
export function notEscalatedNote({ escalation, why, because, atMs, nextAttemptAtMs }: NotEscalatedFacts): Message {
  const what = escalation.kind === "mail" ? "mail" : "GitHub issue";
  const about = EVENTS[escalation.event].toLowerCase();
  const waited = formatDuration(Math.max(0, atMs - escalation.dueSinceMs));
  const tries = counted(escalation.attempts + 1, "attempt");
  const reached = escalation.reached.length === 0 ? "" : ` It has reached ${listed(escalation.reached.map((address) => code(address)))}.`;
  const next = nextAttemptAtMs === undefined ? "" : ` I try again ${time(nextAttemptAtMs)}.`;
  switch (why) {
    case "late":
      return message(`The ${what} is late: ${because}`, [
        section(
          `⏳ *The ${what} is late* (${about}): not accepted after ${waited} and ${tries}.\n${prose(asClause(because))}.${reached}${next}`,
        ),
      ]);
    case "refused":
      return message(`The ${what} was refused: ${because}`, [
        section(
          `⛔ *The ${what} was refused* (${about}).\n${prose(asClause(because))}.${reached}${next} I keep trying for a day: it goes through once this is put right.`,
        ),
      ]);
    case "not-configured":
      return message(`The ${what} is not sent: ${because}`, [
        section(
          `❌ *The ${what} is not sent* (${about}), and not tried any more. Tell them yourself.\n${prose(asClause(because))}.${reached}`,
        ),
      ]);
    case "given-up":
      return message(`The ${what} was given up: ${because}`, [
        section(
          `❌ *The ${what} was given up* (${about}): not accepted after ${waited} and ${tries}. Tell them yourself.\n${prose(asClause(because))}.${reached}`,
        ),
      ]);
  }
}

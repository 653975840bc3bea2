import type { RequestState } from "../domain/action-request.ts";
import type { Actor } from "../domain/actor.ts";
import type { Incident } from "../domain/incident.ts";
import type { Message } from "../domain/message.ts";
import { formatDuration } from "../domain/duration.ts";
import { incidentName } from "../domain/target.ts";
import { bySource } from "./joined-note.ts";
import { lines, message, section } from "./kit.ts";
import { code, listed, person, prose, time, visible, who } from "./words.ts";

export type DoneFacts = {
  readonly reports: readonly { readonly source: string; readonly count: number }[];
  /** Oldest first. */
  readonly acts: readonly {
    readonly title: string;
    readonly state: RequestState;
    /** When it was asked for. */
    readonly atMs: number;
    /** Something that only looked. */
    readonly looked?: boolean;
    /** Slack user ids. */
    readonly requestedBy: string;
    readonly approvedBy: readonly string[];
  }[];
};

/** The thread's last word: it is over, by whom, why we think so, how long it took and what was done. */
export function resolvedNote(facts: {
  readonly incident: Incident;
  readonly actor: Actor;
  readonly says: string;
  readonly done: DoneFacts;
}): Message {
  const { incident, actor, says, done } = facts;
  const name = incidentName(incident.target);
  const when = incident.resolvedAtMs === undefined ? "" : ` ${time(incident.resolvedAtMs)}`;
  return message(`Resolved: ${name}. ${visible(says)}`, [
    section(`✅ *Resolved: ${code(name)}*${when}, by ${who(actor)}\n${prose(says)}`),
    ...lines([lasted(incident, done), ...done.acts.map(saidOfAct)]),
  ]);
}

function lasted(incident: Incident, { reports, acts }: DoneFacts): string {
  const { openedAtMs, resolvedAtMs, timesSeen } = incident;
  const long = resolvedAtMs === undefined ? "" : `It lasted ${formatDuration(resolvedAtMs - openedAtMs)}`;
  const times = timesSeen === 1 ? "reported once" : `reported ${timesSeen} times`;
  return `${long === "" ? "It was" : `${long} and was`} ${times}${bySource(incident, reports)}.${acts.every(({ looked }) => looked === true) ? " Nothing was changed by Oomph." : ""}`;
}

function saidOfAct({ title, state, atMs, looked = false, requestedBy, approvedBy }: DoneFacts["acts"][number]): string {
  const agreed = approvedBy.length === 0 ? "" : `, approved by ${listed(approvedBy.map(person))}`;
  return `• ${prose(title)}: ${looked && state === "succeeded" ? "done" : (ENDS[state] ?? state)}. Asked for by ${person(requestedBy)}${agreed}, ${time(atMs)}.`;
}

const ENDS: Readonly<Partial<Record<RequestState, string>>> = {
  succeeded: "done, and it helped",
  ineffective: "done, and it did not help",
  failed: "not done",
  unknown: "not known whether it was done",
};

import { counted } from "../domain/count.ts";
import type { Actor } from "../domain/actor.ts";
import { NO_VALUE } from "../domain/heard-labels.ts";
import type { Incident } from "../domain/incident.ts";
import type { Message } from "../domain/message.ts";
import { incidentName } from "../domain/target.ts";
import { context, message, section } from "./kit.ts";
import { code, listed, prose, time, who } from "./words.ts";

/** It was reported again: one message, edited, however often that happens. */
export function joinedNote(facts: {
  readonly incident: Incident;
  readonly actor: Actor;
  /** By whom alerts of it came, and how often. */
  readonly reports: readonly Reported[];
}): Message {
  const { incident, actor, reports } = facts;
  const times = counted(incident.timesSeen, "time");
  const names = (incident.labels?.["alertname"] ?? []).filter((name) => name !== NO_VALUE);
  const as = names.length < 2 ? "" : ` as ${listed(names.map(prose), "and")}`;
  return message(`Reported ${times}: ${incidentName(incident.target)}`, [
    context(
      `Reported ${times}${bySource(incident, reports)}${as}, last by ${who(actor)} ${time(incident.lastSeenAtMs)}. It stays one incident, ${code(incident.id)}.`,
    ),
  ]);
}

/** By whom, behind how often: ` by alertmanager`, ` (30 by alertmanager, 7 by wazuh)`. */
export function bySource({ timesSeen }: Pick<Incident, "timesSeen">, reports: readonly Reported[]): string {
  const [only, ...others] = reports;
  if (only === undefined) return "";
  if (others.length === 0 && only.count === timesSeen) return ` by ${prose(only.source)}`;
  return ` (${reports.map(({ source, count }) => `${count} by ${prose(source)}`).join(", ")})`;
}

type Reported = { readonly source: string; readonly count: number };

/** It came back within the time in which that makes it the same incident. */
export function reopenedNote(facts: { readonly incident: Incident; readonly actor: Actor }): Message {
  const { incident, actor } = facts;
  const name = incidentName(incident.target);
  if (actor.kind === "user") return takenUpNote(incident, who(actor));
  return message(`It is back: ${name}`, [
    section(
      `🔴 *It is back: ${code(name)}*\nReported again by ${who(actor)} ${time(incident.lastSeenAtMs)}, soon after it was resolved: incident ${code(incident.id)} is open again.`,
    ),
  ]);
}

/** A person asks again: that is not yet a sign that it is back. */
function takenUpNote(incident: Incident, asker: string): Message {
  const name = incidentName(incident.target);
  return message(`Taken up again: ${name}`, [
    section(
      `🔎 *Taken up again: ${code(name)}*\nAsked for by ${asker} ${time(incident.lastSeenAtMs)}, soon after it was resolved: incident ${code(incident.id)} is open again.`,
    ),
  ]);
}

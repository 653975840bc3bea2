import type { Actor } from "../domain/actor.ts";
import type { Incident } from "../domain/incident.ts";
import type { Message } from "../domain/message.ts";
import { formatTarget } from "../domain/target.ts";
import { message, section } from "./kit.ts";
import { code, prose, time, visible, who } from "./words.ts";

/** The thread's last word: it is over, by whom, and why we think so. */
export function resolvedNote(facts: { readonly incident: Incident; readonly actor: Actor; readonly says: string }): Message {
  const { incident, actor, says } = facts;
  const name = formatTarget(incident.target);
  const when = incident.resolvedAtMs === undefined ? "" : ` ${time(incident.resolvedAtMs)}`;
  return message(`Resolved: ${name}. ${visible(says)}`, [section(`✅ *Resolved: ${code(name)}*${when}, by ${who(actor)}\n${prose(says)}`)]);
}

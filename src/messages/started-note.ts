import type { Incident } from "../domain/incident.ts";
import type { Message } from "../domain/message.ts";
import { formatTarget } from "../domain/target.ts";
import { message, section } from "./kit.ts";
import { code, link } from "./words.ts";

/** The answer to `/oom investigate`: where the thread is. */
export function startedNote(facts: {
  readonly kind: "opened" | "joined" | "reopened";
  readonly incident: Incident;
  /** False: an investigation runs already, or something is being done. */
  readonly looking: boolean;
  readonly permalink?: string;
}): Message {
  const { kind, incident, looking, permalink } = facts;
  const name = formatTarget(incident.target);
  const says = kind === "joined" ? `${name} has an open incident already${looking ? ", it is looked at again" : ""}` : `Looking at ${name}`;
  const where = link(permalink, "Go to the thread") ?? `The thread is in <#${incident.channel}>.`;
  return message(says, [section(`🔎 ${says.replace(name, code(name))} · ${code(incident.id)}\n${where}`)]);
}

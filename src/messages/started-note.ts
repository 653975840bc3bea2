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
  /** Asked with `--since`. */
  readonly asksForThePast?: boolean;
}): Message {
  const { kind, incident, looking, permalink, asksForThePast = false } = facts;
  const name = formatTarget(incident.target);
  const says = WORDS[kind](name, looking);
  const where = link(permalink, "Go to the thread") ?? `The thread is in <#${incident.channel}>.`;
  const past = asksForThePast ? `\n${SINCE_SAYS[incident.target.kind]}` : "";
  return message(says, [section(`🔎 ${says.replace(name, code(name))} · ${code(incident.id)}\n${where}${past}`)]);
}

/** What `--since` comes to: each kind of target keeps a record of its own. */
export const SINCE_SAYS = {
  redis: "A Redis keeps no record of its past: it is looked at as it is now, and `--since` changes nothing.",
  docker: "It is looked at as it is now, with what its host still knows of the last 24 hours: `--since` changes nothing.",
  workload: "It is looked at as it is now, with the events and logs that its cluster still has: `--since` changes nothing.",
  node: "It is looked at as it is now, with the events that its cluster still has: `--since` changes nothing.",
} as const;

const WORDS = {
  opened: (name: string) => `Looking at ${name}`,
  joined: (name: string, looking: boolean) => `${name} has an open incident already${looking ? ", it is looked at again" : ""}`,
  reopened: (name: string) => `Looking at ${name} again, in the thread of its last incident`,
};

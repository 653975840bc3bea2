import { formatDuration } from "../domain/duration.ts";
import type { Incident } from "../domain/incident.ts";
import type { Message } from "../domain/message.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import { message, section } from "./kit.ts";
import { code, link } from "./words.ts";

/** The answer to `/oom investigate`: where the thread is. */
export function startedNote(facts: {
  readonly kind: "opened" | "joined" | "reopened";
  readonly incident: Incident;
  /** False: an investigation runs already, or something is being done. */
  readonly looking: boolean;
  readonly permalink?: string;
  /** Asked with `--since`: how far back to look. */
  readonly backMs?: number;
}): Message {
  const { kind, incident, looking, permalink, backMs } = facts;
  const name = formatTarget(incident.target);
  const says = WORDS[kind](name, looking);
  const where = link(permalink, "Go to the thread") ?? `The thread is in <#${incident.channel}>.`;
  const past = backMs === undefined ? "" : `\n${looking ? sinceSays(incident.target, backMs) : SINCE_UNUSED}`;
  return message(says, [section(`🔎 ${says.replace(name, code(name))} · ${code(incident.id)}\n${where}${past}`)]);
}

/** What `--since` comes to: each kind of target keeps a record of its own. */
export function sinceSays({ kind }: Target, backMs: number): string {
  switch (kind) {
    case "redis":
      return "A Redis keeps no record of its past: it is looked at as it is now, and `--since` changes nothing.";
    case "docker":
      return `Its log, its events, the kernel's log and its memory over time are looked at over the last ${formatDuration(backMs)}; all else as it is now.`;
    case "workload":
      return "It is looked at as it is now, with the events and logs that its cluster still has: `--since` changes nothing.";
    case "node":
      return "It is looked at as it is now, with the events that its cluster still has: `--since` changes nothing.";
  }
}

const SINCE_UNUSED = "No look was begun by this, so `--since` changes nothing: one is under way already, or something is being done.";

const WORDS = {
  opened: (name: string) => `Looking at ${name}`,
  joined: (name: string, looking: boolean) => `${name} has an open incident already${looking ? ", it is looked at again" : ""}`,
  reopened: (name: string) => `Looking at ${name} again, in the thread of its last incident`,
};

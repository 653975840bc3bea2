import type { Severity } from "../domain/alert.ts";
import type { Actor } from "../domain/actor.ts";
import type { Incident } from "../domain/incident.ts";
import type { Message } from "../domain/message.ts";
import { incidentName } from "../domain/target.ts";
import type { NewLook } from "../domain/new-look.ts";
import { alertLines } from "./alert-note.ts";
import { anewLine } from "./anew-note.ts";
import { message, section } from "./kit.ts";
import { code, time, who } from "./words.ts";

/** An alert says that it is worse than was known. */
export function worseNote(facts: {
  readonly incident: Incident;
  readonly from: Severity;
  readonly to: Severity;
  readonly actor: Actor;
  readonly look?: NewLook;
}): Message {
  const { incident, from, to, actor, look } = facts;
  const name = incidentName(incident.target);
  return message(`Now ${to}: ${name}`, [
    section(
      [
        `${to === "critical" ? "🔴" : "🟡"} *Now ${to}: ${code(name)}* (was ${from})`,
        `Said by ${who(actor)} ${time(incident.lastSeenAtMs)}.${look === undefined ? "" : ` 🔎 ${anewLine(look)}.`}`,
        ...(look === undefined ? [] : alertLines(look.alert)),
      ].join("\n"),
    ),
  ]);
}

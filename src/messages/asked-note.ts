import type { ActionRequest } from "../domain/action-request.ts";
import type { Incident } from "../domain/incident.ts";
import type { Message } from "../domain/message.ts";
import { message, section } from "./kit.ts";
import { code, link, prose, time, visible } from "./words.ts";

/** The answer to who asked for an action: nothing is done yet, and where the card is. */
export function askedNote(facts: { readonly incident: Incident; readonly request: ActionRequest; readonly permalink?: string }): Message {
  const { incident, request, permalink } = facts;
  const where = link(permalink, "Go to the thread") ?? `The card is in the incident's thread in <#${incident.channel}>.`;
  return message(`Asked for approval: ${visible(request.plan.summary)}`, [
    section(
      `🟡 *Asked for approval*: ${prose(request.plan.summary)}\nNothing is changed before it is approved; it expires ${time(request.expiresAtMs)}. ${where} ${code(incident.id)}`,
    ),
  ]);
}

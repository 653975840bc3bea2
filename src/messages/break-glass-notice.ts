import type { ActionRequest, Decision } from "../domain/action-request.ts";
import type { Message } from "../domain/message.ts";
import { message, section } from "./kit.ts";
import { person, prose, time, visible } from "./words.ts";

/** For the whole channel, not only the thread: somebody acts alone. */
export function breakGlassNotice(facts: { readonly title: string; readonly request: ActionRequest; readonly decision: Decision }): Message {
  const { title, request, decision } = facts;
  return message(`Glass broken: ${visible(title)} goes ahead without a second person. ${visible(request.plan.summary)}`, [
    section(
      [
        `🔨 *Glass broken: ${person(decision.userId)} goes ahead alone* ${time(decision.atMs)}`,
        `*${prose(title)}*: ${prose(request.plan.summary)}`,
        `Reason: “${prose(decision.reason ?? "none given")}”`,
        "No second person has agreed. This is marked in the audit; please look at it.",
      ].join("\n"),
    ),
  ]);
}

import type { Decision } from "../domain/action-request.ts";
import { codeOf, messageOf } from "../domain/errors.ts";
import { decide } from "../incidents/decide.ts";
import { notDecidedText } from "../messages/not-decided.ts";
import type { Answer, Inbound } from "../ports/inbound.ts";
import type { Front } from "./front.ts";
import { isIdOf, notOurs } from "./opaque-id.ts";

type Submission = Extract<Inbound, { readonly kind: "submission" }>;

/** Which word a dialog says, and below which field its refusal stands. */
const WORDS: ReadonlyMap<string, { readonly kind: Decision["kind"]; readonly field: string }> = new Map([
  ["modal_approve", { kind: "approve", field: "typed" }],
  ["modal_deny", { kind: "deny", field: "reason" }],
  ["modal_break_glass", { kind: "break-glass", field: "reason" }],
]);

/** A dialog was sent: decided at once, so that a refusal stands in the dialog while it is still open. */
export async function onSubmission(front: Front, submission: Submission): Promise<Answer> {
  const { callbackId, privateMetadata: requestId, userId, values } = submission;
  const word = WORDS.get(callbackId);
  if (word === undefined || !isIdOf("req", requestId)) {
    return complaint(word?.field ?? "reason", notOurs(front, { userId, actionId: callbackId, value: requestId }).text);
  }
  const typed = values["typed"];
  const reason = values["reason"]?.trim().slice(0, 500);
  try {
    const decided = await decide(front.desk, {
      requestId,
      userId,
      kind: word.kind,
      ...(typed === undefined ? {} : { typed }),
      ...(reason ? { reason } : {}),
    });
    if (decided.kind === "approved" || decided.kind === "counted" || decided.kind === "denied") return { kind: "ok" };
    return complaint(decided.kind === "confirmation-wrong" ? "typed" : word.field, notDecidedText(decided));
  } catch (error) {
    front.desk.log.error({ code: codeOf(error), callbackId, because: messageOf(error) }, "could not decide");
    return complaint(word.field, "That could not be written down, so it does not count. Try again.");
  }
}

function complaint(field: string, text: string): Answer {
  return { kind: "field-errors", errors: { [field]: text } };
}

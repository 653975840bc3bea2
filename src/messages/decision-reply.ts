import { counted } from "../domain/count.ts";
import type { ActionRequest, Decision } from "../domain/action-request.ts";
import type { Message } from "../domain/message.ts";
import { message, section } from "./kit.ts";
import { person, prose, time, visible } from "./words.ts";

/** Said in the thread, for edits of the card go unnoticed. */
export function decisionReply(facts: {
  readonly title: string;
  readonly request: ActionRequest;
  readonly decision: Decision;
  readonly decisions: readonly Decision[];
}): Message {
  const { title, request, decision } = facts;
  const words = WORDS[decision.kind];
  const reason = decision.reason === undefined ? "" : `\nReason: “${prose(decision.reason)}”`;
  return message(`${words.says}: ${visible(title)}`, [
    section(
      `${words.mark} ${person(decision.userId)} ${words.did} *${prose(title)}* ${time(decision.atMs)}.${reason}\n${next(facts, request)}`,
    ),
  ]);
}

const WORDS = {
  approve: { mark: "👍", did: "approved", says: "Approved" },
  deny: { mark: "⛔", did: "denied", says: "Denied" },
  "break-glass": { mark: "🔨", did: "broke the glass for", says: "Glass broken" },
} as const;

function next(
  { decision, decisions }: { readonly decision: Decision; readonly decisions: readonly Decision[] },
  request: ActionRequest,
): string {
  if (decision.kind === "deny") return `${person(request.requestedBy)}: nothing has been changed.`;
  if (decision.kind === "break-glass") return "No second person has agreed. Oomph carries it out now; the audit marks it.";
  const given = decisions.filter((one) => one.kind === "approve").length;
  const missing = request.policy.approvalsNeeded - given;
  if (missing > 0) return `${given} of ${counted(request.policy.approvalsNeeded, "approval")}: ${missing} more needed.`;
  return "Oomph looks at the target once more and, if it still is as in the plan, carries it out now.";
}

import { counted } from "../domain/count.ts";
import type { ActionRequest, Decision } from "../domain/action-request.ts";
import type { Block, Message } from "../domain/message.ts";
import { button, buttons, divider, header, message, section } from "./kit.ts";
import { code, person, prose, time } from "./words.ts";

// Three blocks each, within Slack's 50.
const MOST = 12;

/** What waits for somebody's word. Approving is done below the whole plan, which a button shows. */
export function approvalList(facts: {
  readonly waiting: readonly { readonly request: ActionRequest; readonly title: string; readonly decisions: readonly Decision[] }[];
}): Message {
  const { waiting } = facts;
  if (waiting.length === 0) return message("Nothing waits for approval.", [section("🟢 Nothing waits for approval.")]);
  const left = waiting.length - MOST;
  return message(`${counted(waiting.length, "request")} waiting for approval`, [
    header("Waiting for approval"),
    ...waiting.slice(0, MOST).flatMap(entry),
    left > 0 ? section(`… and ${left} more.`) : undefined,
  ]);
}

function entry({
  request,
  title,
  decisions,
}: {
  readonly request: ActionRequest;
  readonly title: string;
  readonly decisions: readonly Decision[];
}): readonly Block[] {
  const { id, plan, policy } = request;
  const given = decisions.filter((decision) => decision.kind === "approve").length;
  return [
    section(
      `*${prose(title)}*: ${prose(plan.summary)}\nAsked for by ${person(request.requestedBy)}, ${given} of ${counted(policy.approvalsNeeded, "approval")}, expires ${time(request.expiresAtMs)} · ${code(request.incidentId)}`,
    ),
    ...buttons([button("Show the plan", { actionId: "request_show", id }), button("Deny", { actionId: "request_deny", id })]),
    divider(),
  ];
}

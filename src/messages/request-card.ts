import { counted } from "../domain/count.ts";
import type { ActionRequest, Decision, RequestState, Run } from "../domain/action-request.ts";
import type { Block, Button, Message } from "../domain/message.ts";
import { RISKS } from "./report.ts";
import { button, buttons, context, message, section, lines } from "./kit.ts";
import { planSections } from "./plan-sections.ts";
import { code, listed, person, prose, time, visible } from "./words.ts";

export type CardFacts = {
  /** The action's title: "Flush database". */
  readonly title: string;
  readonly request: ActionRequest;
  readonly decisions: readonly Decision[];
  readonly run?: Run;
  /** How far a long act has come, while it is being done. */
  readonly says?: string;
};

/** A plan put to approval, with its buttons; once decided, who and when stand in their place. */
export function requestCard(facts: CardFacts): Message {
  const { title, request } = facts;
  const state = stateWords(request);
  return message(`${state.title}: ${visible(title)}. ${visible(request.plan.summary)}`, [
    section(`${state.mark} *${state.title}: ${prose(title)}*\n${prose(request.plan.summary)}`),
    ...planSections(request.plan),
    ...lines(request.reason === undefined ? [] : [`*Why*: “${prose(request.reason)}”`]),
    context(`Asked for by ${person(request.requestedBy)}${whence(request)} ${time(request.createdAtMs)} · ${RISKS[request.plan.risk]}`),
    ...(request.state === "pending" ? pending(facts) : told(facts)),
  ]);
}

type StateWords = { readonly mark: string; readonly title: string };

/** What a request's state is called, with its mark. */
export const STATE_WORDS: Readonly<Record<RequestState, StateWords>> = {
  pending: { mark: "🟡", title: "Approval needed" },
  approved: { mark: "👍", title: "Approved" },
  executing: { mark: "🔧", title: "Being done" },
  verifying: { mark: "🔎", title: "Done, checking whether it helped" },
  succeeded: { mark: "✅", title: "Done, and it helped" },
  ineffective: { mark: "⚠️", title: "Done, but it did not help" },
  failed: { mark: "❌", title: "Failed" },
  unknown: { mark: "🆘", title: "A human must look" },
  denied: { mark: "⛔", title: "Denied" },
  expired: { mark: "⌛", title: "Expired" },
  superseded: { mark: "🔁", title: "Superseded" },
  cancelled: { mark: "🚫", title: "Cancelled" },
};

// What changes nothing mends nothing either: nobody is told that it helped.
const LOOKED: Readonly<Partial<Record<RequestState, StateWords>>> = {
  verifying: { mark: "🔎", title: "Done, being read" },
  succeeded: { mark: "✅", title: "Done" },
  ineffective: { mark: "⚠️", title: "Done, but nothing came of it" },
};

/** The same, of this request. */
export function stateWords({ state, plan }: Pick<ActionRequest, "state" | "plan">): StateWords {
  return (plan.risk === "none" ? LOOKED[state] : undefined) ?? STATE_WORDS[state];
}

function whence({ shell }: ActionRequest): string {
  return shell === undefined ? "" : ` on the command line (${code(shell.login)} on ${code(shell.host)})`;
}

function pending({ request, decisions }: CardFacts): readonly Block[] {
  return [...lines([whoMayApprove(request), ...decisions.map(decisionLine)]), ...buttons(cardButtons(request))];
}

function whoMayApprove({ policy, plan, expiresAtMs }: ActionRequest): string {
  const approvers = policy.approvers.length === 0 ? "nobody: the policy names no approver" : listed(policy.approvers.map(person), "or");
  const terms = [
    `*Needs ${counted(policy.approvalsNeeded, "approval")}* from ${approvers}; nobody approves their own request.`,
    `Expires ${time(expiresAtMs)}; then it counts as no. Policy ${code(policy.name)}.`,
  ];
  return plan.confirm === undefined ? terms.join("\n") : [...terms, `Whoever approves types ${code(plan.confirm)} to confirm.`].join("\n");
}

function cardButtons({ id, plan, policy }: ActionRequest): readonly Button[] {
  const typed = plan.confirm !== undefined;
  const approve = button(typed ? "Approve …" : "Approve", {
    actionId: typed ? "modal_approve" : "request_approve",
    id,
    style: plan.risk === "destructive" ? "danger" : "primary",
  });
  return [
    approve,
    button("Deny …", { actionId: "modal_deny", id }),
    ...(policy.breakGlass ? [button("Break glass …", { actionId: "modal_break_glass", id })] : []),
    button("Cancel", { actionId: "request_cancel", id }),
  ];
}

function told({ request, decisions, run, says }: CardFacts): readonly Block[] {
  const happened = [
    ...decisions.map(decisionLine),
    ...(run?.begunAtMs === undefined ? [] : [`🔧 Begun ${time(run.begunAtMs)}`]),
    ...newWarnings({ request, ...(run === undefined ? {} : { run }) }),
    ...(says === undefined ? [] : [`⏳ ${prose(says)}`]),
    ...(request.endedAtMs === undefined ? [] : [`🏁 Ended ${time(request.endedAtMs)}${outcomeWords(request)}`]),
  ];
  return lines(happened);
}

/** A denial's reason stands with who denied it. */
function outcomeWords({ state, outcome }: ActionRequest): string {
  return outcome === undefined || state === "denied" ? "" : `: ${prose(outcome)}`;
}

/** Warnings that nobody had before them who approved: who looks after the target by now, say. Other figures alone are none. */
export function newWarnings({ request, run }: Pick<CardFacts, "request" | "run">): readonly string[] {
  const known = new Set(request.plan.warnings.map(withoutFigures));
  const fresh = (run?.plan?.warnings ?? []).filter((warning) => !known.has(withoutFigures(warning)));
  return fresh.map((warning) => `⚠️ *Not so yet when it was put to approval*: ${prose(warning)}`);
}

function withoutFigures(text: string): string {
  return text.replaceAll(/\d[\d.,]*( [KMGT]iB)?/g, "#");
}

function decisionLine(decision: Decision): string {
  const word = { approve: "👍 Approved by", deny: "⛔ Denied by", "break-glass": "🔨 Glass broken by" }[decision.kind];
  const reason = decision.reason === undefined ? "" : `: “${prose(decision.reason)}”`;
  return `${word} ${person(decision.userId)} ${time(decision.atMs)}${reason}`;
}

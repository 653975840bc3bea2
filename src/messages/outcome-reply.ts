import type { ActionRequest, RequestState, Run } from "../domain/action-request.ts";
import type { Block, Message, SectionBlock } from "../domain/message.ts";
import type { Plan, Verification } from "../domain/plan.ts";
import { button, lines, message, section, titled } from "./kit.ts";
import type { OfferFacts } from "./report.ts";
import { newWarnings, stateWords } from "./request-card.ts";
import { code, person, prose, visible } from "./words.ts";

export type OutcomeFacts = {
  readonly title: string;
  readonly request: ActionRequest;
  readonly run?: Run;
  readonly wayBack?: OfferFacts;
  /** The summary of the plan that took this one's place. */
  readonly replacementSummary?: string;
  /** How what was done comes to last: sentences. */
  readonly lasting?: readonly string[];
  /** What now makes sense. */
  readonly further?: readonly OfferFacts[];
};

/** How a request ended: said plainly, with before and after, to the one who asked. */
export function outcomeReply(facts: OutcomeFacts): Message {
  const { title, request, run, wayBack } = facts;
  const state = stateWords(request);
  const says = run?.verification?.says ?? request.outcome ?? "";
  return message(`${state.title}: ${visible(title)}. ${visible(says)}`, [
    section(`${state.mark} *${state.title}: ${prose(title)}* · ${person(request.requestedBy)}`),
    ...lines([prose(says), ...observed(facts), ...newWarnings(facts), ...whatNow(facts)].filter((line) => line !== "")),
    ...measured(run?.verification, request.plan),
    ...(wayBack === undefined ? [] : back(wayBack)),
    ...lines((facts.lasting ?? []).map(prose)),
    ...(facts.further ?? []).map((offer) => section(prose(offer.why), button(offer.title, { actionId: "offer_ask", id: offer.id }))),
  ]);
}

function observed({ request, run }: OutcomeFacts): readonly string[] {
  const says = run?.observation?.says;
  return says === undefined || says === request.outcome ? [] : [`Seen on the target: ${prose(says)}`];
}

const UNTOUCHED = "Nothing has been changed.";
const WHAT_NOW: Readonly<Record<RequestState, string>> = {
  pending: "",
  approved: "",
  executing: "",
  verifying: "",
  succeeded: "",
  ineffective: "*It did not help.* Investigate again to see how it is now, and what else can be done.",
  failed: "",
  unknown: "*Look at the target before anybody asks again.* Oomph does not know whether this was done, and does not try twice.",
  denied: UNTOUCHED,
  expired: UNTOUCHED,
  superseded: UNTOUCHED,
  cancelled: UNTOUCHED,
};

function whatNow({ request, run, replacementSummary }: OutcomeFacts): readonly string[] {
  if (request.state === "failed" && run?.begunAtMs === undefined) return [UNTOUCHED];
  const replaced =
    replacementSummary === undefined ? [] : [`The plan as it is now stands below for approval: ${prose(replacementSummary)}`];
  return [WHAT_NOW[request.state], ...replaced];
}

/** A line per measurement: a table of three columns breaks on a phone. */
function measured(verification: Verification | undefined, { risk }: Pick<Plan, "risk">): readonly SectionBlock[] {
  const rows = verification?.rows ?? [];
  return titled(
    "Before → after",
    rows.map((row) => `${markOf(row.ok, risk)} ${prose(row.what)}: ${code(row.before)} → ${code(row.after)}`),
  );
}

/** What was only looked at is neither well nor bad for having been looked at. */
function markOf(ok: boolean, risk: Plan["risk"]): string {
  if (risk === "none") return "•";
  return ok ? "✅" : "⚠️";
}

function back(offer: OfferFacts): readonly Block[] {
  return [section(`*Way back*: ${prose(offer.why)}`, button("Roll back", { actionId: "offer_ask", id: offer.id }))];
}

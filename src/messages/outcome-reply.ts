import type { ActionRequest, Run } from "../domain/action-request.ts";
import type { Block, Message, SectionBlock } from "../domain/message.ts";
import type { Verification } from "../domain/plan.ts";
import { button, message, section, lines, table } from "./kit.ts";
import type { OfferFacts } from "./report.ts";
import { STATE_WORDS } from "./request-card.ts";
import { person, prose, visible } from "./words.ts";

/** How a request ended: said plainly, with before and after, to the one who asked. */
export function outcomeReply(facts: {
  readonly title: string;
  readonly request: ActionRequest;
  readonly run?: Run;
  readonly wayBack?: OfferFacts;
  /** The summary of the plan that took this one's place. */
  readonly replacementSummary?: string;
}): Message {
  const { title, request, run, wayBack } = facts;
  const state = STATE_WORDS[request.state];
  const says = run?.verification?.says ?? request.outcome ?? "";
  return message(`${state.title}: ${visible(title)}. ${visible(says)}`, [
    section(`${state.mark} *${state.title}: ${prose(title)}* · ${person(request.requestedBy)}`),
    ...lines([prose(says), ...observed(facts), ...whatNow(facts)].filter((line) => line !== "")),
    ...measured(run?.verification),
    ...(wayBack === undefined ? [] : back(wayBack)),
  ]);
}

function observed({ request, run }: { readonly request: ActionRequest; readonly run?: Run }): readonly string[] {
  const says = run?.observation?.says;
  return says === undefined || says === request.outcome ? [] : [`Seen on the target: ${prose(says)}`];
}

function whatNow({ request, run, replacementSummary }: { readonly request: ActionRequest; readonly run?: Run; readonly replacementSummary?: string }): readonly string[] {
  switch (request.state) {
    case "ineffective":
      return ["*It did not help.* The cause lies elsewhere: look at the report's other hypotheses, or investigate again."];
    case "unknown":
      return ["*Look at the target before anybody asks again.* Oomph does not know whether this was done, and does not try twice."];
    case "superseded":
      return [replacementSummary === undefined ? "Nothing has been changed." : `Nothing has been changed. The plan as it is now stands below for approval: ${prose(replacementSummary)}`];
    case "failed":
      return run?.begunAtMs === undefined ? ["Nothing has been changed."] : [];
    case "denied":
    case "expired":
    case "cancelled":
      return ["Nothing has been changed."];
    default:
      return [];
  }
}

function measured(verification: Verification | undefined): readonly SectionBlock[] {
  if (verification === undefined || verification.rows.length === 0) return [];
  const rows = verification.rows.map((row) => [row.ok ? "+" : "!", row.what, row.before, row.after]);
  const bad = verification.rows.some((row) => !row.ok);
  return [section(`${table([["", "measured", "before", "after"], ...rows])}${bad ? "\nLines with `!` are not as they should be." : ""}`)];
}

function back(offer: OfferFacts): readonly Block[] {
  return [section(`*Way back*: ${prose(offer.why)}`, button(offer.title, { actionId: "offer_ask", id: offer.id }))];
}

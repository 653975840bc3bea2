import type { ActionRequest, Decision, Lease } from "../domain/action-request.ts";
import type { Message } from "../domain/message.ts";
import { message, section } from "./kit.ts";
import { STATE_WORDS } from "./request-card.ts";
import { code, person, prose, time } from "./words.ts";

/** Why somebody's word did not count. */
export type NotDecidedFacts =
  | { readonly kind: "no-such-request" }
  | { readonly kind: "refused"; readonly because: string }
  | { readonly kind: "too-late"; readonly request: ActionRequest; readonly decisions: readonly Decision[] }
  | { readonly kind: "expired"; readonly request: ActionRequest }
  | { readonly kind: "frozen"; readonly freeze: { readonly by: string; readonly atMs: number; readonly reason?: string } }
  | { readonly kind: "locked"; readonly lease: Lease }
  | { readonly kind: "confirmation-wrong"; readonly expected: string }
  | { readonly kind: "already-decided"; readonly decision: Decision };

/** Told to the one who pressed, and to nobody else. */
export function notDecided(facts: NotDecidedFacts): Message {
  return message(`Your word did not count. ${notDecidedText(facts)}`, [section(`🚫 ${formatted(facts)}`)]);
}

/** The same without formatting, for below a field of a dialog. */
export function notDecidedText(facts: NotDecidedFacts): string {
  switch (facts.kind) {
    case "no-such-request":
      return "There is no such request (any more).";
    case "refused":
      return `${capital(facts.because)}.`;
    case "too-late":
      return `Too late: ${STATE_WORDS[facts.request.state].title.toLowerCase()} already.`;
    case "expired":
      return "Too late: the request has expired, and that counts as no. Ask again.";
    case "frozen":
      return "Frozen: nothing is carried out until an admin turns the freeze off.";
    case "locked":
      return `Something else is being done to ${facts.lease.targetKey}: try again when it has ended.`;
    case "confirmation-wrong":
      return `Expected exactly: ${facts.expected}`;
    case "already-decided":
      return "You have had your word on this request; one person has one word.";
  }
}

function formatted(facts: NotDecidedFacts): string {
  const text = prose(notDecidedText(facts));
  switch (facts.kind) {
    case "too-late":
      return [text, ...facts.decisions.map((one) => `${WORDS[one.kind]} ${person(one.userId)} ${time(one.atMs)}`)].join("\n");
    case "frozen":
      return `${text}\nBy ${person(facts.freeze.by)} ${time(facts.freeze.atMs)}${facts.freeze.reason === undefined ? "" : `: “${prose(facts.freeze.reason)}”`}`;
    case "locked":
      return `${text}\nIncident ${code(facts.lease.incidentId)}, since ${time(facts.lease.acquiredAtMs)}. ${code("/oom locks")} shows it.`;
    case "no-such-request":
    case "refused":
    case "expired":
    case "confirmation-wrong":
    case "already-decided":
      return text;
  }
}

const WORDS = { approve: "Approved by", deny: "Denied by", "break-glass": "Glass broken by" } as const;

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

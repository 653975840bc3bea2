import type { ActionRequest, Decision, Lease, RequestState } from "../domain/action-request.ts";
import type { Freeze } from "../ports/store.ts";

/** One person's word on a request, as it came in: nothing in it is trusted. */
export type Word = {
  readonly requestId: string;
  /** Slack user id. */
  readonly userId: string;
  readonly kind: Decision["kind"];
  /** What was typed to confirm, where the plan asks for it. */
  readonly typed?: string;
  /** At least 10 characters for break-glass. */
  readonly reason?: string;
};

/** What became of a word. */
export type Decided =
  | { readonly kind: "approved"; readonly request: ActionRequest }
  /** The word counts, more are needed. */
  | { readonly kind: "counted"; readonly request: ActionRequest; readonly approvals: number; readonly needed: number }
  | { readonly kind: "denied"; readonly request: ActionRequest }
  | NotDecided;

/** Why a word did not count. Nothing was changed by it. */
export type NotDecided =
  | { readonly kind: "no-such-request" }
  | { readonly kind: "refused"; readonly because: string }
  | { readonly kind: "too-late"; readonly state: RequestState; readonly request: ActionRequest; readonly decisions: readonly Decision[] }
  | { readonly kind: "expired"; readonly request: ActionRequest }
  | { readonly kind: "frozen"; readonly freeze: Freeze }
  | { readonly kind: "locked"; readonly lease: Lease }
  | { readonly kind: "confirmation-wrong"; readonly expected: string }
  /** A person has one word per request. */
  | { readonly kind: "already-decided"; readonly decision: Decision };

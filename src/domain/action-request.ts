import type { Json } from "./json.ts";
import type { Observation, Plan, Verification } from "./plan.ts";
import type { Target } from "./target.ts";

export type RequestState =
  | "pending"
  | "approved"
  | "executing"
  | "verifying"
  | "succeeded"
  | "ineffective"
  | "failed"
  | "unknown"
  | "denied"
  | "expired"
  | "superseded"
  | "cancelled";

/** Which states may follow; ended states are final. Source: ARCHITECTURE.md, States. */
export const REQUEST_TRANSITIONS: Readonly<Record<RequestState, readonly RequestState[]>> = {
  pending: ["approved", "denied", "expired", "superseded", "cancelled"],
  approved: ["executing", "failed", "expired", "superseded", "cancelled"],
  executing: ["verifying", "failed", "unknown"],
  verifying: ["succeeded", "ineffective", "failed", "unknown"],
  succeeded: [],
  ineffective: [],
  failed: [],
  unknown: [],
  denied: [],
  expired: [],
  superseded: [],
  cancelled: [],
};

/** Who had to agree, frozen when the request was made. Ids of users (`U`, `W`) and user groups (`S`). */
export type FrozenPolicy = {
  /** Name of the rule, for the audit. */
  readonly name: string;
  readonly approvers: readonly string[];
  /** How many different people. */
  readonly approvalsNeeded: number;
  /** The requester may go alone with a typed reason, announced and marked in the audit. */
  readonly breakGlass: boolean;
};

/** Where a command line was used: login name and host name, as the operating system has them. */
export type Shell = { readonly login: string; readonly host: string };

/** A plan put to approval. Everything that a decision rests on is here, not in a button. */
export type ActionRequest = {
  /** `req_...`, opaque and unguessable: the only thing that a button carries. */
  readonly id: string;
  readonly incidentId: string;
  readonly actionId: string;
  readonly target: Target;
  /** As the requester gave them: what planning anew starts from. */
  readonly askedParams: Readonly<Record<string, Json>>;
  readonly plan: Plan;
  /** SHA-256, hex, of actionId, target and the plan's scope. */
  readonly planHash: string;
  /** Slack user id. */
  readonly requestedBy: string;
  /** Why, in the requester's own words. */
  readonly reason?: string;
  /** Asked for on the command line; absent: in the chat. */
  readonly shell?: Shell;
  readonly policy: FrozenPolicy;
  readonly state: RequestState;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly endedAtMs?: number;
  /** Why it ended so, for people. */
  readonly outcome?: string;
  readonly supersededBy?: string;
};

/** One person's word on a request; a person has one word per request. */
export type Decision = {
  readonly requestId: string;
  readonly userId: string;
  readonly kind: "approve" | "deny" | "break-glass";
  readonly reason?: string;
  readonly atMs: number;
};

/** One execution of a request; a request has at most one. */
export type Run = {
  /** `run_...`, the mark that an act leaves on its target where it can. */
  readonly id: string;
  readonly requestId: string;
  /** Committed before apply. Absent: nothing has been done. */
  readonly begunAtMs?: number;
  /** The plan as made at execution, with fresh readings. */
  readonly plan?: Plan;
  /** How far a long act has come. */
  readonly checkpoint?: Json;
  readonly endedAtMs?: number;
  readonly observation?: Observation;
  readonly verification?: Verification;
};

/** An action advised by a finding or by an ended run (the way back), before anyone asked for it. */
export type Offer = {
  /** `off_...`, opaque: what the report's button carries. */
  readonly id: string;
  readonly incidentId: string;
  readonly actionId: string;
  readonly target: Target;
  readonly params: Readonly<Record<string, Json>>;
  readonly createdAtMs: number;
};

/** Held while something is done to a target; seen by all, released by an admin in need. */
export type Lease = {
  readonly targetKey: string;
  /** Run id and executing process: `run_x/proc_y`. */
  readonly owner: string;
  readonly requestId: string;
  readonly incidentId: string;
  readonly acquiredAtMs: number;
  readonly expiresAtMs: number;
};

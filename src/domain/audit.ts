import type { Actor } from "./actor.ts";
import type { Json } from "./json.ts";

export type AuditKind =
  | "incident-opened"
  | "incident-joined"
  | "incident-reopened"
  | "incident-resolved"
  | "investigation-finished"
  | "action-requested"
  | "action-refused"
  | "decision-approved"
  | "decision-denied"
  | "decision-refused"
  | "break-glass"
  | "request-expired"
  | "request-superseded"
  | "request-cancelled"
  | "run-begun"
  | "run-observed"
  | "run-ended"
  | "lease-released"
  | "silence-set"
  | "silence-ended"
  | "incident-unattended"
  | "incident-attended"
  | "freeze-on"
  | "freeze-off"
  | "delivery-failed"
  | "escalated"
  | "escalation-failed"
  | "command-line-act";

export type NewAuditEntry = {
  readonly kind: AuditKind;
  readonly actor: Actor;
  readonly atMs: number;
  readonly incidentId?: string;
  readonly requestId?: string;
  /** Facts without secrets. */
  readonly detail: Readonly<Record<string, Json>>;
};

/** Append-only; each entry's hash covers its content and the hash before it. */
export type AuditEntry = NewAuditEntry & {
  /** 1, 2, 3 ... without gaps. */
  readonly seq: number;
  /** SHA-256 hex of the entry before, 64 zeros for the first. */
  readonly previousHash: string;
  readonly hash: string;
};

export type AuditVerification =
  | { readonly kind: "intact"; readonly entries: number; readonly head: string }
  | { readonly kind: "broken"; readonly atSeq: number; readonly because: string };

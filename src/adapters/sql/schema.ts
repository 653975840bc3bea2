import { z } from "zod";
import {
  REQUEST_TRANSITIONS,
  type ActionRequest,
  type Decision,
  type Lease,
  type Offer,
  type RequestState,
  type Run,
  type Shell,
} from "../../domain/action-request.ts";
import { ALERT_CLASSES, ALERT_SOURCES, SEVERITIES } from "../../domain/alert.ts";
import type { Actor } from "../../domain/actor.ts";
import type { AuditEntry, AuditKind } from "../../domain/audit.ts";
import type { Delivery } from "../../domain/delivery.ts";
import type { Evidence } from "../../domain/evidence.ts";
import { given } from "../../domain/given.ts";
import { INCIDENT_TRANSITIONS, PROBLEMS, type Incident, type IncidentEvent, type IncidentState } from "../../domain/incident.ts";
import type { Investigation } from "../../domain/investigation.ts";
import type { Freeze, HeardCount } from "../../ports/store.ts";
import { StoredDiagnosis, StoredFailure } from "./diagnosis/schema.ts";
import { StoredClaim, StoredLabels } from "./heard/schema.ts";
import { json } from "./json/schema.ts";
import { StoredMessage } from "./message/schema.ts";
import { params, StoredObservation, StoredPlan, StoredTarget, StoredTrait, StoredVerification } from "./plan/schema.ts";

/*
 * Rows as they are read: decode.ts has put the column names into camel case and left out the nulls. Each schema gives
 * the domain's own type, or says which column is not what it should be.
 */

const ms = z.int();
const count = z.int().nonnegative();

const StoredActor = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("user"), id: z.string() }),
  z.object({ kind: z.literal("alert"), source: z.string() }),
  z.object({ kind: z.literal("cli"), login: z.string() }),
  z.object({ kind: z.literal("oomph") }),
]) satisfies z.ZodType<Actor>;

export const IncidentSchema = z.object({
  id: z.string(),
  fingerprint: z.string(),
  target: json(StoredTarget),
  problem: z.enum(PROBLEMS),
  state: z.custom<IncidentState>((value) => isKeyOf(INCIDENT_TRANSITIONS, value), "expected a state of an incident"),
  channel: z.string(),
  rootTs: z.string().exactOptional(),
  postTs: z.string().exactOptional(),
  openedBy: json(StoredActor),
  openedAtMs: ms,
  lastSeenAtMs: ms,
  timesSeen: count,
  severity: z.enum(SEVERITIES).exactOptional(),
  stormId: z.string().exactOptional(),
  traits: json(z.array(StoredTrait)).exactOptional(),
  labels: json(StoredLabels).exactOptional(),
  resolvedAtMs: ms.exactOptional(),
}) satisfies z.ZodType<Incident>;

const said = z.string().exactOptional();

const Identity = json(z.object({ name: said, pod: said, container: said, instance: said, severity: said }));

export const FiringSchema = z.object({ fires: Identity });

export const HeardKindSchema = z
  .object({ class: z.enum(ALERT_CLASSES), fires: Identity.exactOptional(), lastAtMs: z.coerce.number(), isOver: z.coerce.number() })
  .transform(({ class: kind, fires, lastAtMs, isOver }) => ({
    class: kind,
    lastAtMs,
    isOver: isOver === 1,
    ...given({ name: fires?.name }),
  }));

export const HeardCountSchema = z.object({
  source: z.enum(ALERT_SOURCES),
  count: z.coerce.number(),
  firstAtMs: z.coerce.number(),
  lastAtMs: z.coerce.number(),
}) satisfies z.ZodType<HeardCount>;

export const IncidentEventSchema = z.object({
  incidentId: z.string(),
  atMs: ms,
  actor: json(StoredActor),
  says: z.string(),
}) satisfies z.ZodType<IncidentEvent>;

export const InvestigationSchema = z.object({
  id: z.string(),
  incidentId: z.string(),
  runbookId: z.string(),
  target: json(StoredTarget),
  sinceMs: ms.exactOptional(),
  alert: json(StoredClaim).exactOptional(),
  isCheckUp: z
    .int()
    .transform((value) => value === 1)
    .exactOptional(),
  state: z.enum(["queued", "running", "done", "failed"]),
  startedAtMs: ms,
  endedAtMs: ms.exactOptional(),
  diagnosis: json(StoredDiagnosis).exactOptional(),
  failures: json(z.array(StoredFailure)),
  because: z.string().exactOptional(),
}) satisfies z.ZodType<Investigation>;

export const EvidenceSchema = z.object({
  id: z.string(),
  step: z.string(),
  collectedAtMs: ms,
  tookMs: ms,
  source: z.string(),
  data: json(z.json()),
}) satisfies z.ZodType<Evidence>;

export const OfferSchema = z.object({
  id: z.string(),
  incidentId: z.string(),
  actionId: z.string(),
  target: json(StoredTarget),
  params: json(params),
  createdAtMs: ms,
}) satisfies z.ZodType<Offer>;

const StoredPolicy = z.object({
  name: z.string(),
  approvers: z.array(z.string()),
  approvalsNeeded: count,
  breakGlass: z.boolean(),
});

const StoredShell = z.object({ login: z.string(), host: z.string() }) satisfies z.ZodType<Shell>;

export const ActionRequestSchema = z.object({
  id: z.string(),
  incidentId: z.string(),
  actionId: z.string(),
  target: json(StoredTarget),
  askedParams: json(params),
  plan: json(StoredPlan),
  planHash: z.string(),
  requestedBy: z.string(),
  reason: z.string().exactOptional(),
  shell: json(StoredShell).exactOptional(),
  policy: json(StoredPolicy),
  state: z.custom<RequestState>((value) => isKeyOf(REQUEST_TRANSITIONS, value), "expected a state of an action request"),
  createdAtMs: ms,
  expiresAtMs: ms,
  endedAtMs: ms.exactOptional(),
  outcome: z.string().exactOptional(),
  supersededBy: z.string().exactOptional(),
}) satisfies z.ZodType<ActionRequest>;

export const DecisionSchema = z.object({
  requestId: z.string(),
  userId: z.string(),
  kind: z.enum(["approve", "deny", "break-glass"]),
  reason: z.string().exactOptional(),
  atMs: ms,
}) satisfies z.ZodType<Decision>;

export const RunSchema = z.object({
  id: z.string(),
  requestId: z.string(),
  begunAtMs: ms.exactOptional(),
  plan: json(StoredPlan).exactOptional(),
  checkpoint: json(z.json()).exactOptional(),
  endedAtMs: ms.exactOptional(),
  observation: json(StoredObservation).exactOptional(),
  verification: json(StoredVerification).exactOptional(),
}) satisfies z.ZodType<Run>;

export const LeaseSchema = z.object({
  targetKey: z.string(),
  owner: z.string(),
  requestId: z.string(),
  incidentId: z.string(),
  acquiredAtMs: ms,
  expiresAtMs: ms,
}) satisfies z.ZodType<Lease>;

export const DeliverySchema = z.object({
  id: z.string(),
  slot: z.string(),
  incidentId: z.string().exactOptional(),
  channel: z.string(),
  thread: json(z.union([z.object({ ts: z.string() }), z.object({ slot: z.string() })])).exactOptional(),
  content: json(
    z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("message"), message: StoredMessage }),
      z.object({ kind: z.literal("mark"), ts: z.string(), mark: z.enum(["open", "over"]) }),
      z.object({ kind: z.literal("file"), name: z.string(), title: z.string(), base64: z.string() }),
    ]),
  ),
  revision: count,
  sentRevision: count,
  ts: z.string().exactOptional(),
  state: z.enum(["due", "sent", "failed"]),
  priority: z.literal([1, 2, 3]),
  attempts: count,
  nextAttemptAtMs: ms,
  firstAttemptAtMs: ms.exactOptional(),
  tryingSinceMs: ms.exactOptional(),
  claimedUntilMs: ms.exactOptional(),
  lastError: z.string().exactOptional(),
  onBehalfOf: z.string().exactOptional(),
}) satisfies z.ZodType<Delivery>;

// Written out so that the compiler tells when the domain gets another kind.
const KINDS = {
  "incident-opened": "incident-opened",
  "incident-joined": "incident-joined",
  "incident-reopened": "incident-reopened",
  "incident-resolved": "incident-resolved",
  "investigation-finished": "investigation-finished",
  "action-requested": "action-requested",
  "action-refused": "action-refused",
  "decision-approved": "decision-approved",
  "decision-denied": "decision-denied",
  "decision-refused": "decision-refused",
  "break-glass": "break-glass",
  "request-expired": "request-expired",
  "request-superseded": "request-superseded",
  "request-cancelled": "request-cancelled",
  "run-begun": "run-begun",
  "run-observed": "run-observed",
  "run-ended": "run-ended",
  "lease-released": "lease-released",
  "silence-set": "silence-set",
  "silence-ended": "silence-ended",
  "incident-unattended": "incident-unattended",
  "incident-attended": "incident-attended",
  "freeze-on": "freeze-on",
  "freeze-off": "freeze-off",
  "delivery-failed": "delivery-failed",
  escalated: "escalated",
  "escalation-failed": "escalation-failed",
  "command-line-act": "command-line-act",
} satisfies { readonly [Kind in AuditKind]: Kind };

export const AuditEntrySchema = z.object({
  seq: z.int().positive(),
  kind: z.enum(KINDS),
  actor: json(StoredActor),
  atMs: ms,
  incidentId: z.string().exactOptional(),
  requestId: z.string().exactOptional(),
  detail: json(params),
  previousHash: z.string(),
  hash: z.string(),
}) satisfies z.ZodType<AuditEntry>;

export const FreezeSchema = z.object({
  value: json(z.object({ on: z.boolean(), by: z.string(), atMs: ms, reason: z.string().exactOptional() }) satisfies z.ZodType<Freeze>),
});

function isKeyOf(states: object, value: unknown): boolean {
  return typeof value === "string" && Object.hasOwn(states, value);
}

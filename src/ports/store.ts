import type { ActionRequest, Decision, Lease, Offer, RequestState, Run } from "../domain/action-request.ts";
import type { Alert, Severity } from "../domain/alert.ts";
import type { AlertIdentity } from "../domain/alert-identity.ts";
import type { AuditEntry, AuditVerification, NewAuditEntry } from "../domain/audit.ts";
import type { Delivery, Saying } from "../domain/delivery.ts";
import type { Escalation, Raising } from "../domain/escalation.ts";
import type { Evidence } from "../domain/evidence.ts";
import type { Incident, IncidentEvent, IncidentState } from "../domain/incident.ts";
import type { Investigation } from "../domain/investigation.ts";
import type { Json } from "../domain/json.ts";
import type { MemoryReading } from "../domain/memory.ts";
import type { MemberAlert, Storm, StormMember } from "../domain/storm.ts";
import type { WatchedTarget } from "../domain/watch.ts";
import type { EndedTable } from "./ended-table.ts";
import type { StrayTable } from "./stray-table.ts";
import type { AttentionTable, HushedTable, SilenceTable } from "./quiet-tables.ts";

/**
 * Everything that outlives a process. Every method throws OomphError `store-unavailable` (retryable) when the database
 * is away, locked for longer than the configured wait, or read-only. A method called on the Store itself is one
 * transaction; `transaction` makes one of several, and rolls all of them back when `work` throws.
 */
export type Store = Tables & {
  transaction<Result>(work: (tables: Tables) => Promise<Result>): Promise<Result>;
  /** A write that leaves nothing: throws where only reading is possible. */
  ping(): Promise<void>;
  close(): Promise<void>;
};

export type Tables = {
  readonly incidents: IncidentTable;
  readonly investigations: InvestigationTable;
  readonly evidence: EvidenceTable;
  readonly offers: OfferTable;
  readonly requests: RequestTable;
  readonly runs: RunTable;
  readonly leases: LeaseTable;
  readonly outbox: OutboxTable;
  readonly heard: HeardTable;
  readonly ended: EndedTable;
  readonly storms: StormTable;
  readonly strays: StrayTable;
  readonly silences: SilenceTable;
  readonly hushed: HushedTable;
  readonly attention: AttentionTable;
  readonly escalations: EscalationTable;
  readonly readings: ReadingTable;
  readonly watched: WatchedTable;
  readonly cursors: CursorTable;
  readonly audit: AuditTable;
  readonly settings: SettingTable;
};

export type IncidentTable = {
  /**
   * Opens incidents, each fingerprint given once, or joins the unresolved one with the same fingerprint (its `timesSeen` and
   * `lastSeenAtMs` move on), or reopens one that was resolved within `reopenWithinMs` before the candidate's `openedAtMs`.
   * Racing callers get one incident. In the order of the candidates.
   */
  openOrJoin(candidates: readonly Incident[], reopenWithinMs: number): Promise<readonly OpenedOrJoined[]>;
  /** Those of these fingerprints, each given once, that are not resolved: reported `times` more often, the last time at `atMs`. */
  join(fingerprints: readonly string[], report: { readonly times: number; readonly atMs: number }): Promise<readonly Incident[]>;
  get(id: string): Promise<Incident | undefined>;
  /** The one that is not resolved, of which there is at most one. */
  unresolved(fingerprint: string): Promise<Incident | undefined>;
  /** The newest that is resolved, however long ago. */
  lastResolved(fingerprint: string): Promise<Incident | undefined>;
  /** Newest first. */
  list(filter: { readonly states?: readonly IncidentState[]; readonly limit: number }): Promise<readonly Incident[]>;
  /** One conditional update; false: it was in none of the `from` states. */
  transition(id: string, from: readonly IncidentState[], to: IncidentState, atMs: number): Promise<boolean>;
  /** With threads of their own, opened by no person at `sinceMs` or later, newest first. */
  openedAlone(sinceMs: number): Promise<readonly Incident[]>;
  /**
   * May its thread be told now that it was reported again? True at most once in `lapseMs`; what is reported meanwhile is
   * found by `untold`.
   */
  mayTell(id: string, at: { readonly nowMs: number; readonly lapseMs: number }): Promise<boolean>;
  /** Unresolved, with a thread of their own that has not been told of all reports, last told before `beforeMs`. */
  untold(beforeMs: number, limit: number): Promise<readonly Incident[]>;
  /** How bad the worst alert of it was since it was opened; null: none said. */
  setSeverity(id: string, severity: Severity | null): Promise<void>;
  /** By the alert's post or by the posted root. */
  findByThread(channel: string, threadTs: string): Promise<Incident | undefined>;
  /** Are all resolved that this post has opened? */
  isPostOver(channel: string, postTs: string): Promise<boolean>;
  note(...events: readonly IncidentEvent[]): Promise<void>;
  /** Oldest first. */
  timeline(incidentId: string): Promise<readonly IncidentEvent[]>;
  /** Of all alerts that were heard of each. */
  setLabels(labelled: readonly Required<Pick<Incident, "id" | "labels">>[]): Promise<void>;
  /**
   * Opened by alerts, nobody at work on them, not seen for `quietMs`, and not looked at lately whether they are over: the longest
   * unseen first.
   */
  dueCheckUp(due: { readonly nowMs: number; readonly quietMs: number; readonly limit: number }): Promise<readonly Incident[]>;
  /** One conditional update: looked at `nowMs`, and not again before `nextMs`. False: somebody else has. */
  checkedUp(id: string, at: { readonly nowMs: number; readonly nextMs: number }): Promise<boolean>;
};

export type OpenedOrJoined = { readonly kind: "opened" | "joined" | "reopened"; readonly incident: Incident };

/** Storms, and the incidents in them. */
export type StormTable = {
  begin(storm: Storm): Promise<void>;
  get(id: string): Promise<Storm | undefined>;
  /** In the order of beginning. */
  active(): Promise<readonly Storm[]>;
  /** False: it was over already. */
  end(id: string, atMs: number): Promise<boolean>;
  /** From now on these incidents are told in their storms' threads, and wait to be looked into. */
  join(members: readonly JoiningMember[], atMs: number): Promise<void>;
  /** Of no member, or one that no alert brought: nothing. */
  alertOf(incidentId: string): Promise<MemberAlert>;
  /** A worse one. */
  setAlert(incidentId: string, alert: MemberAlert): Promise<void>;
  /** A member was reported again: the storm goes on, also one that was over. */
  stir(id: string, atMs: number): Promise<void>;
  /** In the order of joining, those with threads of their own too. */
  members(stormId: string): Promise<readonly StormMember[]>;
  member(incidentId: string): Promise<StormMember | undefined>;
  /** One of those that are told in this thread and are not resolved. */
  memberByThread(channel: string, threadTs: string): Promise<Incident | undefined>;
  /** Its turn has come. False: it had come already. */
  lookedInto(incidentId: string, investigationId: string): Promise<boolean>;
  /** What looking into it came to. */
  found(incidentId: string, headline: string): Promise<void>;
  /** May its report be posted below the storm, of which `most` are? */
  reply(incidentId: string, budget: { readonly stormId: string; readonly most: number }): Promise<boolean>;
  /** From now on it has a thread of its own. False: it has one already. */
  takeOut(incidentId: string): Promise<boolean>;
};

export type JoiningMember = Pick<StormMember, "incidentId" | "stormId" | "runbookId"> & { readonly alert: MemberAlert };

/** Alerts that were counted into incidents, each once. */
export type HeardTable = {
  has(key: string): Promise<boolean>;
  /** Which of these are there, and since when each is over; undefined: it is not, as far as is known. */
  known(keys: readonly string[]): Promise<ReadonlyMap<string, number | undefined>>;
  /** How many of these keys, each given once, were not there. One that was over fires again, of the incident that is named now. */
  add(heard: readonly HeardAlert[]): Promise<number>;
  /** Alerts of an incident that have not ended, each once. */
  firing(incidentId: string): Promise<readonly AlertIdentity[]>;
  end(incidentId: string, alerts: readonly AlertIdentity[], atMs: number): Promise<void>;
  /** By source, in the order of their names. */
  counts(incidentId: string): Promise<readonly HeardCount[]>;
  /** What kinds of alerts were heard of it, each once with its last time. */
  kinds(incidentId: string): Promise<readonly HeardKind[]>;
  /** Forgets what was heard before; how many. */
  forget(beforeMs: number): Promise<number>;
};

export type HeardAlert = Pick<Alert, "source" | "class" | "severity"> & {
  readonly key: string;
  readonly incidentId: string;
  readonly atMs: number;
  /** Its sender will say when it is over. */
  readonly fires?: AlertIdentity;
};

/** `name` is in small letters, and absent of alerts that are never over; `isOver`: its sender has called over all that were heard. */
export type HeardKind = Pick<Alert, "class"> & { readonly name?: string; readonly lastAtMs: number; readonly isOver: boolean };

export type HeardCount = {
  readonly source: Alert["source"];
  readonly count: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
};

export type InvestigationTable = {
  create(investigation: Investigation): Promise<void>;
  get(id: string): Promise<Investigation | undefined>;
  /** Newest first. */
  ofIncident(incidentId: string): Promise<readonly Investigation[]>;
  /** The newest of each of these incidents. Not one that only looks whether it is over, as in `isUnderway`. */
  newest(incidentIds: readonly string[]): Promise<readonly Investigation[]>;
  /** Conditional on not having ended; false: it had. */
  update(
    id: string,
    change: Partial<Pick<Investigation, "state" | "startedAtMs" | "endedAtMs" | "diagnosis" | "failures" | "because">>,
  ): Promise<boolean>;
  /** Is one of the incident queued or running? */
  isUnderway(incidentId: string): Promise<boolean>;
  /** Queued or running since before `startedBeforeMs`. */
  unfinished(startedBeforeMs: number): Promise<readonly Investigation[]>;
};

export type EvidenceTable = {
  add(investigationId: string, evidence: Evidence): Promise<void>;
  /** In the order of collection. */
  ofInvestigation(investigationId: string): Promise<readonly Evidence[]>;
};

export type OfferTable = {
  add(offers: readonly Offer[]): Promise<void>;
  get(id: string): Promise<Offer | undefined>;
  ofIncident(incidentId: string): Promise<readonly Offer[]>;
};

export type RequestTable = {
  create(request: ActionRequest): Promise<void>;
  get(id: string): Promise<ActionRequest | undefined>;
  /** Newest first. */
  list(filter: {
    readonly states?: readonly RequestState[];
    readonly incidentId?: string;
    readonly limit: number;
  }): Promise<readonly ActionRequest[]>;
  /** One conditional update; false: somebody else was faster. `executing` and on: `atMs` is not an end. */
  transition(
    id: string,
    from: readonly RequestState[],
    to: RequestState,
    change: { readonly atMs: number; readonly outcome?: string; readonly supersededBy?: string },
  ): Promise<boolean>;
  /**
   * Like `transition` from `pending` to `approved`, and only where `expiresAtMs` is after `atMs` and enough different
   * people have approved (or one broke the glass): decided inside the database, in the same statement.
   */
  approveIfAgreed(id: string, atMs: number): Promise<boolean>;
  /** Pending or approved, and due to expire at or before `atMs`. */
  due(atMs: number): Promise<readonly ActionRequest[]>;
  /** False: this person has had their word on this request. */
  decide(decision: Decision): Promise<boolean>;
  decisions(requestId: string): Promise<readonly Decision[]>;
};

export type RunTable = {
  /** The run of a request; made when there is none. Racing callers get one run. */
  ofRequest(requestId: string, newId: string): Promise<Run>;
  get(id: string): Promise<Run | undefined>;
  /** The run of a request, where there is one: only looks. */
  find(requestId: string): Promise<Run | undefined>;
  /** Sets begunAtMs and plan where begunAtMs was empty; false: it had begun already. */
  begin(id: string, change: Required<Pick<Run, "begunAtMs" | "plan">>): Promise<boolean>;
  checkpoint(id: string, checkpoint: Json): Promise<void>;
  end(id: string, change: Pick<Run, "endedAtMs" | "observation" | "verification">): Promise<void>;
};

export type LeaseTable = {
  /** Free, expired, or already the owner's own: acquired. */
  acquire(lease: Lease, nowMs: number): Promise<{ readonly kind: "acquired" } | { readonly kind: "held"; readonly lease: Lease }>;
  /** False: it is not this owner's any more. */
  renew(targetKey: string, owner: string, expiresAtMs: number): Promise<boolean>;
  /** Only the owner's own. */
  release(targetKey: string, owner: string): Promise<void>;
  /** Whoever holds it; undefined: nobody did. */
  forceRelease(targetKey: string): Promise<Lease | undefined>;
  /** Held ones, expired ones too. */
  list(): Promise<readonly Lease[]>;
};

export type OutboxTable = {
  /**
   * Makes a slot's message, or gives it new content (revision + 1, due again, attempts from zero). A file or mark is sent
   * once. Returns the delivery's id.
   */
  say(saying: Saying, newId: string, nowMs: number): Promise<string>;
  get(id: string): Promise<Delivery | undefined>;
  bySlot(slot: string): Promise<Delivery | undefined>;
  /** One sender at a time: false when another holds an unexpired claim or nothing is due. */
  claim(id: string, untilMs: number, nowMs: number): Promise<boolean>;
  /** Slack has `revision`; due again at once when there is a newer one. Ends the claim. */
  sent(id: string, posted: { readonly ts?: string; readonly revision: number }): Promise<void>;
  /** Try again at `nextAttemptAtMs`; ends the claim. `countAttempt` false: the wait is not the message's fault. */
  postpone(id: string, change: { readonly nextAttemptAtMs: number; readonly error: string; readonly countAttempt: boolean }): Promise<void>;
  /** Ends it, and the claim. False: it has ended already, or says something newer than `revision`, which is still due. */
  fail(id: string, refused: { readonly revision: number; readonly error: string }): Promise<boolean>;
  /** Due at or before `nowMs` and not claimed: most urgent first, then oldest. */
  due(nowMs: number, limit: number): Promise<readonly Delivery[]>;
  ofIncident(incidentId: string): Promise<readonly Delivery[]>;
  /** Those whose slot begins so. Looks through all that there are: not for what is asked often. */
  under(slotBeginning: string): Promise<readonly Delivery[]>;
  /** Due, in the thread of a root by its slot. */
  dueBelow(rootSlot: string): Promise<readonly Delivery[]>;
  counts(): Promise<Readonly<Record<Delivery["state"], number>>>;
};

export type EscalationTable = {
  /**
   * Raises something that is to be told outside the chat. What has its incident, kind and key is the same again: it is
   * counted and takes the newest words. A mail that was sent is told once; an issue is due again, no sooner than
   * `updateEveryMs` after it was last sent. What had failed is due again at once. Returns its id.
   */
  raise(raising: Raising, how: { readonly newId: string; readonly nowMs: number; readonly updateEveryMs: number }): Promise<string>;
  get(id: string): Promise<Escalation | undefined>;
  /** In the order of being raised. */
  ofIncident(incidentId: string): Promise<readonly Escalation[]>;
  /**
   * One sender at a time for all of an incident's of a kind, in the order of being raised: false when another holds an
   * unexpired claim, when an earlier one is waiting or being retried, or when nothing is due.
   */
  claim(id: string, untilMs: number, nowMs: number): Promise<boolean>;
  /** It has arrived. An issue raised again meanwhile (`times` has grown) is due again at `nextUpdateAtMs`. Ends the claim. */
  sent(id: string, arrived: EscalationArrival): Promise<void>;
  /** Try again at `nextAttemptAtMs`; ends the claim. What is absent stays. */
  postpone(
    id: string,
    change: { readonly nextAttemptAtMs: number; readonly error: string } & Pick<Partial<Escalation>, "told" | "reached">,
  ): Promise<void>;
  fail(id: string, error: string): Promise<void>;
  /** What can be claimed now, the longest due first. */
  due(nowMs: number, limit: number): Promise<readonly Escalation[]>;
};

export type EscalationArrival = Pick<Escalation, "times" | "reached"> & {
  readonly atMs: number;
  readonly nextUpdateAtMs: number;
} & Pick<Partial<Escalation>, "externalId" | "externalUrl">;

/** Readings of the watch. */
export type ReadingTable = {
  /** A reading of a target and time that there is already is left as it is. */
  add(readings: readonly { readonly targetKey: string; readonly reading: MemoryReading }[]): Promise<void>;
  /** Oldest first, from `sinceMs` on. */
  of(targetKey: string, sinceMs: number): Promise<readonly MemoryReading[]>;
  /** Of what is older than `beforeMs` only `kept` stays. */
  thin(targetKey: string, beforeMs: number, kept: readonly MemoryReading[]): Promise<void>;
};

/** How watched targets stand. */
export type WatchedTable = {
  get(readingKey: string): Promise<WatchedTarget | undefined>;
  /** Those seen at `seenSinceMs` or later. */
  list(seenSinceMs: number): Promise<readonly WatchedTarget[]>;
  /** Those of one owner, by its target key: of a workload each container of each pod. */
  ofOwner(targetKey: string): Promise<readonly WatchedTarget[]>;
  put(watched: readonly WatchedTarget[]): Promise<void>;
  /** Forgets targets not seen since, with their readings; how many. */
  forget(seenBeforeMs: number): Promise<number>;
};

/** How far a stream of events has been followed: the time of the newest, and which of that time have been seen. */
export type EventCursor = { readonly atNs: string; readonly seen: readonly string[] };

export type CursorTable = {
  get(source: string): Promise<EventCursor | undefined>;
  set(source: string, cursor: EventCursor): Promise<void>;
};

export type AuditTable = {
  /** Several in this order. The last of them, as it stands there. */
  append(entry: NewAuditEntry, ...more: readonly NewAuditEntry[]): Promise<AuditEntry>;
  /** Newest first. */
  list(filter: { readonly incidentId?: string; readonly limit: number }): Promise<readonly AuditEntry[]>;
  /** Recomputes the whole chain. With `head`: also that this hash is in it, which shows a cut tail. */
  verify(head?: string): Promise<AuditVerification>;
};

export type SettingTable = {
  get(key: "freeze"): Promise<Freeze | undefined>;
  set(key: "freeze", value: Freeze): Promise<void>;
};

/** The kill switch: nothing is executed while on. */
export type Freeze = { readonly on: boolean; readonly by: string; readonly atMs: number; readonly reason?: string };

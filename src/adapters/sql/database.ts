import type { Generated } from "kysely";
import type {
  AttentionRow,
  EndedRow,
  HeardRow,
  HushedRow,
  SilenceRow,
  StormMemberRow,
  StormRow,
  StrayAlertRow,
  StrayRow,
} from "./alert-rows.ts";
import type { JsonText } from "./json-text.ts";

/**
 * The tables as they are stored: snake case, times in ms since 1970, JSON as text, null where a value is absent.
 * `position` counts up with each insert and settles the order of what has the same time.
 */
export type Database = {
  incidents: IncidentRow;
  incident_events: IncidentEventRow;
  investigations: InvestigationRow;
  evidence: EvidenceRow;
  offers: OfferRow;
  action_requests: ActionRequestRow;
  decisions: DecisionRow;
  runs: RunRow;
  heard: HeardRow;
  ended: EndedRow;
  storms: StormRow;
  storm_members: StormMemberRow;
  strays: StrayRow;
  stray_alerts: StrayAlertRow;
  silences: SilenceRow;
  hushed: HushedRow;
  attention: AttentionRow;
  leases: LeaseRow;
  outbox: OutboxRow;
  escalations: EscalationRow;
  readings: ReadingRow;
  watched: WatchedRow;
  event_cursors: EventCursorRow;
  audit: AuditRow;
  settings: SettingRow;
  migrations: MigrationRow;
};

type IncidentRow = {
  position: Generated<number>;
  id: string;
  fingerprint: string;
  target: JsonText;
  problem: string;
  state: string;
  channel: string;
  root_ts: string | null;
  post_ts: string | null;
  opened_by: JsonText;
  opened_at_ms: number;
  last_seen_at_ms: number;
  times_seen: number;
  severity: string | null;
  storm_id: string | null;
  traits: JsonText | null;
  labels: JsonText | null;
  told_times: Generated<number>;
  told_at_ms: Generated<number>;
  check_up_at_ms: Generated<number | null>;
  resolved_at_ms: number | null;
};

type IncidentEventRow = {
  position: Generated<number>;
  incident_id: string;
  at_ms: number;
  actor: JsonText;
  says: string;
};

type InvestigationRow = {
  position: Generated<number>;
  id: string;
  incident_id: string;
  runbook_id: string;
  target: JsonText;
  since_ms: number | null;
  alert: JsonText | null;
  /** 1: it looks whether the incident is over. */
  is_check_up: number | null;
  state: string;
  started_at_ms: number;
  ended_at_ms: number | null;
  diagnosis: JsonText | null;
  failures: JsonText;
  because: string | null;
};

type EvidenceRow = {
  position: Generated<number>;
  id: string;
  investigation_id: string;
  step: string;
  collected_at_ms: number;
  took_ms: number;
  source: string;
  data: JsonText;
};

type OfferRow = {
  position: Generated<number>;
  id: string;
  incident_id: string;
  action_id: string;
  target: JsonText;
  params: JsonText;
  created_at_ms: number;
};

type ActionRequestRow = {
  position: Generated<number>;
  id: string;
  incident_id: string;
  action_id: string;
  target: JsonText;
  asked_params: JsonText;
  plan: JsonText;
  plan_hash: string;
  requested_by: string;
  reason: string | null;
  shell: JsonText | null;
  policy: JsonText;
  /** The policy's number again, where a statement can count against it. */
  approvals_needed: number;
  state: string;
  created_at_ms: number;
  expires_at_ms: number;
  ended_at_ms: number | null;
  outcome: string | null;
  superseded_by: string | null;
};

type DecisionRow = {
  position: Generated<number>;
  request_id: string;
  user_id: string;
  kind: string;
  reason: string | null;
  at_ms: number;
};

type RunRow = {
  id: string;
  request_id: string;
  begun_at_ms: number | null;
  plan: JsonText | null;
  checkpoint: JsonText | null;
  ended_at_ms: number | null;
  observation: JsonText | null;
  verification: JsonText | null;
};

type LeaseRow = {
  target_key: string;
  owner: string;
  request_id: string;
  incident_id: string;
  acquired_at_ms: number;
  expires_at_ms: number;
};

type OutboxRow = {
  position: Generated<number>;
  id: string;
  slot: string;
  incident_id: string | null;
  channel: string;
  thread: JsonText | null;
  content: JsonText;
  revision: number;
  sent_revision: number;
  ts: string | null;
  state: string;
  priority: number;
  attempts: number;
  next_attempt_at_ms: number;
  first_attempt_at_ms: number | null;
  trying_since_ms: number | null;
  claimed_until_ms: number | null;
  last_error: string | null;
  on_behalf_of: string | null;
};

type EscalationRow = {
  position: Generated<number>;
  id: string;
  incident_id: string;
  kind: string;
  key: string;
  event: string;
  says: string;
  raised_at_ms: number;
  last_raised_at_ms: number;
  times: number;
  sent_times: number;
  state: string;
  due_since_ms: number;
  attempts: number;
  next_attempt_at_ms: number;
  first_attempt_at_ms: number | null;
  claimed_until_ms: number | null;
  last_error: string | null;
  sent_at_ms: number | null;
  external_id: string | null;
  external_url: string | null;
  reached: JsonText;
  told: string | null;
};

type ReadingRow = {
  target_key: string;
  at_ms: number;
  usage_bytes: number;
  limit_bytes: number | null;
  started_at_ms: number | null;
};

type WatchedRow = { target_key: string; seen_at_ms: number; state: JsonText };

type EventCursorRow = { source: string; cursor: JsonText };

type AuditRow = {
  seq: number;
  kind: string;
  actor: JsonText;
  at_ms: number;
  incident_id: string | null;
  request_id: string | null;
  detail: JsonText;
  previous_hash: string;
  hash: string;
};

type SettingRow = { key: string; value: JsonText };

type MigrationRow = { name: string };

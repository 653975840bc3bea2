import type { Generated } from "kysely";
import type { JsonText } from "./json-text.ts";

// Tables of what was heard, kept quiet and told together, as in `database.ts`.

export type StormRow = {
  position: Generated<number>;
  id: string;
  channel: string;
  trait: JsonText;
  state: string;
  began_at_ms: number;
  last_member_at_ms: number;
  ended_at_ms: number | null;
};

export type StormMemberRow = {
  incident_id: string;
  storm_id: string;
  runbook_id: string;
  alert: JsonText | null;
  joined_at_ms: number;
  investigation_id: string | null;
  headline: string | null;
  /** 1: its report stands below the storm. */
  replied: number;
  /** 1: it has a thread of its own. */
  is_out: number;
};

export type StrayRow = {
  position: Generated<number>;
  id: string;
  channel: string;
  round_ms: number;
  matter: string;
  name: string;
  thread_ts: string | null;
  source: string;
  class: string;
  /** Place among the severities, the worst first; beyond the last: none. */
  severity_rank: number;
  says: string;
  because: string;
  targets: JsonText;
  count: number;
  last_at_ms: number;
  chosen: Generated<JsonText | null>;
  /** 1: what is said of it is as it stands. */
  told: Generated<number>;
};

export type StrayAlertRow = { key: string; at_ms: number };

export type HeardRow = {
  key: string;
  incident_id: string;
  at_ms: number;
  source: string;
  class: string;
  severity: string | null;
  fires: string | null;
  ended_at_ms: number | null;
};

export type EndedRow = {
  position: Generated<number>;
  fingerprint: string;
  alert: JsonText;
  starts_at_ms: number | null;
  at_ms: number;
};

export type SilenceRow = {
  position: Generated<number>;
  id: string;
  what: JsonText;
  /** 1: kills too. */
  kills: number;
  until_ms: number | null;
  by_user: string;
  at_ms: number;
  reason: string | null;
  ended_at_ms: number | null;
  ended_by: string | null;
};

export type HushedRow = {
  key: string;
  by_id: string;
  fingerprint: string | null;
  target: JsonText | null;
  problem: string | null;
  channel: string;
  source: string;
  class: string | null;
  severity: string | null;
  is_kill: number;
  says: string;
  at_ms: number;
  /** 1: somebody has been told of it since. */
  told: number;
};

export type AttentionRow = {
  incident_id: string;
  since_ms: number;
  attended_by: string | null;
  attended_at_ms: number | null;
  mentioned_at_ms: number | null;
  spread_at_ms: number | null;
};

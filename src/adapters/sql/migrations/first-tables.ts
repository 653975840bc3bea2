import type { Dialect, Migration } from "./migration.ts";

/** The tables of the first release. */
export const firstTables: Migration = {
  name: "0001-first-tables",
  statements: (dialect) => [...incidents(dialect), ...actions(dialect), ...outbox(dialect), ...audit(dialect)],
};

function incidents({ integer, position, strict }: Dialect): readonly string[] {
  return [
    `create table incidents (
      position ${position},
      id text not null unique,
      fingerprint text not null,
      target text not null,
      problem text not null,
      state text not null,
      channel text not null,
      root_ts text,
      opened_by text not null,
      opened_at_ms ${integer} not null,
      last_seen_at_ms ${integer} not null,
      times_seen ${integer} not null,
      resolved_at_ms ${integer}
    )${strict}`,
    "create unique index incidents_one_unresolved on incidents (fingerprint) where state <> 'resolved'",
    "create index incidents_by_fingerprint on incidents (fingerprint, resolved_at_ms)",
    "create index incidents_by_root on incidents (channel, root_ts)",
    "create index incidents_by_state on incidents (state, opened_at_ms)",
    `create table incident_events (
      position ${position},
      incident_id text not null references incidents (id),
      at_ms ${integer} not null,
      actor text not null,
      says text not null
    )${strict}`,
    "create index incident_events_by_incident on incident_events (incident_id, at_ms)",
    `create table investigations (
      position ${position},
      id text not null unique,
      incident_id text not null,
      runbook_id text not null,
      target text not null,
      since_ms ${integer},
      state text not null,
      started_at_ms ${integer} not null,
      ended_at_ms ${integer},
      diagnosis text,
      failures text not null,
      because text
    )${strict}`,
    "create index investigations_by_incident on investigations (incident_id, started_at_ms)",
    "create index investigations_unfinished on investigations (started_at_ms) where state in ('queued', 'running')",
    `create table evidence (
      position ${position},
      id text not null unique,
      investigation_id text not null references investigations (id),
      step text not null,
      collected_at_ms ${integer} not null,
      took_ms ${integer} not null,
      source text not null,
      data text not null
    )${strict}`,
    "create index evidence_by_investigation on evidence (investigation_id, position)",
    `create table offers (
      position ${position},
      id text not null unique,
      incident_id text not null,
      action_id text not null,
      target text not null,
      params text not null,
      created_at_ms ${integer} not null
    )${strict}`,
    "create index offers_by_incident on offers (incident_id, position)",
  ];
}

function actions({ integer, position, strict }: Dialect): readonly string[] {
  return [
    `create table action_requests (
      position ${position},
      id text not null unique,
      incident_id text not null,
      action_id text not null,
      target text not null,
      asked_params text not null,
      plan text not null,
      plan_hash text not null,
      requested_by text not null,
      policy text not null,
      approvals_needed ${integer} not null check (approvals_needed >= 1),
      state text not null,
      created_at_ms ${integer} not null,
      expires_at_ms ${integer} not null,
      ended_at_ms ${integer},
      outcome text,
      superseded_by text
    )${strict}`,
    "create index action_requests_by_incident on action_requests (incident_id, created_at_ms)",
    "create index action_requests_by_state on action_requests (state, expires_at_ms)",
    `create table decisions (
      position ${position},
      request_id text not null references action_requests (id),
      user_id text not null,
      kind text not null,
      reason text,
      at_ms ${integer} not null,
      unique (request_id, user_id)
    )${strict}`,
    `create table runs (
      id text primary key,
      request_id text not null unique references action_requests (id),
      begun_at_ms ${integer},
      plan text,
      checkpoint text,
      ended_at_ms ${integer},
      observation text,
      verification text
    )${strict}`,
    `create table leases (
      target_key text primary key,
      owner text not null,
      request_id text not null,
      incident_id text not null,
      acquired_at_ms ${integer} not null,
      expires_at_ms ${integer} not null
    )${strict}`,
    `create table settings (key text primary key, value text not null)${strict}`,
  ];
}

function outbox({ integer, position, strict }: Dialect): readonly string[] {
  return [
    `create table outbox (
      position ${position},
      id text not null unique,
      slot text not null unique,
      incident_id text,
      channel text not null,
      thread text,
      content text not null,
      revision ${integer} not null,
      sent_revision ${integer} not null,
      ts text,
      state text not null,
      priority ${integer} not null,
      attempts ${integer} not null,
      next_attempt_at_ms ${integer} not null,
      first_attempt_at_ms ${integer},
      claimed_until_ms ${integer},
      last_error text,
      on_behalf_of text
    )${strict}`,
    "create index outbox_due on outbox (priority, next_attempt_at_ms) where state = 'due'",
    "create index outbox_by_incident on outbox (incident_id, position)",
    "create index outbox_by_message on outbox (channel, ts)",
  ];
}

function audit({ kind, integer, strict }: Dialect): readonly string[] {
  return [
    `create table audit (
      seq ${integer} primary key,
      kind text not null,
      actor text not null,
      at_ms ${integer} not null,
      incident_id text,
      request_id text,
      detail text not null,
      previous_hash text not null,
      hash text not null
    )${strict}`,
    "create index audit_by_incident on audit (incident_id, seq)",
    ...(kind === "sqlite" ? auditTriggersOfSqlite() : auditTriggersOfPostgres()),
  ];
}

function auditTriggersOfSqlite(): readonly string[] {
  return [
    "create trigger audit_is_not_updated before update on audit begin select raise(abort, 'audit entries are never changed'); end",
    "create trigger audit_is_not_deleted before delete on audit begin select raise(abort, 'audit entries are never deleted'); end",
    // `insert or replace` would delete without asking the trigger above.
    `create trigger audit_is_appended_to before insert on audit
      when new.seq <> (select coalesce(max(seq), 0) + 1 from audit)
      begin select raise(abort, 'audit entries are only added at the end'); end`,
  ];
}

function auditTriggersOfPostgres(): readonly string[] {
  return [
    `create function refuse_audit_change() returns trigger language plpgsql as
      $$ begin raise exception 'audit entries are never changed or deleted'; end $$`,
    "create trigger audit_is_append_only before update or delete or truncate on audit for each statement execute function refuse_audit_change()",
    // Also in a session that says that it only replays changes.
    "alter table audit enable always trigger audit_is_append_only",
  ];
}

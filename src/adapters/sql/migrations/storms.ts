import type { Migration } from "./migration.ts";

/** Storms and who is in them; what incidents share; how many reports of an incident its thread has been told of. */
export const storms: Migration = {
  name: "0006-storms",
  statements: ({ integer, position, strict }) => [
    "alter table incidents add column storm_id text",
    "alter table incidents add column traits text",
    `alter table incidents add column told_times ${integer} not null default 1`,
    `alter table incidents add column told_at_ms ${integer} not null default 0`,
    "create index incidents_by_opening on incidents (opened_at_ms)",
    `create table storms (
      position ${position},
      id text not null unique,
      channel text not null,
      trait text not null,
      state text not null,
      began_at_ms ${integer} not null,
      last_member_at_ms ${integer} not null,
      ended_at_ms ${integer}
    )${strict}`,
    "create index storms_by_state on storms (state)",
    `create table storm_members (
      incident_id text primary key references incidents (id),
      storm_id text not null references storms (id),
      runbook_id text not null,
      joined_at_ms ${integer} not null,
      investigation_id text,
      headline text,
      replied ${integer} not null default 0,
      is_out ${integer} not null default 0
    )${strict}`,
    "create index storm_members_by_storm on storm_members (storm_id)",
  ],
};

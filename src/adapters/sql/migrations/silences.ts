import type { Migration } from "./migration.ts";

/** Silences, what they and quiet hours have kept back, and whether somebody has reacted to an incident. */
export const silences: Migration = {
  name: "0007-silences",
  statements: ({ integer, position, strict }) => [
    `create table silences (
      position ${position},
      id text not null unique,
      what text not null,
      kills ${integer} not null,
      until_ms ${integer},
      by_user text not null,
      at_ms ${integer} not null,
      reason text,
      ended_at_ms ${integer},
      ended_by text
    )${strict}`,
    "create index silences_live on silences (until_ms) where ended_at_ms is null",
    `create table hushed (
      key text primary key,
      by_id text not null,
      fingerprint text,
      target text,
      problem text,
      channel text not null,
      source text not null,
      severity text,
      is_kill ${integer} not null,
      says text not null,
      at_ms ${integer} not null,
      told ${integer} not null
    )${strict}`,
    "create index hushed_untold on hushed (fingerprint) where told = 0",
    "create index hushed_by on hushed (by_id, told)",
    `create table attention (
      incident_id text primary key references incidents (id),
      since_ms ${integer} not null,
      attended_by text,
      attended_at_ms ${integer},
      mentioned_at_ms ${integer},
      spread_at_ms ${integer}
    )${strict}`,
    "create index attention_missing on attention (since_ms) where attended_at_ms is null",
  ],
};

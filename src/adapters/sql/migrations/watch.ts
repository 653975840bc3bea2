import type { Migration } from "./migration.ts";

/** What the watch remembers: readings of memory, how targets stand, and how far events have been followed. */
export const watch: Migration = {
  name: "0003-watch",
  statements: ({ integer, strict }) => [
    `create table readings (
      target_key text not null,
      at_ms ${integer} not null,
      usage_bytes ${integer} not null,
      limit_bytes ${integer},
      started_at_ms ${integer},
      primary key (target_key, at_ms)
    )${strict}`,
    `create table watched (
      target_key text primary key,
      seen_at_ms ${integer} not null,
      state text not null
    )${strict}`,
    `create table event_cursors (
      source text primary key,
      cursor text not null
    )${strict}`,
  ],
};

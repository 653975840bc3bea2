import type { Migration } from "./migration.ts";

/** What alerts name that is not known, and the keys of the alerts that are counted there. */
export const strays: Migration = {
  name: "0011-strays",
  statements: ({ integer, position, strict }) => [
    `create table strays (
      position ${position},
      id text not null unique,
      channel text not null,
      round_ms ${integer} not null,
      matter text not null,
      name text not null,
      thread_ts text,
      source text not null,
      class text not null,
      severity_rank ${integer} not null,
      says text not null,
      because text not null,
      targets text not null,
      count ${integer} not null,
      last_at_ms ${integer} not null,
      chosen text,
      told ${integer} not null default 0,
      unique (channel, round_ms, matter)
    )${strict}`,
    "create index strays_untold on strays (channel, round_ms) where told = 0",
    `create table stray_alerts (
      key text primary key,
      at_ms ${integer} not null
    )${strict}`,
    "create index stray_alerts_by_time on stray_alerts (at_ms)",
  ],
};

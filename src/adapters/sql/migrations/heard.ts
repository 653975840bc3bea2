import type { Migration } from "./migration.ts";

/** What alerts were heard of which incident, each once, and how bad the worst of them was. */
export const heard: Migration = {
  name: "0005-heard",
  statements: ({ integer, strict }) => [
    "alter table incidents add column severity text",
    `create table heard (
      key text primary key,
      incident_id text not null references incidents (id),
      at_ms ${integer} not null,
      source text not null,
      class text not null,
      severity text
    )${strict}`,
    "create index heard_by_incident on heard (incident_id, source)",
    "create index heard_by_time on heard (at_ms)",
  ],
};

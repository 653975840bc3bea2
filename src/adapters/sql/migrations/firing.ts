import type { Migration } from "./migration.ts";

/** Which of the alerts that were heard still fire. */
export const firing: Migration = {
  name: "0008-firing",
  statements: ({ integer }) => [
    "alter table heard add column fires text",
    `alter table heard add column ended_at_ms ${integer}`,
    "create index heard_firing on heard (incident_id) where fires is not null and ended_at_ms is null",
  ],
};

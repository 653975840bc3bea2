import type { Migration } from "./migration.ts";

/** What alerts had as labels and claimed, what was called over, and looks whether an incident is. */
export const ended: Migration = {
  name: "0009-ended",
  statements: ({ integer, position, strict }) => [
    "alter table incidents add column labels text",
    `alter table incidents add column check_up_at_ms ${integer}`,
    "alter table investigations add column alert text",
    `alter table investigations add column is_check_up ${integer}`,
    `create table ended (
      position ${position},
      fingerprint text not null,
      alert text not null,
      starts_at_ms ${integer},
      at_ms ${integer} not null
    )${strict}`,
    "create index ended_of on ended (fingerprint, at_ms)",
  ],
};

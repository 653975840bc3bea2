import type { Migration } from "./migration.ts";

/** Since when what a message should say now is being sent in vain, however long ago its first version was. */
export const trying: Migration = {
  name: "0014-trying",
  statements: ({ integer }) => [`alter table outbox add column trying_since_ms ${integer}`],
};

import type { Migration } from "./migration.ts";

/** Why an action was asked for, and where, when that was a command line. */
export const askedFrom: Migration = {
  name: "0004-asked-from",
  statements: () => ["alter table action_requests add column reason text", "alter table action_requests add column shell text"],
};

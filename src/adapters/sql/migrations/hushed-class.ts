import type { Migration } from "./migration.ts";

/** What kind of alert was kept quiet: by it the runbook is chosen, should somebody ask. */
export const hushedClass: Migration = {
  name: "0012-hushed-class",
  statements: () => ["alter table hushed add column class text"],
};

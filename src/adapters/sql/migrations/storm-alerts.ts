import type { Migration } from "./migration.ts";

/** What the alert says and claims that brought an incident into a storm. */
export const stormAlerts: Migration = {
  name: "0010-storm-alerts",
  statements: () => ["alter table storm_members add column alert text"],
};

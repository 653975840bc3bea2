import type { Kysely } from "kysely";
import type { Database } from "./database.ts";

/**
 * One kind of database, ready for queries. A transaction of `db` holds the one lock that writers share, from its first
 * statement on: two transactions never run at the same time, so they cannot deadlock, and none works on stale rows.
 */
export type Backend = {
  readonly kind: "sqlite" | "postgres";
  readonly db: Kysely<Database>;
  /** A statement by itself is as good as a transaction: what it changes nobody else changes meanwhile. */
  readonly hasRowLocks: boolean;
  /** Throws OomphError `store-unavailable` where writing works and is in vain: the file is not the one at its path. */
  checkPlace(): Promise<void>;
  /** Another process holds the lock and nothing has been done: worth another try at once. */
  isBusy(error: unknown): boolean;
  /** The OomphError that an error of the driver means. What did not come from the driver is given back as it is. */
  explain(error: unknown): unknown;
};

/** Statements take strings, finite numbers and null; the databases differ, or crash, on anything else. */
export function storable(parameters: readonly unknown[]): (string | number | null)[] {
  return parameters.map((value) => {
    if (value === null || (typeof value === "number" && Number.isFinite(value))) return value;
    // PostgreSQL keeps no NUL in text; its picture says that there was one.
    if (typeof value === "string") return value.replaceAll("\0", "\u2400");
    throw new TypeError(`expected text, a finite number or null to store, got ${typeof value === "number" ? value : typeof value}`);
  });
}

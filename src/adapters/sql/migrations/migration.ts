import type { Backend } from "../backend.ts";

/** What differs between the databases in a `create table`. */
export type Dialect = {
  readonly kind: Backend["kind"];
  readonly integer: string;
  /** A number that counts up by itself, the primary key. */
  readonly position: string;
  /** At a table's end: SQLite takes anything for any type unless told. */
  readonly strict: string;
};

export type Migration = { readonly name: string; statements(dialect: Dialect): readonly string[] };

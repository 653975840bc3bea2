import { OomphError } from "../../../domain/errors.ts";
import type { Json } from "../../../domain/json.ts";

/** JSON for a column; null where there is nothing. JSON's own null is text. */
export function jsonOrNull(value: object | Json | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/** The first row's value, when there is a row. */
export function mayBe<Row, Value>(row: Row | undefined, read: (row: Row) => Value): Value | undefined {
  return row === undefined ? undefined : read(row);
}

/** For updates that must meet a row. Throws OomphError `not-found` when they met none. */
export function mustMeet(updatedRows: bigint, table: string, id: string): void {
  if (updatedRows > 0n) return;
  throw new OomphError("not-found", `table ${table} has no row ${id} to change`);
}

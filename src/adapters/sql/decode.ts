import { OomphError } from "../../domain/errors.ts";

/** What of a schema in schema.ts is needed here. */
type Schema<Value> = {
  safeParse(
    row: unknown,
  ):
    | { readonly success: true; readonly data: Value }
    | { readonly success: false; readonly error: Error & { readonly issues: readonly Issue[] } };
};

type Issue = { readonly path: readonly PropertyKey[]; readonly message: string };

/** Which row is being read, for the error: `table` and the value of the column that names it. */
export type RowName = { readonly table: string; readonly id: string | number };

/**
 * A stored row as the domain's type: camel case, nulls left out, JSON parsed, everything checked. Throws OomphError
 * `internal` that names table, row and column: such a row was changed by hand, or by another version of Oomph.
 */
export function decode<Value>(schema: Schema<Value>, row: object, { table, id }: RowName): Value {
  const read = schema.safeParse(present(row));
  if (read.success) return read.data;
  const issues = read.error.issues.map((issue) => `${issue.path.map(String).join(".")}: ${issue.message}`);
  throw new OomphError(
    "internal",
    `the row ${id} of table ${table} is not as Oomph writes it (${issues.join("; ")}): it was changed by hand or by another version of Oomph; restore it from a backup`,
    { cause: read.error },
  );
}

/** Many rows of one table. `id` is the column that names a row. */
export function decodeAll<Value, Row extends object, Id extends keyof Row>(
  schema: Schema<Value>,
  rows: readonly (Row & { readonly [key in Id]: string | number })[],
  { table, id }: { readonly table: string; readonly id: Id },
): readonly Value[] {
  return rows.map((row) => decode(schema, row, { table, id: row[id] }));
}

function present(row: object): Record<string, unknown> {
  const entries = Object.entries(row).filter((entry) => entry[1] !== null);
  return Object.fromEntries(entries.map(([column, value]) => [camelCase(column), value]));
}

const CAMEL_CASE = new Map<string, string>();

/** Of the few names that columns have, which are asked for with each row. */
function camelCase(column: string): string {
  const known = CAMEL_CASE.get(column) ?? column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  CAMEL_CASE.set(column, known);
  return known;
}

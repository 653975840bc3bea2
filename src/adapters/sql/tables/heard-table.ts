import { sql } from "kysely";
import type { HeardTable } from "../../../ports/store.ts";
import { decodeAll } from "../decode.ts";
import { HeardCountSchema } from "../schema.ts";
import type { Scope } from "../scope.ts";

export function heardTable(scope: Scope): HeardTable {
  return {
    has: (key) =>
      scope.read(async (db) => (await db.selectFrom("heard").select("key").where("key", "=", key).executeTakeFirst()) !== undefined),
    known: (keys) =>
      scope.read(async (db) => {
        if (keys.length === 0) return new Set();
        const rows = await db.selectFrom("heard").select("key").where("key", "in", keys).execute();
        return new Set(rows.map(({ key }) => key));
      }),
    add: ({ key, incidentId, atMs, source, class: kind, severity }) =>
      scope.write(async (db) => {
        const row = { key, incident_id: incidentId, at_ms: atMs, source, class: kind, severity };
        const { numInsertedOrUpdatedRows } = await db
          .insertInto("heard")
          .values(row)
          .onConflict((conflict) => conflict.column("key").doNothing())
          .executeTakeFirst();
        return numInsertedOrUpdatedRows === 1n;
      }),
    counts: (incidentId) =>
      scope.read(async (db) => {
        const rows = await db
          .selectFrom("heard")
          .select([
            "source",
            sql<number>`count(*)`.as("count"),
            sql<number>`min(at_ms)`.as("first_at_ms"),
            sql<number>`max(at_ms)`.as("last_at_ms"),
          ])
          .where("incident_id", "=", incidentId)
          .groupBy("source")
          .orderBy("source")
          .execute();
        return decodeAll(HeardCountSchema, rows, { table: "heard", id: "source" });
      }),
    forget: (beforeMs) =>
      scope.write(async (db) => Number((await db.deleteFrom("heard").where("at_ms", "<", beforeMs).executeTakeFirst()).numDeletedRows)),
  };
}

import type { EndedTable } from "../../../ports/ended-table.ts";
import { decodeAll } from "../decode.ts";
import { EndedSchema } from "../heard/schema.ts";
import type { Scope } from "../scope.ts";

export function endedTable(scope: Scope): EndedTable {
  return {
    add: ({ fingerprint, alert, startsAtMs, atMs }) =>
      scope.write(async (db) => {
        const row = { fingerprint, alert: JSON.stringify(alert), starts_at_ms: startsAtMs ?? null, at_ms: atMs };
        await db.insertInto("ended").values(row).execute();
      }),
    of: (fingerprints, sinceMs) =>
      scope.read(async (db) => {
        if (fingerprints.length === 0) return [];
        const rows = await db
          .selectFrom("ended")
          .selectAll()
          .where("fingerprint", "in", fingerprints)
          .where("at_ms", ">=", sinceMs)
          .orderBy("at_ms", "desc")
          .orderBy("position", "desc")
          .execute();
        return decodeAll(EndedSchema, rows, { table: "ended", id: "position" });
      }),
    forget: (beforeMs) =>
      scope.write(async (db) => Number((await db.deleteFrom("ended").where("at_ms", "<", beforeMs).executeTakeFirst()).numDeletedRows)),
  };
}

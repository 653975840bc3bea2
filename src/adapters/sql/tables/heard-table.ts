import { sql, type Insertable, type NotNull } from "kysely";
import type { AlertIdentity } from "../../../domain/alert-identity.ts";
import type { HeardAlert, HeardTable } from "../../../ports/store.ts";
import type { Database } from "../database.ts";
import { decodeAll } from "../decode.ts";
import { FiringSchema, HeardCountSchema, HeardKindSchema } from "../schema.ts";
import type { Scope } from "../scope.ts";

export function heardTable(scope: Scope): HeardTable {
  return {
    has: (key) =>
      scope.read(async (db) => (await db.selectFrom("heard").select("key").where("key", "=", key).executeTakeFirst()) !== undefined),
    known: (keys) =>
      scope.read(async (db) => {
        if (keys.length === 0) return new Map();
        const rows = await db.selectFrom("heard").select(["key", "ended_at_ms"]).where("key", "in", keys).execute();
        return new Map(rows.map(({ key, ended_at_ms: endedAtMs }) => [key, endedAtMs ?? undefined]));
      }),
    add: (all) =>
      scope.write(async (db) => {
        if (all.length === 0) return 0;
        const { numInsertedOrUpdatedRows = 0n } = await db
          .insertInto("heard")
          .values(all.map(toRow))
          .onConflict((conflict) =>
            conflict
              .column("key")
              .doUpdateSet(({ ref }) => ({
                incident_id: ref("excluded.incident_id"),
                at_ms: ref("excluded.at_ms"),
                severity: ref("excluded.severity"),
                fires: ref("excluded.fires"),
                ended_at_ms: null,
              }))
              .where("heard.ended_at_ms", "is not", null),
          )
          .executeTakeFirst();
        return Number(numInsertedOrUpdatedRows);
      }),
    firing: (incidentId) =>
      scope.read(async (db) => {
        const rows = await db
          .selectFrom("heard")
          .select("fires")
          .distinct()
          .where("incident_id", "=", incidentId)
          .where("fires", "is not", null)
          .where("ended_at_ms", "is", null)
          .$narrowType<{ fires: NotNull }>()
          .execute();
        return decodeAll(FiringSchema, rows, { table: "heard", id: "fires" }).map(({ fires }) => fires);
      }),
    end: (incidentId, alerts, atMs) =>
      scope.write(async (db) => {
        if (alerts.length === 0) return;
        await db
          .updateTable("heard")
          .set({ ended_at_ms: atMs })
          .where("incident_id", "=", incidentId)
          .where("fires", "in", alerts.map(storedAs))
          .where("ended_at_ms", "is", null)
          .execute();
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
    kinds: (incidentId) =>
      scope.read(async (db) => {
        const rows = await db
          .selectFrom("heard")
          .select([
            "class",
            "fires",
            sql<number>`max(at_ms)`.as("last_at_ms"),
            sql<number>`min(case when ended_at_ms is null then 0 else 1 end)`.as("is_over"),
          ])
          .where("incident_id", "=", incidentId)
          .groupBy("class")
          .groupBy("fires")
          .execute();
        return decodeAll(HeardKindSchema, rows, { table: "heard", id: "class" });
      }),
    forget: (beforeMs) =>
      scope.write(async (db) => Number((await db.deleteFrom("heard").where("at_ms", "<", beforeMs).executeTakeFirst()).numDeletedRows)),
  };
}

function toRow({ key, incidentId, atMs, source, class: kind, severity, fires }: HeardAlert): Insertable<Database["heard"]> {
  const firing = fires === undefined ? null : storedAs(fires);
  return { key, incident_id: incidentId, at_ms: atMs, source, class: kind, severity, fires: firing, ended_at_ms: null };
}

/** Always in the same order, so that the same is the same text. */
function storedAs({ name, pod, container, instance, severity }: AlertIdentity): string {
  return JSON.stringify({ name, pod, container, instance, severity });
}

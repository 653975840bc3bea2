import type { IncidentState } from "../../../domain/incident.ts";
import type { AttentionStep, AttentionTable } from "../../../ports/quiet-tables.ts";
import { decode, decodeAll } from "../decode.ts";
import { IncidentSchema } from "../schema.ts";
import type { Scope } from "../scope.ts";
import { AttentionSchema } from "../silence/schema.ts";
import { mayBe } from "./rows.ts";

const COLUMNS = { mention: "mentioned_at_ms", spread: "spread_at_ms" } as const satisfies Record<AttentionStep, string>;

export function attentionTable(scope: Scope): AttentionTable {
  return {
    wait: (incidentIds, sinceMs) =>
      scope.write(async (db) => {
        if (incidentIds.length === 0) return;
        const anew = { since_ms: sinceMs, attended_by: null, attended_at_ms: null, mentioned_at_ms: null, spread_at_ms: null };
        await db
          .insertInto("attention")
          .values(incidentIds.map((incidentId) => ({ incident_id: incidentId, ...anew })))
          .onConflict((conflict) => conflict.column("incident_id").doUpdateSet(anew))
          .execute();
      }),
    attend: (incidentId, { by, atMs }) =>
      scope.write(async (db) => {
        const { numUpdatedRows } = await db
          .updateTable("attention")
          .set({ attended_by: by, attended_at_ms: atMs })
          .where("incident_id", "=", incidentId)
          .where("attended_at_ms", "is", null)
          .executeTakeFirst();
        return numUpdatedRows === 1n;
      }),
    attendStorm: (stormId, { by, atMs }) =>
      scope.write(async (db) => {
        const { numUpdatedRows } = await db
          .updateTable("attention")
          .set({ attended_by: by, attended_at_ms: atMs })
          .where(
            "incident_id",
            "in",
            db.selectFrom("storm_members").select("incident_id").where("storm_id", "=", stormId).where("is_out", "=", 0),
          )
          .where("attended_at_ms", "is", null)
          .executeTakeFirst();
        return Number(numUpdatedRows);
      }),
    get: (incidentId) =>
      scope.read(async (db) =>
        mayBe(await db.selectFrom("attention").selectAll().where("incident_id", "=", incidentId).executeTakeFirst(), (row) =>
          decode(AttentionSchema, row, { table: "attention", id: incidentId }),
        ),
      ),
    unattended: (step, sinceMs, limit) =>
      scope.read(async (db) => {
        const rows = await db
          .selectFrom("attention")
          .innerJoin("incidents", "incidents.id", "attention.incident_id")
          .selectAll("incidents")
          .where("since_ms", "<=", sinceMs)
          .where("attended_at_ms", "is", null)
          .where(COLUMNS[step], "is", null)
          .where("state", "<>", "resolved" satisfies IncidentState)
          .orderBy("since_ms")
          .orderBy("incidents.position")
          .limit(limit)
          .execute();
        return decodeAll(IncidentSchema, rows, { table: "incidents", id: "id" });
      }),
    called: (limit) =>
      scope.read(async (db) => {
        const rows = await db
          .selectFrom("attention")
          .innerJoin("incidents", "incidents.id", "attention.incident_id")
          .selectAll(["attention", "incidents"])
          .where("attended_at_ms", "is", null)
          .where((where) => where.or([where("mentioned_at_ms", "is not", null), where("spread_at_ms", "is not", null)]))
          .where("state", "<>", "resolved" satisfies IncidentState)
          .orderBy("since_ms")
          .orderBy("incidents.position")
          .limit(limit)
          .execute();
        const attentions = decodeAll(AttentionSchema, rows, { table: "attention", id: "incident_id" });
        const incidents = decodeAll(IncidentSchema, rows, { table: "incidents", id: "id" });
        return attentions.flatMap((attention, index) => {
          const incident = incidents[index];
          return incident === undefined ? [] : [{ attention, incident }];
        });
      }),
    done: (incidentId, step, atMs) =>
      scope.write(async (db) => {
        const { numUpdatedRows } = await db
          .updateTable("attention")
          .set({ [COLUMNS[step]]: atMs })
          .where("incident_id", "=", incidentId)
          .where("attended_at_ms", "is", null)
          .where(COLUMNS[step], "is", null)
          .executeTakeFirst();
        return numUpdatedRows === 1n;
      }),
  };
}

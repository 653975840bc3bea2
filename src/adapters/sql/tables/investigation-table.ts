import type { Insertable, Selectable, Updateable } from "kysely";
import type { Investigation } from "../../../domain/investigation.ts";
import type { InvestigationTable } from "../../../ports/store.ts";
import type { Database } from "../database.ts";
import { decode, decodeAll } from "../decode.ts";
import { InvestigationSchema } from "../schema.ts";
import type { Scope } from "../scope.ts";
import { jsonOrNull, mayBe } from "./rows.ts";

const UNFINISHED = ["queued", "running"] as const satisfies Investigation["state"][];

export function investigationTable(scope: Scope): InvestigationTable {
  return {
    create: (investigation) =>
      scope.write(async (db) => void (await db.insertInto("investigations").values(toRow(investigation)).execute())),
    get: (id) =>
      scope.read(async (db) =>
        mayBe(await db.selectFrom("investigations").selectAll().where("id", "=", id).executeTakeFirst(), toInvestigation),
      ),
    ofIncident: (incidentId) =>
      scope.read(async (db) => {
        const rows = await db
          .selectFrom("investigations")
          .selectAll()
          .where("incident_id", "=", incidentId)
          .orderBy("started_at_ms", "desc")
          .orderBy("position", "desc")
          .execute();
        return decodeAll(InvestigationSchema, rows, { table: "investigations", id: "id" });
      }),
    newest: (incidentIds) =>
      scope.read(async (db) => {
        if (incidentIds.length === 0) return [];
        const last = db
          .selectFrom("investigations")
          .select(({ fn }) => fn.max("position").as("position"))
          .where("incident_id", "in", incidentIds)
          .where("is_check_up", "is", null)
          .groupBy("incident_id");
        const rows = await db.selectFrom("investigations").selectAll().where("position", "in", last).execute();
        return decodeAll(InvestigationSchema, rows, { table: "investigations", id: "id" });
      }),
    update: (id, change) =>
      scope.writeRow(async (db) => {
        const { numUpdatedRows } = await db
          .updateTable("investigations")
          // An update needs something to set, also when nothing changes.
          .set({ id, ...toUpdate(change) })
          .where("id", "=", id)
          .where("state", "in", UNFINISHED)
          .executeTakeFirst();
        return numUpdatedRows === 1n;
      }),
    isUnderway: (incidentId) =>
      scope.read(async (db) => {
        const row = await db
          .selectFrom("investigations")
          .select("id")
          .where("incident_id", "=", incidentId)
          .where("state", "in", UNFINISHED)
          .where("is_check_up", "is", null)
          .limit(1)
          .executeTakeFirst();
        return row !== undefined;
      }),
    unfinished: (startedBeforeMs) =>
      scope.read(async (db) => {
        const rows = await db
          .selectFrom("investigations")
          .selectAll()
          .where("state", "in", UNFINISHED)
          .where("started_at_ms", "<", startedBeforeMs)
          .orderBy("started_at_ms")
          .orderBy("position")
          .execute();
        return decodeAll(InvestigationSchema, rows, { table: "investigations", id: "id" });
      }),
  };
}

function toInvestigation(row: Selectable<Database["investigations"]>): Investigation {
  return decode(InvestigationSchema, row, { table: "investigations", id: row.id });
}

function toRow(investigation: Investigation): Insertable<Database["investigations"]> {
  return {
    id: investigation.id,
    incident_id: investigation.incidentId,
    runbook_id: investigation.runbookId,
    target: JSON.stringify(investigation.target),
    since_ms: investigation.sinceMs ?? null,
    alert: jsonOrNull(investigation.alert),
    is_check_up: investigation.isCheckUp === undefined ? null : Number(investigation.isCheckUp),
    state: investigation.state,
    started_at_ms: investigation.startedAtMs,
    ended_at_ms: investigation.endedAtMs ?? null,
    diagnosis: jsonOrNull(investigation.diagnosis),
    failures: JSON.stringify(investigation.failures),
    because: investigation.because ?? null,
  };
}

function toUpdate(change: Parameters<InvestigationTable["update"]>[1]): Updateable<Database["investigations"]> {
  return {
    ...(change.state !== undefined && { state: change.state }),
    ...(change.startedAtMs !== undefined && { started_at_ms: change.startedAtMs }),
    ...(change.endedAtMs !== undefined && { ended_at_ms: change.endedAtMs }),
    ...(change.diagnosis !== undefined && { diagnosis: JSON.stringify(change.diagnosis) }),
    ...(change.failures !== undefined && { failures: JSON.stringify(change.failures) }),
    ...(change.because !== undefined && { because: change.because }),
  };
}

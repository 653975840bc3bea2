import { setImmediate } from "node:timers/promises";
import { sql } from "kysely";
import type { IncidentState } from "../../../domain/incident.ts";
import type { MemberAlert, Storm, StormMember } from "../../../domain/storm.ts";
import { grouped } from "../../../domain/grouped.ts";
import type { JoiningMember, StormTable } from "../../../ports/store.ts";
import { decode, decodeAll } from "../decode.ts";
import { IncidentSchema } from "../schema.ts";
import type { Db, Scope } from "../scope.ts";
import { MemberAlertSchema, StormMemberSchema, StormSchema } from "../storm/schema.ts";
import { mayBe } from "./rows.ts";

const STIRRED_AGAIN_MS = 5_000;
const DECODED_AT_ONCE = 50;

export function stormTable(scope: Scope): StormTable {
  return {
    begin: ({ id, channel, trait, state, beganAtMs, lastMemberAtMs }) =>
      scope.write(async (db) => {
        const row = { id, channel, trait: JSON.stringify(trait), state, began_at_ms: beganAtMs, last_member_at_ms: lastMemberAtMs };
        await db
          .insertInto("storms")
          .values({ ...row, ended_at_ms: null })
          .execute();
      }),
    get: (id) =>
      scope.read(async (db) =>
        mayBe(await db.selectFrom("storms").selectAll().where("id", "=", id).executeTakeFirst(), (row) =>
          decode(StormSchema, row, { table: "storms", id }),
        ),
      ),
    active: () =>
      scope.read(async (db) => {
        const rows = await db
          .selectFrom("storms")
          .selectAll()
          .where("state", "=", "active" satisfies Storm["state"])
          .orderBy("position")
          .execute();
        return decodeAll(StormSchema, rows, { table: "storms", id: "id" });
      }),
    end: (id, atMs) =>
      scope.write(async (db) => {
        const { numUpdatedRows } = await db
          .updateTable("storms")
          .set({ state: "over" satisfies Storm["state"], ended_at_ms: atMs })
          .where("id", "=", id)
          .where("state", "=", "active" satisfies Storm["state"])
          .executeTakeFirst();
        return numUpdatedRows === 1n;
      }),
    join: (joining, atMs) => scope.write((db) => join(db, joining, atMs)),
    stir: (id, atMs) =>
      scope.write(async (db) => {
        await db
          .updateTable("storms")
          .set({ state: "active" satisfies Storm["state"], ended_at_ms: null, last_member_at_ms: atMs })
          .where("id", "=", id)
          // Thousands of reports are no thousands of changes.
          .where("last_member_at_ms", "<", atMs - STIRRED_AGAIN_MS)
          .execute();
      }),
    members: (stormId) => scope.read((db) => members(db, { column: "m.storm_id", is: stormId })),
    member: (incidentId) => scope.read(async (db) => (await members(db, { column: "m.incident_id", is: incidentId }))[0]),
    alertOf: (incidentId) =>
      scope.read(async (db) => {
        const row = await db
          .selectFrom("storm_members")
          .select("alert")
          .where("incident_id", "=", incidentId)
          .where("alert", "is not", null)
          .executeTakeFirst();
        return mayBe(row, (found) => decode(MemberAlertSchema, found, { table: "storm_members", id: incidentId }).alert) ?? {};
      }),
    setAlert: (incidentId, alert) =>
      scope.write(
        async (db) =>
          void (await db
            .updateTable("storm_members")
            .set({ alert: storedAs(alert) })
            .where("incident_id", "=", incidentId)
            .execute()),
      ),
    memberByThread: (channel, threadTs) =>
      scope.read(async (db) => {
        const slots = db.selectFrom("outbox").select("slot").where("channel", "=", channel).where("ts", "=", threadTs);
        const row = await db
          .selectFrom("incidents as i")
          .innerJoin("storm_members as m", "m.incident_id", "i.id")
          .selectAll("i")
          .where(sql<string>`m.storm_id || '/root'`, "in", slots)
          .where("m.is_out", "=", 0)
          .where("i.state", "<>", "resolved" satisfies IncidentState)
          .orderBy("m.joined_at_ms")
          .orderBy("i.position")
          .limit(1)
          .executeTakeFirst();
        return mayBe(row, (found) => decode(IncidentSchema, found, { table: "incidents", id: found.id }));
      }),
    lookedInto: (incidentId, investigationId) =>
      scope.write(async (db) => {
        const { numUpdatedRows } = await db
          .updateTable("storm_members")
          .set({ investigation_id: investigationId })
          .where("incident_id", "=", incidentId)
          .where("investigation_id", "is", null)
          .executeTakeFirst();
        return numUpdatedRows === 1n;
      }),
    found: (incidentId, headline) =>
      scope.write(
        async (db) => void (await db.updateTable("storm_members").set({ headline }).where("incident_id", "=", incidentId).execute()),
      ),
    reply: (incidentId, { stormId, most }) =>
      scope.write(async (db) => {
        const replied = db
          .selectFrom("storm_members")
          .select(sql<number>`count(*)`.as("count"))
          .where("storm_id", "=", stormId)
          .where("replied", "=", 1);
        const { numUpdatedRows } = await db
          .updateTable("storm_members")
          .set({ replied: 1 })
          .where("incident_id", "=", incidentId)
          .where((where) => where.or([where("replied", "=", 1), where(replied, "<", most)]))
          .executeTakeFirst();
        return numUpdatedRows === 1n;
      }),
    takeOut: (incidentId) =>
      scope.write(async (db) => {
        const { numUpdatedRows } = await db
          .updateTable("incidents")
          .set({ storm_id: null })
          .where("id", "=", incidentId)
          .where("storm_id", "is not", null)
          .executeTakeFirst();
        await db.updateTable("storm_members").set({ is_out: 1 }).where("incident_id", "=", incidentId).execute();
        return numUpdatedRows === 1n;
      }),
  };
}

/** Of an alert no more than is told of it. */
function storedAs({ words: alert, claim }: MemberAlert): string {
  if (alert === undefined) return JSON.stringify({ claim });
  const { says, severity, source, words, value, link } = alert;
  return JSON.stringify({ words: { says, severity, source, words, value, link }, claim });
}

async function join(db: Db, joining: readonly JoiningMember[], atMs: number): Promise<void> {
  for (const [stormId, members] of grouped(joining, (member) => member.stormId)) {
    const untold = { joined_at_ms: atMs, investigation_id: null, headline: null, is_out: 0 };
    const rows = members.map(({ incidentId, runbookId, alert }) => ({
      incident_id: incidentId,
      storm_id: stormId,
      runbook_id: runbookId,
      alert: storedAs(alert),
      replied: 0,
      ...untold,
    }));
    await db
      .insertInto("storm_members")
      .values(rows)
      .onConflict((conflict) =>
        conflict.column("incident_id").doUpdateSet(({ ref }) => ({
          storm_id: ref("excluded.storm_id"),
          runbook_id: ref("excluded.runbook_id"),
          alert: ref("excluded.alert"),
          ...untold,
        })),
      )
      .execute();
    const ids = members.map(({ incidentId }) => incidentId);
    await db.updateTable("storms").set({ last_member_at_ms: atMs }).where("id", "=", stormId).execute();
    await db.updateTable("incidents").set({ storm_id: stormId }).where("id", "in", ids).execute();
  }
}

type Wanted = { readonly column: "m.storm_id" | "m.incident_id"; readonly is: string };

async function members(db: Db, { column, is }: Wanted): Promise<readonly StormMember[]> {
  const rows = await db
    .selectFrom("storm_members as m")
    .innerJoin("incidents as i", "i.id", "m.incident_id")
    .leftJoin("investigations as v", "v.id", "m.investigation_id")
    .select(["m.incident_id", "m.storm_id", "m.runbook_id", "m.headline", "m.is_out", "i.target", "i.problem", "i.state", "i.severity"])
    .select(["i.times_seen", "i.opened_at_ms", "v.state as look"])
    .where(column, "=", is)
    .orderBy("m.joined_at_ms")
    .orderBy("i.position")
    .execute();
  const decoded: StormMember[] = [];
  for (let from = 0; from < rows.length; from += DECODED_AT_ONCE) {
    if (from > 0) await setImmediate(); // others have their turn
    decoded.push(...decodeAll(StormMemberSchema, rows.slice(from, from + DECODED_AT_ONCE), { table: "storm_members", id: "incident_id" }));
  }
  return decoded;
}

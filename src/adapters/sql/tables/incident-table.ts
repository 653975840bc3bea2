import { sql } from "kysely";
import { INCIDENT_TRANSITIONS, type Incident, type IncidentState } from "../../../domain/incident.ts";
import type { IncidentTable } from "../../../ports/store.ts";
import { decodeAll } from "../decode.ts";
import { IncidentEventSchema, IncidentSchema } from "../schema.ts";
import type { Db, Scope } from "../scope.ts";
import { toIncident } from "./incident-rows.ts";
import { join, openOrJoin } from "./open-or-join.ts";
import { mayBe } from "./rows.ts";
import { checkTransition } from "./states.ts";

export function incidentTable(scope: Scope): IncidentTable {
  return {
    openOrJoin: (candidates, reopenWithinMs) => scope.write((db) => openOrJoin(db, candidates, reopenWithinMs)),
    join: (fingerprints, { times, atMs }) => scope.write((db) => join(db, fingerprints, { timesSeen: times, lastSeenAtMs: atMs })),
    get: (id) =>
      scope.read(async (db) => mayBe(await db.selectFrom("incidents").selectAll().where("id", "=", id).executeTakeFirst(), toIncident)),
    unresolved: (fingerprint) =>
      scope.read(async (db) => {
        const row = await db
          .selectFrom("incidents")
          .selectAll()
          .where("fingerprint", "=", fingerprint)
          .where("state", "<>", "resolved" satisfies IncidentState)
          .executeTakeFirst();
        return mayBe(row, toIncident);
      }),
    lastResolved: (fingerprint) =>
      scope.read(async (db) => {
        const row = await db
          .selectFrom("incidents")
          .selectAll()
          .where("fingerprint", "=", fingerprint)
          .where("state", "=", "resolved" satisfies IncidentState)
          .orderBy("resolved_at_ms", "desc")
          .orderBy("position", "desc")
          .limit(1)
          .executeTakeFirst();
        return mayBe(row, toIncident);
      }),
    list: ({ states, limit }) =>
      scope.read(async (db) => {
        if (states?.length === 0) return [];
        const rows = await db
          .selectFrom("incidents")
          .selectAll()
          .$if(states !== undefined, (query) => query.where("state", "in", states ?? []))
          .orderBy("opened_at_ms", "desc")
          .orderBy("position", "desc")
          .limit(limit)
          .execute();
        return decodeAll(IncidentSchema, rows, { table: "incidents", id: "id" });
      }),
    openedAlone: (sinceMs) =>
      scope.read(async (db) => {
        const rows = await db
          .selectFrom("incidents")
          .selectAll()
          .where("opened_at_ms", ">=", sinceMs)
          .where("storm_id", "is", null)
          .where("opened_by", "not like", '%"kind":"user"%')
          .orderBy("opened_at_ms", "desc")
          .orderBy("position", "desc")
          .limit(MOST_ALONE)
          .execute();
        return decodeAll(IncidentSchema, rows, { table: "incidents", id: "id" });
      }),
    mayTell: (id, { nowMs, lapseMs }) =>
      scope.write(async (db) => {
        const { numUpdatedRows } = await db
          .updateTable("incidents")
          .set({ told_at_ms: nowMs, told_times: sql<number>`times_seen` })
          .where("id", "=", id)
          .where("told_at_ms", "<=", nowMs - lapseMs)
          .executeTakeFirst();
        return numUpdatedRows === 1n;
      }),
    untold: (beforeMs, limit) =>
      scope.read(async (db) => {
        const rows = await db
          .selectFrom("incidents")
          .selectAll()
          .where("state", "<>", "resolved" satisfies IncidentState)
          .where("storm_id", "is", null)
          .whereRef("times_seen", ">", "told_times")
          .where("told_at_ms", "<=", beforeMs)
          .orderBy("told_at_ms")
          .limit(limit)
          .execute();
        return decodeAll(IncidentSchema, rows, { table: "incidents", id: "id" });
      }),
    dueCheckUp: ({ nowMs, quietMs, limit }) =>
      scope.read(async (db) => {
        const rows = await db
          .selectFrom("incidents")
          .selectAll()
          .where("state", "in", ["open", "diagnosed"] satisfies IncidentState[])
          .where("opened_by", "like", '%"kind":"alert"%')
          .where("last_seen_at_ms", "<=", nowMs - quietMs)
          .where((where) => where.or([where("check_up_at_ms", "is", null), where("check_up_at_ms", "<=", nowMs)]))
          .orderBy("last_seen_at_ms")
          .limit(limit)
          .execute();
        return decodeAll(IncidentSchema, rows, { table: "incidents", id: "id" });
      }),
    checkedUp: (id, { nowMs, nextMs }) =>
      scope.write(async (db) => {
        const { numUpdatedRows } = await db
          .updateTable("incidents")
          .set({ check_up_at_ms: nextMs })
          .where("id", "=", id)
          .where((where) => where.or([where("check_up_at_ms", "is", null), where("check_up_at_ms", "<=", nowMs)]))
          .executeTakeFirst();
        return numUpdatedRows === 1n;
      }),
    transition: (...move) => scope.write((db) => transition(db, ...move)),
    setSeverity: (id, severity) =>
      scope.write(async (db) => void (await db.updateTable("incidents").set({ severity }).where("id", "=", id).execute())),
    setLabels: (labelled) =>
      scope.write(async (db) => {
        if (labelled.length === 0) return;
        const cases = labelled.map(({ id, labels }) => sql`when ${id} then ${JSON.stringify(labels)}`);
        await db
          .updateTable("incidents")
          .set({ labels: sql<string>`case id ${sql.join(cases, sql` `)} end` })
          .where(
            "id",
            "in",
            labelled.map(({ id }) => id),
          )
          .execute();
      }),
    findByThread: (channel, threadTs) => scope.read((db) => findByThread(db, channel, threadTs)),
    isPostOver: (channel, postTs) =>
      scope.read(async (db) => {
        const open = await db
          .selectFrom("incidents")
          .select("id")
          .where("channel", "=", channel)
          .where("post_ts", "=", postTs)
          .where("state", "<>", "resolved" satisfies IncidentState)
          .limit(1)
          .executeTakeFirst();
        return open === undefined;
      }),
    note: (...events) =>
      scope.write(async (db) => {
        const rows = events.map(({ incidentId, atMs, actor, says }) => ({
          incident_id: incidentId,
          at_ms: atMs,
          actor: JSON.stringify(actor),
          says,
        }));
        if (rows.length > 0) await db.insertInto("incident_events").values(rows).execute();
      }),
    timeline: (incidentId) =>
      scope.read(async (db) => {
        const rows = await db
          .selectFrom("incident_events")
          .selectAll()
          .where("incident_id", "=", incidentId)
          .orderBy("at_ms")
          .orderBy("position")
          .execute();
        return decodeAll(IncidentEventSchema, rows, { table: "incident_events", id: "position" });
      }),
  };
}

// More threads than this nobody has asked to follow in a minute.
const MOST_ALONE = 200;

async function transition(db: Db, ...[id, from, to, atMs]: Parameters<IncidentTable["transition"]>): Promise<boolean> {
  checkTransition(INCIDENT_TRANSITIONS, from, to);
  const { numUpdatedRows } = await db
    .updateTable("incidents")
    .set({ state: to, resolved_at_ms: to === "resolved" ? atMs : null })
    .where("id", "=", id)
    .where("state", "in", from)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The thread hangs below the alert's post, or below the root that the outbox has posted. */
async function findByThread(db: Db, channel: string, threadTs: string): Promise<Incident | undefined> {
  const rootSlots = db.selectFrom("outbox").select("slot").where("channel", "=", channel).where("ts", "=", threadTs);
  const row = await db
    .selectFrom("incidents")
    .selectAll()
    .where("channel", "=", channel)
    .where((where) => where.or([where("root_ts", "=", threadTs), where(sql<string>`id || '/root'`, "in", rootSlots)]))
    .orderBy("opened_at_ms", "desc")
    .orderBy("position", "desc")
    .limit(1)
    .executeTakeFirst();
  return mayBe(row, toIncident);
}

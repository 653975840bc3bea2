import { sql, type Insertable, type Selectable } from "kysely";
import { INCIDENT_TRANSITIONS, type Incident, type IncidentState } from "../../../domain/incident.ts";
import type { IncidentTable } from "../../../ports/store.ts";
import type { Database } from "../database.ts";
import { decode, decodeAll } from "../decode.ts";
import { IncidentEventSchema, IncidentSchema } from "../schema.ts";
import type { Db, Scope } from "../scope.ts";
import { jsonOrNull, mayBe } from "./rows.ts";
import { checkTransition } from "./states.ts";

type Row = Selectable<Database["incidents"]>;

export function incidentTable(scope: Scope): IncidentTable {
  return {
    openOrJoin: (candidate, reopenWithinMs) => scope.write((db) => openOrJoin(db, candidate, reopenWithinMs)),
    join: (fingerprints, { times, atMs }) =>
      scope.write(async (db) => {
        if (fingerprints.length === 0) return [];
        const rows = await seenAgain(db, { timesSeen: times, lastSeenAtMs: atMs })
          .where("fingerprint", "in", fingerprints)
          .where("state", "<>", "resolved" satisfies IncidentState)
          .returningAll()
          .execute();
        return decodeAll(IncidentSchema, rows, { table: "incidents", id: "id" });
      }),
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
    setLabels: (id, labels) =>
      scope.write(
        async (db) =>
          void (await db
            .updateTable("incidents")
            .set({ labels: JSON.stringify(labels) })
            .where("id", "=", id)
            .execute()),
      ),
    findByThread: (channel, threadTs) => scope.read((db) => findByThread(db, channel, threadTs)),
    note: (event) =>
      scope.write(async (db) => {
        const row = { incident_id: event.incidentId, at_ms: event.atMs, actor: JSON.stringify(event.actor), says: event.says };
        await db.insertInto("incident_events").values(row).execute();
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

async function openOrJoin(db: Db, candidate: Incident, reopenWithinMs: number): ReturnType<IncidentTable["openOrJoin"]> {
  const unresolved = await seenAgain(db, candidate)
    .where("fingerprint", "=", candidate.fingerprint)
    .where("state", "<>", "resolved")
    .returningAll()
    .executeTakeFirst();
  if (unresolved !== undefined) return { kind: "joined", incident: toIncident(unresolved) };

  const newest = db
    .selectFrom("incidents")
    .select("position")
    .where("fingerprint", "=", candidate.fingerprint)
    .where("resolved_at_ms", ">=", candidate.openedAtMs - reopenWithinMs)
    .orderBy("resolved_at_ms", "desc")
    .orderBy("position", "desc")
    .limit(1);
  const reopened = await seenAgain(db, candidate)
    .set({ state: "open", resolved_at_ms: null })
    .where("position", "=", newest)
    .returningAll()
    .executeTakeFirst();
  if (reopened !== undefined) return { kind: "reopened", incident: toIncident(reopened) };

  const opened = await db.insertInto("incidents").values(toRow(candidate)).returningAll().executeTakeFirstOrThrow();
  return { kind: "opened", incident: toIncident(opened) };
}

function seenAgain(db: Db, { lastSeenAtMs, timesSeen }: Pick<Incident, "lastSeenAtMs" | "timesSeen">) {
  return db.updateTable("incidents").set({
    times_seen: sql`times_seen + ${timesSeen}`,
    // Alerts may come in out of order.
    last_seen_at_ms: sql`case when last_seen_at_ms < ${lastSeenAtMs} then ${lastSeenAtMs} else last_seen_at_ms end`,
  });
}

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

function toIncident(row: Row): Incident {
  return decode(IncidentSchema, row, { table: "incidents", id: row.id });
}

function toRow(incident: Incident): Insertable<Database["incidents"]> {
  return {
    id: incident.id,
    fingerprint: incident.fingerprint,
    target: JSON.stringify(incident.target),
    problem: incident.problem,
    state: incident.state,
    channel: incident.channel,
    root_ts: incident.rootTs ?? null,
    opened_by: JSON.stringify(incident.openedBy),
    opened_at_ms: incident.openedAtMs,
    last_seen_at_ms: incident.lastSeenAtMs,
    times_seen: incident.timesSeen,
    severity: incident.severity ?? null,
    storm_id: incident.stormId ?? null,
    traits: jsonOrNull(incident.traits),
    labels: jsonOrNull(incident.labels),
    resolved_at_ms: incident.resolvedAtMs ?? null,
  };
}

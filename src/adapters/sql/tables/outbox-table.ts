import { sql, type Selectable } from "kysely";
import type { Delivery, Saying } from "../../../domain/delivery.ts";
import type { OutboxTable } from "../../../ports/store.ts";
import type { Database } from "../database.ts";
import { decode, decodeAll } from "../decode.ts";
import { DeliverySchema } from "../schema.ts";
import type { Db, Scope } from "../scope.ts";
import { jsonOrNull, mayBe, mustMeet } from "./rows.ts";

type State = Delivery["state"];
type Row = Selectable<Database["outbox"]>;

export function outboxTable(scope: Scope): OutboxTable {
  return {
    say: (saying, newId, nowMs) => scope.write((db) => say(db, saying, { newId, nowMs })),
    get: (id) =>
      scope.read(async (db) => mayBe(await db.selectFrom("outbox").selectAll().where("id", "=", id).executeTakeFirst(), toDelivery)),
    bySlot: (slot) =>
      scope.read(async (db) => mayBe(await db.selectFrom("outbox").selectAll().where("slot", "=", slot).executeTakeFirst(), toDelivery)),
    claim: (id, untilMs, nowMs) => scope.writeRow((db) => claim(db, id, { untilMs, nowMs })),
    sent: (id, posted) => scope.writeRow((db) => sent(db, id, posted)),
    postpone: (id, { nextAttemptAtMs, error, countAttempt }) =>
      scope.writeRow(async (db) => {
        await db
          .updateTable("outbox")
          .set({
            next_attempt_at_ms: nextAttemptAtMs,
            last_error: error,
            claimed_until_ms: null,
            ...(countAttempt && { attempts: sql<number>`attempts + 1` }),
          })
          .where("id", "=", id)
          .where("state", "=", "due" satisfies State)
          .execute();
      }),
    fail: (id, refused) => scope.write((db) => fail(db, id, refused)),
    due: (nowMs, limit) => scope.read((db) => due(db, nowMs, limit)),
    ofIncident: (incidentId) =>
      scope.read(async (db) => {
        const rows = await db.selectFrom("outbox").selectAll().where("incident_id", "=", incidentId).orderBy("position").execute();
        return decodeAll(DeliverySchema, rows, { table: "outbox", id: "id" });
      }),
    under: (slotBeginning) =>
      scope.read(async (db) => {
        const begins = sql<boolean>`substr(slot, 1, ${slotBeginning.length}) = ${slotBeginning}`;
        const rows = await db.selectFrom("outbox").selectAll().where(begins).orderBy("position").execute();
        return decodeAll(DeliverySchema, rows, { table: "outbox", id: "id" });
      }),
    dueBelow: (rootSlot) =>
      scope.read(async (db) => {
        const rows = await db
          .selectFrom("outbox")
          .selectAll()
          .where("state", "=", "due" satisfies State)
          .where("thread", "=", JSON.stringify({ slot: rootSlot }))
          .orderBy("priority")
          .orderBy("position")
          .execute();
        return decodeAll(DeliverySchema, rows, { table: "outbox", id: "id" });
      }),
    counts: () => scope.read(counts),
  };
}

type New = { readonly newId: string; readonly nowMs: number };

async function say(db: Db, saying: Saying, { newId, nowMs }: New): Promise<string> {
  const content = JSON.stringify(saying.content);
  const insert = db.insertInto("outbox").values({
    id: newId,
    slot: saying.slot,
    incident_id: saying.incidentId ?? null,
    channel: saying.channel,
    thread: jsonOrNull(saying.thread),
    content,
    revision: 1,
    sent_revision: 0,
    state: "due" satisfies State,
    priority: saying.priority,
    attempts: 0,
    next_attempt_at_ms: nowMs,
    on_behalf_of: saying.onBehalfOf ?? null,
  });
  // An edit is sent again though nothing has changed; a file that stands is not shared again, nor a mark set again.
  const isNews = saying.content.kind === "message" ? sql<boolean>`true` : sql<boolean>`outbox.content <> ${content}`;
  await insert
    .onConflict((conflict) =>
      conflict
        .column("slot")
        .doUpdateSet(newContent(saying, content, nowMs))
        .where(() => isNews),
    )
    .execute();
  const { id } = await db.selectFrom("outbox").select("id").where("slot", "=", saying.slot).executeTakeFirstOrThrow();
  return id;
}

/** Channel and thread stay: a posted message cannot move. firstAttemptAtMs stays too: an earlier post may exist. */
function newContent(saying: Saying, content: string, nowMs: number) {
  return {
    content,
    revision: sql<number>`outbox.revision + 1`,
    state: "due" satisfies State,
    attempts: 0,
    trying_since_ms: sql<number | null>`case when outbox.state = 'due' then outbox.trying_since_ms end`,
    last_error: null,
    on_behalf_of: sql<string | null>`coalesce(excluded.on_behalf_of, outbox.on_behalf_of)`,
    // What is still waiting keeps its urgency and its place in the line, however often it is edited.
    priority: sql<number>`case when outbox.state = 'due' and outbox.priority < ${saying.priority} then outbox.priority else ${saying.priority} end`,
    next_attempt_at_ms: sql<number>`case when outbox.state = 'due' and outbox.next_attempt_at_ms < ${nowMs} then outbox.next_attempt_at_ms else ${nowMs} end`,
  };
}

async function claim(db: Db, id: string, { untilMs, nowMs }: { readonly untilMs: number; readonly nowMs: number }): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("outbox")
    .set({
      claimed_until_ms: untilMs,
      first_attempt_at_ms: sql<number>`coalesce(first_attempt_at_ms, ${nowMs})`,
      trying_since_ms: sql<number>`coalesce(trying_since_ms, ${nowMs})`,
    })
    .where("id", "=", id)
    .where("state", "=", "due" satisfies State)
    .where("next_attempt_at_ms", "<=", nowMs)
    .where((where) => where.or([where("claimed_until_ms", "is", null), where("claimed_until_ms", "<=", nowMs)]))
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

async function sent(db: Db, id: string, { ts, revision }: { readonly ts?: string; readonly revision: number }): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable("outbox")
    .set({
      // A sender whose claim ran out may report after the next one did.
      sent_revision: sql<number>`case when sent_revision < ${revision} then ${revision} else sent_revision end`,
      state: sql<State>`case when revision > ${revision} and revision > sent_revision then 'due' else 'sent' end`,
      attempts: 0,
      trying_since_ms: null,
      last_error: null,
      claimed_until_ms: null,
      ...(ts !== undefined && { ts }),
    })
    .where("id", "=", id)
    .executeTakeFirst();
  mustMeet(numUpdatedRows, "outbox", id);
}

async function fail(db: Db, id: string, { revision, error }: { readonly revision: number; readonly error: string }): Promise<boolean> {
  const isDue = db
    .updateTable("outbox")
    .where("id", "=", id)
    .where("state", "=", "due" satisfies State);
  const { numUpdatedRows } = await isDue
    .set({ state: "failed" satisfies State, last_error: error, claimed_until_ms: null })
    .where("revision", "=", revision)
    .executeTakeFirst();
  if (numUpdatedRows === 1n) return true;
  await isDue.set({ claimed_until_ms: null }).execute();
  return false;
}

async function due(db: Db, nowMs: number, limit: number): Promise<readonly Delivery[]> {
  const rows = await db
    .selectFrom("outbox")
    .selectAll()
    .where("state", "=", "due" satisfies State)
    .where("next_attempt_at_ms", "<=", nowMs)
    .where((where) => where.or([where("claimed_until_ms", "is", null), where("claimed_until_ms", "<=", nowMs)]))
    .orderBy("priority")
    .orderBy("next_attempt_at_ms")
    .orderBy("position")
    .limit(limit)
    .execute();
  return decodeAll(DeliverySchema, rows, { table: "outbox", id: "id" });
}

async function counts(db: Db): Promise<Readonly<Record<State, number>>> {
  const rows = await db
    .selectFrom("outbox")
    .select(["state", sql<number>`count(*)`.as("count")])
    .groupBy("state")
    .execute();
  const of = (state: State): number => rows.find((row) => row.state === state)?.count ?? 0;
  return { due: of("due"), sent: of("sent"), failed: of("failed") };
}

function toDelivery(row: Row): Delivery {
  return decode(DeliverySchema, row, { table: "outbox", id: row.id });
}

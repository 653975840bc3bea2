import { sql, type RawBuilder, type Selectable } from "kysely";
import type { Escalation, Raising } from "../../../domain/escalation.ts";
import type { EscalationArrival, EscalationTable } from "../../../ports/store.ts";
import type { Database } from "../database.ts";
import { decode, decodeAll } from "../decode.ts";
import { EscalationSchema } from "../escalation/schema.ts";
import type { Db, Scope } from "../scope.ts";
import { mayBe, mustMeet } from "./rows.ts";

type State = Escalation["state"];
type Row = Selectable<Database["escalations"]>;
type Postponing = Parameters<EscalationTable["postpone"]>[1];

export function escalationTable(scope: Scope): EscalationTable {
  return {
    raise: (raising, how) => scope.write((db) => raise(db, raising, how)),
    get: (id) =>
      scope.read(async (db) => mayBe(await db.selectFrom("escalations").selectAll().where("id", "=", id).executeTakeFirst(), toEscalation)),
    ofIncident: (incidentId) =>
      scope.read(async (db) => {
        const rows = await db.selectFrom("escalations").selectAll().where("incident_id", "=", incidentId).orderBy("position").execute();
        return decodeAll(EscalationSchema, rows, { table: "escalations", id: "id" });
      }),
    claim: (id, untilMs, nowMs) => scope.write((db) => claim(db, id, { untilMs, nowMs })),
    sent: (id, arrived) => scope.write((db) => sent(db, id, arrived)),
    postpone: (id, change) => scope.write((db) => postpone(db, id, change)),
    fail: (id, error) => scope.write((db) => fail(db, id, error)),
    due: (nowMs, limit) => scope.read((db) => due(db, nowMs, limit)),
  };
}

type How = Parameters<EscalationTable["raise"]>[1];

async function raise(db: Db, raising: Raising, { newId, nowMs, updateEveryMs }: How): Promise<string> {
  const { incidentId, kind, key, event, says } = raising;
  const { id } = await db
    .insertInto("escalations")
    .values({
      id: newId,
      incident_id: incidentId,
      kind,
      key,
      event,
      says,
      raised_at_ms: nowMs,
      last_raised_at_ms: nowMs,
      times: 1,
      sent_times: 0,
      state: "due" satisfies State,
      due_since_ms: nowMs,
      attempts: 0,
      next_attempt_at_ms: nowMs,
      reached: "[]",
    })
    .onConflict((conflict) => conflict.columns(["incident_id", "kind", "key"]).doUpdateSet(raisedAgain(raising, nowMs, updateEveryMs)))
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Due again: at once where it had failed, after a while where an issue shows it already. A mail is told once. */
function raisedAgain({ says }: Raising, nowMs: number, updateEveryMs: number) {
  const again = sql<boolean>`(escalations.state = 'failed' or (escalations.state = 'sent' and escalations.kind = 'github-issue'))`;
  const shownLately = sql<boolean>`escalations.state = 'sent' and escalations.sent_at_ms > ${nowMs - updateEveryMs}`;
  const dueAtMs = sql<number>`case when ${shownLately} then escalations.sent_at_ms + ${updateEveryMs} else ${nowMs} end`;
  return {
    says,
    last_raised_at_ms: nowMs,
    times: sql<number>`escalations.times + 1`,
    state: sql<State>`case when ${again} then 'due' else escalations.state end`,
    due_since_ms: sql<number>`case when ${again} then ${dueAtMs} else escalations.due_since_ms end`,
    next_attempt_at_ms: sql<number>`case when ${again} then ${dueAtMs} else escalations.next_attempt_at_ms end`,
    attempts: sql<number>`case when ${again} then 0 else escalations.attempts end`,
    told: sql<string | null>`case when ${again} then null else escalations.told end`,
  };
}

async function claim(db: Db, id: string, { untilMs, nowMs }: { readonly untilMs: number; readonly nowMs: number }): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("escalations")
    .set({ claimed_until_ms: untilMs, first_attempt_at_ms: sql<number>`coalesce(first_attempt_at_ms, ${nowMs})` })
    .where("id", "=", id)
    .where(isClaimable(nowMs))
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Due, and nobody is telling anything of this incident in this place, and nothing earlier has to go before it. */
function isClaimable(nowMs: number): RawBuilder<boolean> {
  return sql<boolean>`escalations.state = 'due' and escalations.next_attempt_at_ms <= ${nowMs}
    and (escalations.claimed_until_ms is null or escalations.claimed_until_ms <= ${nowMs})
    and not exists (
      select 1 from escalations other
      where other.incident_id = escalations.incident_id and other.kind = escalations.kind and other.id <> escalations.id
      and (other.claimed_until_ms > ${nowMs}
        or (other.state = 'due' and other.position < escalations.position and (other.attempts > 0 or other.next_attempt_at_ms <= ${nowMs}))))`;
}

async function sent(db: Db, id: string, arrived: EscalationArrival): Promise<void> {
  const { times, atMs, nextUpdateAtMs, reached, externalId, externalUrl } = arrived;
  const { numUpdatedRows } = await db
    .updateTable("escalations")
    .set({
      sent_times: times,
      state: sql<State>`case when kind = 'github-issue' and times > ${times} then 'due' else 'sent' end`,
      sent_at_ms: atMs,
      next_attempt_at_ms: nextUpdateAtMs,
      due_since_ms: nextUpdateAtMs,
      attempts: 0,
      last_error: null,
      told: null,
      claimed_until_ms: null,
      reached: JSON.stringify(reached),
      ...(externalId !== undefined && { external_id: externalId }),
      ...(externalUrl !== undefined && { external_url: externalUrl }),
    })
    .where("id", "=", id)
    .executeTakeFirst();
  mustMeet(numUpdatedRows, "escalations", id);
}

async function postpone(db: Db, id: string, { nextAttemptAtMs, error, told, reached }: Postponing): Promise<void> {
  await db
    .updateTable("escalations")
    .set({
      next_attempt_at_ms: nextAttemptAtMs,
      last_error: error,
      attempts: sql<number>`attempts + 1`,
      claimed_until_ms: null,
      ...(told !== undefined && { told }),
      ...(reached !== undefined && { reached: JSON.stringify(reached) }),
    })
    .where("id", "=", id)
    .where("state", "=", "due" satisfies State)
    .execute();
}

async function fail(db: Db, id: string, error: string): Promise<void> {
  await db
    .updateTable("escalations")
    .set({ state: "failed" satisfies State, last_error: error, claimed_until_ms: null })
    .where("id", "=", id)
    .where("state", "=", "due" satisfies State)
    .execute();
}

async function due(db: Db, nowMs: number, limit: number): Promise<readonly Escalation[]> {
  const rows = await db
    .selectFrom("escalations")
    .selectAll()
    .where(isClaimable(nowMs))
    .orderBy("next_attempt_at_ms")
    .orderBy("position")
    .limit(limit)
    .execute();
  return decodeAll(EscalationSchema, rows, { table: "escalations", id: "id" });
}

function toEscalation(row: Row): Escalation {
  return decode(EscalationSchema, row, { table: "escalations", id: row.id });
}

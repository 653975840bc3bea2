import { sql, type Insertable, type Selectable } from "kysely";
import { REQUEST_TRANSITIONS, type ActionRequest, type RequestState } from "../../../domain/action-request.ts";
import { OomphError } from "../../../domain/errors.ts";
import type { RequestTable } from "../../../ports/store.ts";
import type { Database } from "../database.ts";
import { decode, decodeAll } from "../decode.ts";
import { ActionRequestSchema, DecisionSchema } from "../schema.ts";
import type { Db, Scope } from "../scope.ts";
import { mayBe } from "./rows.ts";
import { checkTransition } from "./states.ts";

export function requestTable(scope: Scope): RequestTable {
  return {
    create: (request) => scope.write(async (db) => void (await db.insertInto("action_requests").values(toRow(request)).execute())),
    get: (id) =>
      scope.read(async (db) =>
        mayBe(await db.selectFrom("action_requests").selectAll().where("id", "=", id).executeTakeFirst(), toRequest),
      ),
    list: (filter) => scope.read((db) => list(db, filter)),
    transition: (...move) => scope.write((db) => transition(db, ...move)),
    approveIfAgreed: (id, atMs) => scope.write((db) => approveIfAgreed(db, id, atMs)),
    due: (atMs) =>
      scope.read(async (db) => {
        const rows = await db
          .selectFrom("action_requests")
          .selectAll()
          .where("state", "in", ["pending", "approved"] satisfies RequestState[])
          .where("expires_at_ms", "<=", atMs)
          .orderBy("expires_at_ms")
          .orderBy("position")
          .execute();
        return decodeAll(ActionRequestSchema, rows, { table: "action_requests", id: "id" });
      }),
    decide: ({ requestId, userId, kind, reason, atMs }) =>
      scope.write(async (db) => {
        const { numInsertedOrUpdatedRows } = await db
          .insertInto("decisions")
          .values({ request_id: requestId, user_id: userId, kind, reason: reason ?? null, at_ms: atMs })
          .onConflict((conflict) => conflict.columns(["request_id", "user_id"]).doNothing())
          .executeTakeFirst();
        return numInsertedOrUpdatedRows === 1n;
      }),
    decisions: (requestId) =>
      scope.read(async (db) => {
        const rows = await db
          .selectFrom("decisions")
          .selectAll()
          .where("request_id", "=", requestId)
          .orderBy("at_ms")
          .orderBy("position")
          .execute();
        return decodeAll(DecisionSchema, rows, { table: "decisions", id: "position" });
      }),
  };
}

async function list(db: Db, { states, incidentId, limit }: Parameters<RequestTable["list"]>[0]): Promise<readonly ActionRequest[]> {
  if (states?.length === 0) return [];
  const rows = await db
    .selectFrom("action_requests")
    .selectAll()
    .$if(states !== undefined, (query) => query.where("state", "in", states ?? []))
    .$if(incidentId !== undefined, (query) => query.where("incident_id", "=", incidentId ?? ""))
    .orderBy("created_at_ms", "desc")
    .orderBy("position", "desc")
    .limit(limit)
    .execute();
  return decodeAll(ActionRequestSchema, rows, { table: "action_requests", id: "id" });
}

async function transition(db: Db, ...[id, from, to, change]: Parameters<RequestTable["transition"]>): Promise<boolean> {
  checkTransition(REQUEST_TRANSITIONS, from, to);
  const { atMs, outcome, supersededBy } = change;
  const isEnd = REQUEST_TRANSITIONS[to].length === 0;
  const { numUpdatedRows } = await db
    .updateTable("action_requests")
    .set({
      state: to,
      ...(isEnd && { ended_at_ms: atMs }),
      ...(outcome !== undefined && { outcome }),
      ...(supersededBy !== undefined && { superseded_by: supersededBy }),
    })
    .where("id", "=", id)
    .where("state", "in", from)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

// The requester's own approval is refused before it gets here; it is not counted either.
const AGREED = sql<boolean>`(
  exists (select 1 from decisions where request_id = action_requests.id and kind = 'break-glass')
  or approvals_needed <= (
    select count(distinct user_id) from decisions
    where request_id = action_requests.id and kind = 'approve' and user_id <> action_requests.requested_by
  )
)`;

async function approveIfAgreed(db: Db, id: string, atMs: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("action_requests")
    .set({ state: "approved" satisfies RequestState })
    .where("id", "=", id)
    .where("state", "=", "pending" satisfies RequestState)
    .where("expires_at_ms", ">", atMs)
    .where(AGREED)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

function toRequest(row: Selectable<Database["action_requests"]>): ActionRequest {
  return decode(ActionRequestSchema, row, { table: "action_requests", id: row.id });
}

function toRow(request: ActionRequest): Insertable<Database["action_requests"]> {
  if (request.policy.approvalsNeeded < 1) {
    const { name, approvalsNeeded } = request.policy;
    throw new OomphError(
      "bad-input",
      `policy "${name}" asks for ${approvalsNeeded} approvals: expected 1 or more, as nothing is done unapproved`,
    );
  }
  return {
    id: request.id,
    incident_id: request.incidentId,
    action_id: request.actionId,
    target: JSON.stringify(request.target),
    asked_params: JSON.stringify(request.askedParams),
    plan: JSON.stringify(request.plan),
    plan_hash: request.planHash,
    requested_by: request.requestedBy,
    reason: request.reason ?? null,
    shell: request.shell === undefined ? null : JSON.stringify(request.shell),
    policy: JSON.stringify(request.policy),
    approvals_needed: request.policy.approvalsNeeded,
    state: request.state,
    created_at_ms: request.createdAtMs,
    expires_at_ms: request.expiresAtMs,
    ended_at_ms: request.endedAtMs ?? null,
    outcome: request.outcome ?? null,
    superseded_by: request.supersededBy ?? null,
  };
}

import type { Selectable } from "kysely";
import type { Run } from "../../../domain/action-request.ts";
import type { RunTable } from "../../../ports/store.ts";
import type { Database } from "../database.ts";
import { decode } from "../decode.ts";
import { RunSchema } from "../schema.ts";
import type { Scope } from "../scope.ts";
import { mayBe, mustMeet } from "./rows.ts";

export function runTable(scope: Scope): RunTable {
  return {
    ofRequest: (requestId, newId) =>
      scope.write(async (db) => {
        await db
          .insertInto("runs")
          .values({ id: newId, request_id: requestId })
          .onConflict((conflict) => conflict.column("request_id").doNothing())
          .execute();
        return toRun(await db.selectFrom("runs").selectAll().where("request_id", "=", requestId).executeTakeFirstOrThrow());
      }),
    get: (id) => scope.read(async (db) => mayBe(await db.selectFrom("runs").selectAll().where("id", "=", id).executeTakeFirst(), toRun)),
    find: (requestId) =>
      scope.read(async (db) =>
        mayBe(await db.selectFrom("runs").selectAll().where("request_id", "=", requestId).executeTakeFirst(), toRun),
      ),
    begin: (id, { begunAtMs, plan }) =>
      scope.write(async (db) => {
        const { numUpdatedRows } = await db
          .updateTable("runs")
          .set({ begun_at_ms: begunAtMs, plan: JSON.stringify(plan) })
          .where("id", "=", id)
          .where("begun_at_ms", "is", null)
          .executeTakeFirst();
        return numUpdatedRows === 1n;
      }),
    checkpoint: (id, checkpoint) =>
      scope.write(async (db) => {
        const { numUpdatedRows } = await db
          .updateTable("runs")
          .set({ checkpoint: JSON.stringify(checkpoint) })
          .where("id", "=", id)
          .executeTakeFirst();
        mustMeet(numUpdatedRows, "runs", id);
      }),
    end: (id, { endedAtMs, observation, verification }) =>
      scope.write(async (db) => {
        const { numUpdatedRows } = await db
          .updateTable("runs")
          .set({
            id,
            ...(endedAtMs !== undefined && { ended_at_ms: endedAtMs }),
            ...(observation !== undefined && { observation: JSON.stringify(observation) }),
            ...(verification !== undefined && { verification: JSON.stringify(verification) }),
          })
          .where("id", "=", id)
          .executeTakeFirst();
        mustMeet(numUpdatedRows, "runs", id);
      }),
  };
}

function toRun(row: Selectable<Database["runs"]>): Run {
  return decode(RunSchema, row, { table: "runs", id: row.id });
}

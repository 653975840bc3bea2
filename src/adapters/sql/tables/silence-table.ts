import type { SilenceTable } from "../../../ports/quiet-tables.ts";
import { decode, decodeAll } from "../decode.ts";
import type { Scope } from "../scope.ts";
import { SilenceSchema } from "../silence/schema.ts";
import { mayBe } from "./rows.ts";

export function silenceTable(scope: Scope): SilenceTable {
  return {
    add: ({ id, what, kills, untilMs, by, atMs, reason }) =>
      scope.write(async (db) => {
        const row = { id, what: JSON.stringify(what), kills: kills ? 1 : 0, until_ms: untilMs ?? null, by_user: by };
        await db
          .insertInto("silences")
          .values({ ...row, at_ms: atMs, reason: reason ?? null })
          .execute();
      }),
    get: (id) =>
      scope.read(async (db) =>
        mayBe(await db.selectFrom("silences").selectAll().where("id", "=", id).executeTakeFirst(), (row) =>
          decode(SilenceSchema, row, { table: "silences", id }),
        ),
      ),
    live: (nowMs) =>
      scope.read(async (db) => {
        const rows = await db
          .selectFrom("silences")
          .selectAll()
          .where("ended_at_ms", "is", null)
          .where((where) => where.or([where("until_ms", "is", null), where("until_ms", ">", nowMs)]))
          .orderBy("position")
          .execute();
        return decodeAll(SilenceSchema, rows, { table: "silences", id: "id" });
      }),
    end: (id, { atMs, by }) =>
      scope.write(async (db) => {
        const { numUpdatedRows } = await db
          .updateTable("silences")
          .set({ ended_at_ms: atMs, ended_by: by })
          .where("id", "=", id)
          .where("ended_at_ms", "is", null)
          .where((where) => where.or([where("until_ms", "is", null), where("until_ms", ">", atMs)]))
          .executeTakeFirst();
        return numUpdatedRows === 1n;
      }),
  };
}

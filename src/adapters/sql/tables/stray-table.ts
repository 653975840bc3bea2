import { sql, type Insertable } from "kysely";
import { SEVERITIES } from "../../../domain/alert.ts";
import type { CountedStray, StrayTable } from "../../../ports/stray-table.ts";
import type { Database } from "../database.ts";
import { decode, decodeAll } from "../decode.ts";
import type { Db, Scope } from "../scope.ts";
import { StraySchema, StrayTargetsSchema } from "../stray/schema.ts";
import { mayBe } from "./rows.ts";

const TABLE = "strays";

export function strayTable(scope: Scope): StrayTable {
  return {
    remember: (keys, atMs) => scope.write((db) => remember(db, keys, atMs)),
    newestRound: (channel) =>
      scope.read(async (db) => {
        const newest = await db
          .selectFrom(TABLE)
          .select("round_ms")
          .where("channel", "=", channel)
          .orderBy("round_ms", "desc")
          .limit(1)
          .executeTakeFirst();
        return newest?.round_ms;
      }),
    count: (strays) => scope.write((db) => count(db, strays)),
    get: (id) =>
      scope.read(async (db) =>
        mayBe(await db.selectFrom(TABLE).select(COLUMNS).where("id", "=", id).executeTakeFirst(), (row) =>
          decode(StraySchema, row, { table: TABLE, id }),
        ),
      ),
    targetsOf: (id) =>
      scope.read(async (db) => {
        const row = await db.selectFrom(TABLE).select("targets").where("id", "=", id).executeTakeFirst();
        return mayBe(row, (found) => decode(StrayTargetsSchema, found, { table: TABLE, id }).targets) ?? [];
      }),
    ofRound: ({ channel, roundMs }) =>
      scope.read(async (db) => {
        const rows = await db
          .selectFrom(TABLE)
          .select(COLUMNS)
          .where("channel", "=", channel)
          .where("round_ms", "=", roundMs)
          .orderBy("position")
          .execute();
        return decodeAll(StraySchema, rows, { table: TABLE, id: "id" });
      }),
    untold: () =>
      scope.read(async (db) => {
        const rows = await db.selectFrom(TABLE).select(["channel", "round_ms"]).distinct().where("told", "=", 0).execute();
        return rows.map(({ channel, round_ms: roundMs }) => ({ channel, roundMs }));
      }),
    told: ({ channel, roundMs }) =>
      scope.write(
        async (db) =>
          void (await db.updateTable(TABLE).set({ told: 1 }).where("channel", "=", channel).where("round_ms", "=", roundMs).execute()),
      ),
    choose: (id, chosen) =>
      scope.write(async (db) => {
        const { numUpdatedRows } = await db
          .updateTable(TABLE)
          .set({ chosen: JSON.stringify(chosen), told: 0 })
          .where("id", "=", id)
          .where("chosen", "is", null)
          .executeTakeFirst();
        return numUpdatedRows === 1n;
      }),
    forget: (beforeMs) =>
      scope.write(async (db) => {
        await db.deleteFrom("stray_alerts").where("at_ms", "<", beforeMs).execute();
        return Number((await db.deleteFrom(TABLE).where("last_at_ms", "<", beforeMs).executeTakeFirst()).numDeletedRows);
      }),
  };
}

const COLUMNS = [
  "id",
  "channel",
  "round_ms",
  "name",
  "thread_ts",
  "source",
  "class",
  "severity_rank",
  "says",
  "because",
  "count",
  "last_at_ms",
  "chosen",
] as const;

async function remember(db: Db, keys: readonly string[], atMs: number): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const rows = await db
    .insertInto("stray_alerts")
    .values(keys.map((key) => ({ key, at_ms: atMs })))
    .onConflict((conflict) => conflict.column("key").doNothing())
    .returning("key")
    .execute();
  return new Set(rows.map(({ key }) => key));
}

async function count(db: Db, strays: readonly CountedStray[]): Promise<void> {
  if (strays.length === 0) return;
  await db
    .insertInto(TABLE)
    .values(strays.map(toRow))
    .onConflict((conflict) =>
      conflict.columns(["channel", "round_ms", "matter"]).doUpdateSet(({ ref }) => ({
        count: sql<number>`strays.count + excluded.count`,
        severity_rank: sql<number>`case when excluded.severity_rank < strays.severity_rank then excluded.severity_rank else strays.severity_rank end`,
        class: ref("excluded.class"),
        says: ref("excluded.says"),
        because: ref("excluded.because"),
        targets: ref("excluded.targets"),
        last_at_ms: ref("excluded.last_at_ms"),
        told: 0,
      })),
    )
    .execute();
}

function toRow({ roundMs, threadTs, severity, targets, lastAtMs, ...alike }: CountedStray): Insertable<Database["strays"]> {
  return {
    ...alike,
    round_ms: roundMs,
    thread_ts: threadTs ?? null,
    severity_rank: severity === null ? SEVERITIES.length : SEVERITIES.indexOf(severity),
    targets: JSON.stringify(targets),
    last_at_ms: lastAtMs,
  };
}

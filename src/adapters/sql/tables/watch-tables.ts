import type { MemoryReading } from "../../../domain/memory.ts";
import { readingKey, targetKey } from "../../../domain/target.ts";
import type { WatchedTarget } from "../../../domain/watch.ts";
import type { CursorTable, ReadingTable, WatchedTable } from "../../../ports/store.ts";
import { decode, decodeAll } from "../decode.ts";
import type { Db, Scope } from "../scope.ts";
import { CursorSchema, ReadingSchema, WatchedSchema } from "../watch/schema.ts";
import { mayBe } from "./rows.ts";

// Of few sizes: each is a statement that the driver prepares and keeps.
const ROWS_AT_ONCE = [64, 16, 4, 1] as const;

export function readingTable(scope: Scope): ReadingTable {
  return {
    add: (readings) => scope.write((db) => addReadings(db, readings)),
    of: (key, sinceMs) =>
      scope.read(async (db) => {
        const rows = await db
          .selectFrom("readings")
          .selectAll()
          .where("target_key", "=", key)
          .where("at_ms", ">=", sinceMs)
          .orderBy("at_ms")
          .execute();
        return rows.map((row) => readingOf(row) ?? decode(ReadingSchema, row, { table: "readings", id: row.at_ms }));
      }),
    thin: (key, beforeMs, kept) =>
      scope.write(async (db) => {
        await db.deleteFrom("readings").where("target_key", "=", key).where("at_ms", "<", beforeMs).execute();
        await addReadings(
          db,
          kept.filter(({ atMs }) => atMs < beforeMs).map((reading) => ({ targetKey: key, reading })),
        );
      }),
  };
}

type Row = Readonly<Record<"at_ms" | "usage_bytes", unknown> & Record<"limit_bytes" | "started_at_ms", unknown>>;

/** The schema by hand, twenty times as fast: a look at a thousand containers reads half a million rows. Undefined: let it say why not. */
function readingOf({
  at_ms: atMs,
  usage_bytes: usageBytes,
  limit_bytes: limitBytes,
  started_at_ms: startedAtMs,
}: Row): MemoryReading | undefined {
  if (!isFigure(atMs) || !isFigure(usageBytes)) return undefined;
  if (limitBytes !== null && !(isFigure(limitBytes) && limitBytes > 0)) return undefined;
  if (startedAtMs !== null && !isFigure(startedAtMs)) return undefined;
  return {
    atMs,
    usageBytes,
    ...(limitBytes === null ? {} : { limitBytes }),
    ...(startedAtMs === null ? {} : { startedAtMs }),
  };
}

function isFigure(value: unknown): value is number {
  return typeof value === "number" && value >= 0;
}

/** A reading of a time that has one already changes nothing. */
async function addReadings(db: Db, readings: Parameters<ReadingTable["add"]>[0]): Promise<void> {
  for (const some of inParts(readings)) {
    const rows = some.map(({ targetKey: key, reading }) => rowOf(key, reading));
    await db
      .insertInto("readings")
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

function* inParts<Row>(rows: readonly Row[]): Generator<readonly Row[]> {
  let from = 0;
  for (const size of ROWS_AT_ONCE) {
    for (; rows.length - from >= size; from += size) yield rows.slice(from, from + size);
  }
}

function rowOf(key: string, { atMs, usageBytes, limitBytes, startedAtMs }: MemoryReading) {
  return {
    target_key: key,
    at_ms: Math.round(atMs),
    usage_bytes: Math.round(usageBytes),
    limit_bytes: limitBytes === undefined ? null : Math.round(limitBytes),
    started_at_ms: startedAtMs === undefined ? null : Math.round(startedAtMs),
  };
}

export function watchedTable(scope: Scope): WatchedTable {
  return {
    get: (key) =>
      scope.read(async (db) => {
        const row = await db.selectFrom("watched").select("state").where("target_key", "=", key).executeTakeFirst();
        return mayBe(row, (found) => decode(WatchedSchema, found, { table: "watched", id: key }).state);
      }),
    list: (seenSinceMs) =>
      scope.read(async (db) => {
        const rows = await db.selectFrom("watched").selectAll().where("seen_at_ms", ">=", seenSinceMs).orderBy("target_key").execute();
        return decodeAll(WatchedSchema, rows, { table: "watched", id: "target_key" }).map(({ state }) => state);
      }),
    ofOwner: (key) =>
      scope.read(async (db) => {
        // `_` of a name fits any letter here: what does not begin so is left out below.
        const rows = await db
          .selectFrom("watched")
          .selectAll()
          .where((where) => where.or([where("target_key", "=", key), where("target_key", "like", `${key}/%`)]))
          .orderBy("target_key")
          .execute();
        return decodeAll(WatchedSchema, rows, { table: "watched", id: "target_key" })
          .map(({ state }) => state)
          .filter(({ target }) => targetKey(target) === key);
      }),
    put: (watched) => scope.write((db) => putWatched(db, watched)),
    forget: (seenBeforeMs) =>
      scope.write(async (db) => {
        const gone = await db.deleteFrom("watched").where("seen_at_ms", "<", seenBeforeMs).returning("target_key").execute();
        for (const { target_key: key } of gone) await db.deleteFrom("readings").where("target_key", "=", key).execute();
        return gone.length;
      }),
  };
}

async function putWatched(db: Db, watched: readonly WatchedTarget[]): Promise<void> {
  for (const some of inParts(watched)) {
    const rows = some.map((one) => ({
      target_key: readingKey(one.target),
      seen_at_ms: Math.round(one.seenAtMs),
      state: JSON.stringify(one),
    }));
    await db
      .insertInto("watched")
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .column("target_key")
          .doUpdateSet((set) => ({ seen_at_ms: set.ref("excluded.seen_at_ms"), state: set.ref("excluded.state") })),
      )
      .execute();
  }
}

export function cursorTable(scope: Scope): CursorTable {
  return {
    get: (source) =>
      scope.read(async (db) => {
        const row = await db.selectFrom("event_cursors").select("cursor").where("source", "=", source).executeTakeFirst();
        return mayBe(row, (found) => decode(CursorSchema, found, { table: "event_cursors", id: source }).cursor);
      }),
    set: (source, cursor) =>
      scope.write(async (db) => {
        const text = JSON.stringify(cursor);
        await db
          .insertInto("event_cursors")
          .values({ source, cursor: text })
          .onConflict((conflict) => conflict.column("source").doUpdateSet({ cursor: text }))
          .execute();
      }),
  };
}

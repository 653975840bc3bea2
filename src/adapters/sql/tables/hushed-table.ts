import { sql, type NotNull } from "kysely";
import { SEVERITIES } from "../../../domain/alert.ts";
import type { Hushed, HushedGroup, HushedTable } from "../../../ports/quiet-tables.ts";
import { decode, decodeAll } from "../decode.ts";
import type { Db, Scope } from "../scope.ts";
import { HushCountSchema, HushedPartSchema, HushSpanSchema, type HushedPart } from "../silence/schema.ts";

export function hushedTable(scope: Scope): HushedTable {
  return {
    add: (hushed) => scope.write((db) => add(db, hushed)),
    has: (key) =>
      scope.read(async (db) => (await db.selectFrom("hushed").select("key").where("key", "=", key).executeTakeFirst()) !== undefined),
    counts: () =>
      scope.read(async (db) => {
        const rows = await db
          .selectFrom("hushed")
          .select([
            "by_id",
            sql<number>`count(*)`.as("count"),
            sql<number>`sum(is_kill)`.as("kills"),
            sql<number>`sum(1 - told)`.as("waiting"),
          ])
          .groupBy("by_id")
          .orderBy("by_id")
          .execute();
        const counts = decodeAll(HushCountSchema, rows, { table: "hushed", id: "by_id" });
        return counts.map(({ byId, ...rest }) => ({ by: byId, ...rest }));
      }),
    tell: (fingerprint) => scope.write((db) => tell(db, fingerprint)),
    untold: (fingerprints) =>
      scope.read(async (db) => {
        if (fingerprints.length === 0) return [];
        const rows = await db
          .selectFrom("hushed")
          .select("fingerprint")
          .distinct()
          .where("fingerprint", "in", fingerprints)
          .where("told", "=", 0)
          .$narrowType<{ fingerprint: NotNull }>()
          .execute();
        return rows.map(({ fingerprint }) => fingerprint);
      }),
    tellAll: (by) => scope.write((db) => tellAll(db, by)),
    forget: (beforeMs, by) =>
      scope.write(async (db) => {
        const { numDeletedRows } = await db
          .deleteFrom("hushed")
          .where("at_ms", "<", beforeMs)
          .where((where) => where.or([where("told", "=", 1), where("by_id", "<>", by)]))
          .executeTakeFirst();
        return Number(numDeletedRows);
      }),
  };
}

async function add(db: Db, hushed: Hushed): Promise<boolean> {
  const { key, by, fingerprint, target, problem, channel, source, class: kind, severity, isKill, says, atMs } = hushed;
  const about = {
    fingerprint: fingerprint ?? null,
    target: target === undefined ? null : JSON.stringify(target),
    problem: problem ?? null,
    class: kind ?? null,
  };
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("hushed")
    .values({ key, by_id: by, ...about, channel, source, severity, is_kill: isKill ? 1 : 0, says, at_ms: atMs, told: 0 })
    .onConflict((conflict) => conflict.column("key").doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

async function tell(db: Db, fingerprint: string): ReturnType<HushedTable["tell"]> {
  const row = await db
    .selectFrom("hushed")
    .select([sql<number>`count(*)`.as("count"), sql<number>`min(at_ms)`.as("first_at_ms"), sql<number>`max(at_ms)`.as("last_at_ms")])
    .where("fingerprint", "=", fingerprint)
    .where("told", "=", 0)
    .executeTakeFirstOrThrow();
  const { count, firstAtMs, lastAtMs } = decode(HushSpanSchema, row, { table: "hushed", id: fingerprint });
  if (count === 0 || firstAtMs === undefined || lastAtMs === undefined) return undefined;
  await db.updateTable("hushed").set({ told: 1 }).where("fingerprint", "=", fingerprint).where("told", "=", 0).execute();
  return { count, firstAtMs, lastAtMs };
}

/** What has no fingerprint is told by its own words. */
async function tellAll(db: Db, by: string): ReturnType<HushedTable["tellAll"]> {
  const ranks = SEVERITIES.map((severity, rank) => sql`when severity = ${severity} then ${sql.lit(rank)}`);
  const rank = sql<number>`case ${sql.join(ranks, sql` `)} else ${sql.lit(SEVERITIES.length)} end`;
  const rows = await db
    .selectFrom("hushed")
    .select([
      "channel",
      "class",
      sql<string>`coalesce(fingerprint, says)`.as("matter"),
      sql<string | null>`max(fingerprint)`.as("fingerprint"),
      sql<string | null>`max(target)`.as("target"),
      sql<string | null>`max(problem)`.as("problem"),
      sql<string>`max(says)`.as("says"),
      rank.as("severity_rank"),
      sql<number>`count(*)`.as("count"),
      sql<number>`min(at_ms)`.as("first_at_ms"),
      sql<number>`max(at_ms)`.as("last_at_ms"),
    ])
    .where("by_id", "=", by)
    .where("told", "=", 0)
    .groupBy(["channel", "class", "severity", "matter"])
    .orderBy("channel")
    .orderBy("severity_rank")
    .orderBy("last_at_ms", "desc")
    .execute();
  if (rows.length > 0) await db.updateTable("hushed").set({ told: 1 }).where("by_id", "=", by).where("told", "=", 0).execute();
  return together(decodeAll(HushedPartSchema, rows, { table: "hushed", id: "channel" }));
}

/** One for each matter in a channel, by the worst of it. */
function together(parts: readonly HushedPart[]): readonly HushedGroup[] {
  const groups = new Map<string, Omit<HushedPart, "matter">>();
  for (const { matter, ...part } of parts) {
    const key = `${part.channel} ${matter}`;
    const { count, firstAtMs, lastAtMs, ...worst } = groups.get(key) ?? { ...part, count: 0 };
    const span = { firstAtMs: Math.min(firstAtMs, part.firstAtMs), lastAtMs: Math.max(lastAtMs, part.lastAtMs) };
    groups.set(key, { ...worst, ...span, count: count + part.count });
  }
  const channels = [...new Set(parts.map(({ channel }) => channel))];
  return channels.flatMap((channel) =>
    [...groups.values()]
      .filter((group) => group.channel === channel)
      .toSorted((left, right) => left.severityRank - right.severityRank || right.lastAtMs - left.lastAtMs)
      .map(({ severityRank, ...rest }) => ({ ...rest, severity: SEVERITIES[severityRank] ?? null })),
  );
}

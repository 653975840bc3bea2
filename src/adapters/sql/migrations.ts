import { sql } from "kysely";
import { OomphError } from "../../domain/errors.ts";
import type { Backend } from "./backend.ts";
import type { OuterScope } from "./scope.ts";
import { askedFrom } from "./migrations/asked-from.ts";
import { ended } from "./migrations/ended.ts";
import { escalations } from "./migrations/escalations.ts";
import { firing } from "./migrations/firing.ts";
import { hushedClass } from "./migrations/hushed-class.ts";
import { heard } from "./migrations/heard.ts";
import { firstTables } from "./migrations/first-tables.ts";
import type { Dialect, Migration } from "./migrations/migration.ts";
import { posts } from "./migrations/posts.ts";
import { silences } from "./migrations/silences.ts";
import { stormAlerts } from "./migrations/storm-alerts.ts";
import { storms } from "./migrations/storms.ts";
import { strays } from "./migrations/strays.ts";
import { trying } from "./migrations/trying.ts";
import { watch } from "./migrations/watch.ts";

/** In the order of being applied. Only ever added to. */
const MIGRATIONS: readonly Migration[] = [
  firstTables,
  escalations,
  watch,
  askedFrom,
  heard,
  storms,
  silences,
  firing,
  ended,
  stormAlerts,
  strays,
  hushedClass,
  posts,
  trying,
];

const DIALECTS: Readonly<Record<Backend["kind"], Dialect>> = {
  sqlite: { kind: "sqlite", integer: "integer", position: "integer primary key autoincrement", strict: " strict" },
  postgres: { kind: "postgres", integer: "bigint", position: "bigint generated always as identity primary key", strict: "" },
};

/**
 * Brings the tables up to date, all or nothing. Replicas that start together wait for the first at the writers' lock.
 * Throws OomphError `conflict` when the database was made by a newer Oomph. Kysely's own Migrator is not used: it takes
 * no lock on SQLite.
 */
export async function migrate(kind: Backend["kind"], scope: OuterScope): Promise<void> {
  await scope.write(async (db) => {
    await db.schema
      .createTable("migrations")
      .ifNotExists()
      .addColumn("name", "text", (column) => column.primaryKey())
      .execute();
    const applied = (await db.selectFrom("migrations").select("name").execute()).map(({ name }) => name);
    refuseNewer(applied);
    for (const migration of MIGRATIONS.filter(({ name }) => !applied.includes(name))) {
      for (const statement of migration.statements(DIALECTS[kind])) await sql.raw(statement).execute(db);
      await db.insertInto("migrations").values({ name: migration.name }).execute();
    }
  });
}

function refuseNewer(applied: readonly string[]): void {
  const unknown = applied.filter((name) => !MIGRATIONS.some((migration) => migration.name === name));
  if (unknown.length === 0) return;
  throw new OomphError(
    "conflict",
    `the database has tables of a newer Oomph (${unknown.join(", ")}): run that version, or restore a backup from before the upgrade`,
  );
}

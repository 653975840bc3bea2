import type { Stats } from "node:fs";
import { mkdir, open, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from "kysely";
import { OomphError } from "../../domain/errors.ts";
import type { Backend } from "./backend.ts";
import type { Database } from "./database.ts";
import type { SqliteSettings } from "./settings.ts";
import { sqliteDriver } from "./sqlite-driver.ts";
import { explainSqlite, isSqliteBusy } from "./sqlite-errors.ts";

// Of one try, before the next: between two tries others have their turn on the connection.
const LOCK_WAIT_MS = 10;

/** Opens the file, making it and its folder when missing. Throws OomphError `store-unavailable` when it cannot. */
export async function openSqlite(settings: SqliteSettings): Promise<Backend> {
  const path = resolve(settings.path);
  const explain = (error: unknown): unknown => explainSqlite(error, { path, busyTimeoutMs: settings.busyTimeoutMs });
  try {
    await makeFile(path);
    const { default: Libsql } = await import("libsql/promise");
    const file = new Libsql(path, { timeout: LOCK_WAIT_MS });
    const db = new Kysely<Database>({
      dialect: {
        createAdapter: () => new SqliteAdapter(),
        createDriver: () => sqliteDriver(file),
        createIntrospector: (database) => new SqliteIntrospector(database),
        createQueryCompiler: () => new SqliteQueryCompiler(),
      },
    });
    const opened = await stat(path);
    return { kind: "sqlite", db, hasRowLocks: false, checkPlace: () => checkSameFile(path, opened), isBusy: isSqliteBusy, explain };
  } catch (error) {
    const explained = explain(error);
    if (explained instanceof OomphError) throw explained;
    throw new OomphError("store-unavailable", `cannot open ${path}: check that its folder exists and that this user may write to it`, {
      retryable: true,
      cause: error,
    });
  }
}

/** SQLite gives its side files the mode of the file. An existing file keeps the mode that it has. */
async function makeFile(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    // Only when missing: closing a file drops the locks that SQLite may hold on it for another store of this process.
    await (await open(path, "wx", 0o600)).close();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

/** A file that is moved or deleted while open takes writes as before, and they are lost with the next start. */
async function checkSameFile(path: string, opened: Stats): Promise<void> {
  const now = await stat(path).catch(() => undefined);
  if (now?.ino === opened.ino && now.dev === opened.dev) return;
  throw new OomphError(
    "store-unavailable",
    `the database ${path} was moved or deleted while Oomph had it open: put it back, or restart Oomph to begin with another`,
    { retryable: true },
  );
}

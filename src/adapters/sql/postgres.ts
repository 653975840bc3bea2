import { Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from "kysely";
import type { PoolConfig } from "pg";
import { OomphError } from "../../domain/errors.ts";
import type { Backend } from "./backend.ts";
import type { Database } from "./database.ts";
import { postgresDriver } from "./postgres-driver.ts";
import { explainPostgres } from "./postgres-errors.ts";
import type { PostgresSettings } from "./settings.ts";

// No statement of Oomph takes a second on a healthy server.
const STATEMENT_TIMEOUT_MS = 15_000;
// Beyond the server's own limit only a lost server is silent.
const SILENCE_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5000;

const INT8 = 20;

/** A pool of connections; none is made before the first query. Throws OomphError `bad-input` when the url is none. */
export async function openPostgres(settings: PostgresSettings): Promise<Backend> {
  const place = { server: serverOf(settings.url), ...settings };
  const { Pool, DatabaseError, TypeOverrides } = await import("pg");
  const types = new TypeOverrides();
  types.setTypeParser(INT8, wholeNumber);
  const config: PoolConfig = {
    connectionString: settings.url,
    application_name: "oomph",
    max: settings.poolSize,
    connectionTimeoutMillis: settings.connectTimeoutMs,
    keepAlive: true,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: SILENCE_TIMEOUT_MS,
    lock_timeout: settings.busyTimeoutMs,
    // A replica that hangs in the middle must not keep the others from writing.
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    types,
  };
  const pool = new Pool(config);
  // A connection that breaks while nobody uses it leaves the pool, and the next use makes a new one.
  pool.on("error", ignore);
  // In use, its query fails as well, and that is where the error is told.
  pool.on("connect", (client) => client.on("error", ignore));
  const db = new Kysely<Database>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => postgresDriver(pool, (error) => error instanceof DatabaseError && error.severity !== "FATAL"),
      createIntrospector: (database) => new PostgresIntrospector(database),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  return {
    kind: "postgres",
    db,
    hasRowLocks: true,
    checkPlace: async () => undefined,
    isBusy: () => false,
    explain: (error) => explainPostgres(error, place),
  };
}

/** `host:port/database`, for messages: without user and password. */
function serverOf(url: string): string {
  if (!URL.canParse(url)) {
    throw new OomphError(
      "bad-input",
      "the url of the PostgreSQL database cannot be read: expected postgres://user:password@host:5432/database",
    );
  }
  const { host, pathname, protocol } = new URL(url);
  if (protocol !== "postgres:" && protocol !== "postgresql:") {
    throw new OomphError(
      "bad-input",
      `the url of the PostgreSQL database begins with ${protocol}//: expected postgres://user:password@host:5432/database`,
    );
  }
  return `${host}${pathname}`;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new OomphError("internal", `the store holds the number ${text}, larger than what can be read exactly`);
  return value;
}

function ignore(): void {
  // See where it is used.
}

import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from "kysely";
import type { Database as LibsqlFile, Statement } from "libsql";
import { OomphError } from "../../domain/errors.ts";
import { storable } from "./backend.ts";

/**
 * Kysely on libsql. There is one connection, lent to one user at a time in the order of asking (Kysely's own driver
 * wakes everybody who waits each time), and transactions take the write lock when they begin: SQLite cannot make a
 * reader a writer while others write.
 */
export function sqliteDriver(file: LibsqlFile): Driver {
  const connection = connect(file);
  const line = waitingLine();
  const run = (statement: string): void => void file.exec(statement);
  return {
    async init() {
      // FULL: a commit is on the disk before its act begins, so that even a power cut does not lose it.
      for (const pragma of ["journal_mode = wal", "synchronous = full", "foreign_keys = on"]) file.pragma(pragma);
    },
    async acquireConnection() {
      await line.enter();
      return connection;
    },
    // All writing is done in transactions: libsql leaves a statement that meets a lock half done, and as long as that is
    // about, nothing can be committed. What meets the lock here is gone at once.
    async beginTransaction() {
      run("begin immediate");
    },
    async commitTransaction() {
      run("commit");
    },
    async rollbackTransaction() {
      // A full disk makes SQLite roll back by itself; rolling back once more would hide the reason.
      if (file.inTransaction) run("rollback");
    },
    async releaseConnection() {
      line.leave();
    },
    async destroy() {
      connection.forgetStatements();
      file.close();
    },
  };
}

// Preparing costs three times what running does; the statements of Oomph are few.
const STATEMENTS_KEPT = 200;

function connect(file: LibsqlFile): DatabaseConnection & { forgetStatements(): void } {
  const statements = new Map<string, Statement>();
  const prepare = (sql: string): Statement => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    if (statements.size >= STATEMENTS_KEPT) statements.clear();
    const statement = file.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      const statement = prepare(sql);
      const values = storable(parameters);
      if (statement.reader) return { rows: statement.all(values) as Row[] };
      return { rows: [], numAffectedRows: BigInt(statement.run(values).changes) };
    },
    streamQuery() {
      throw new OomphError("internal", "the store reads in pages: streaming is not built");
    },
    forgetStatements: () => statements.clear(),
  };
}

/** One at a time, first come, first served. */
function waitingLine(): { enter(): Promise<void>; leave(): void } {
  const waiting: (() => void)[] = [];
  let taken = false;
  return {
    async enter() {
      if (taken) return new Promise<void>((go) => waiting.push(go));
      taken = true;
    },
    leave() {
      const next = waiting.shift();
      // Handed on while still taken, so that nobody slips in between.
      if (next === undefined) taken = false;
      else next();
    },
  };
}

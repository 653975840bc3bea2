import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from "kysely";
import type LibsqlFile from "libsql/promise";
import { OomphError } from "../../domain/errors.ts";
import { storable } from "./backend.ts";

/**
 * Kysely on libsql, in the flavour that waits for the disk and for locks in a thread of its own: while a commit is
 * synced, acknowledgements go on. There is one connection, lent to one user at a time in the order of asking (Kysely's
 * own driver wakes everybody who waits each time), and transactions take the write lock when they begin: SQLite cannot
 * make a reader a writer while others write.
 */
export function sqliteDriver(file: LibsqlFile): Driver {
  const connection = connect(file);
  const line = waitingLine();
  return {
    async init() {
      // FULL: a commit is on the disk before its act begins, so that even a power cut does not lose it.
      for (const pragma of ["journal_mode = wal", "synchronous = full", "foreign_keys = on"]) await connection.run(`pragma ${pragma}`);
    },
    async acquireConnection() {
      await line.enter();
      return connection;
    },
    // All writing is done in transactions: libsql leaves a statement that meets a lock half done, and as long as that is
    // about, nothing can be committed. What meets the lock here is gone at once.
    beginTransaction: () => connection.run("begin immediate"),
    commitTransaction: () => connection.run("commit"),
    rollbackTransaction: () => connection.rollBack(),
    async releaseConnection() {
      line.leave();
    },
    async destroy() {
      await connection.close();
    },
  };
}

// Preparing costs three times what running does; the statements of Oomph are few.
const STATEMENTS_KEPT = 200;

type Statement = {
  readonly reader: boolean;
  all(values: readonly unknown[]): Promise<unknown[]>;
  /** Not in a thread of its own: within a transaction it only touches memory. */
  run(values: readonly unknown[]): { readonly changes: number };
};

type Connection = DatabaseConnection & { run(statement: string): Promise<void>; rollBack(): Promise<void>; close(): Promise<void> };

/** Does one thing at a time, in the order of asking: two that use the same prepared statement would mix up their rows. */
function connect(file: LibsqlFile): Connection {
  const statements = new Map<string, Statement>();
  const line = waitingLine();
  let isClosed = false;
  const inTurn = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    await line.enter();
    try {
      return await work();
    } finally {
      line.leave();
    }
  };
  const prepare = async (sql: string): Promise<Statement> => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    if (statements.size >= STATEMENTS_KEPT) statements.clear();
    const statement: Statement = await file.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      const values = storable(parameters);
      return inTurn(async () => {
        const statement = await prepare(sql);
        if (statement.reader) return { rows: (await statement.all(values)) as Row[] };
        return { rows: [], numAffectedRows: BigInt(statement.run(values).changes) };
      });
    },
    streamQuery() {
      throw new OomphError("internal", "the store reads in pages: streaming is not built");
    },
    run: (statement) => inTurn(async () => void (await file.exec(statement))),
    rollBack: () =>
      inTurn(async () => {
        // Closed in the middle of it, it is never committed. Asked how a closed file stands, libsql ends the whole process.
        if (isClosed) return;
        // A full disk makes SQLite roll back by itself; rolling back once more would hide the reason.
        const isRolledBack = "inTransaction" in file && file.inTransaction === false;
        if (!isRolledBack) await file.exec("rollback");
      }),
    close: () =>
      inTurn(async () => {
        isClosed = true;
        statements.clear();
        file.close();
      }),
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

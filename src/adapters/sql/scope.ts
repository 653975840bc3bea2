import { AsyncLocalStorage } from "node:async_hooks";
import { DelegateBackoff, handleWhen, retry } from "cockatiel";
import type { Kysely } from "kysely";
import { OomphError } from "../../domain/errors.ts";
import type { Backend } from "./backend.ts";
import type { Database } from "./database.ts";

export type Db = Kysely<Database>;

/** Where a table's statements run: on their own, or inside a transaction that somebody has begun. */
export type Scope = {
  /** One statement that only reads: it waits for no writer. */
  read<Result>(work: (db: Db) => Promise<Result>): Promise<Result>;
  /** One statement or several as one, while nobody else writes. */
  write<Result>(work: (db: Db) => Promise<Result>): Promise<Result>;
  /** One statement that adds or changes one row, whatever else is being written: where rows have locks it waits for no turn. */
  writeRow<Result>(work: (db: Db) => Promise<Result>): Promise<Result>;
};

export type OuterScope = Scope & {
  /** A transaction of several calls. All is rolled back when `work` throws, and what it threw is thrown. */
  transaction<Result>(work: (scope: Scope) => Promise<Result>): Promise<Result>;
};

/** Each use is a transaction of its own. A lock held elsewhere is waited for, up to `busyTimeoutMs`. */
export function outerScope(backend: Backend, busyTimeoutMs: number): OuterScope {
  const waitForLock = busyPolicy(backend, busyTimeoutMs);
  const transaction = async <Result>(work: (scope: Scope) => Promise<Result>): Promise<Result> => {
    refuseInsideTransaction(backend);
    return explained(backend, () => waitForLock(() => runTransaction(backend, work)));
  };
  const alone: Scope["read"] = async (work) => {
    refuseInsideTransaction(backend);
    return explained(backend, () => waitForLock(() => work(backend.db)));
  };
  const write: Scope["write"] = (work) => transaction((scope) => scope.write(work));
  return { read: alone, write, writeRow: backend.hasRowLocks ? alone : write, transaction };
}

// Mean of the pauses between two tries; a try itself blocks for some ms more.
const PAUSE_MS = 30;

/** Tries again for about `busyTimeoutMs`, at uneven times, so that two processes do not keep meeting. */
function busyPolicy(backend: Backend, busyTimeoutMs: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const policy = retry(
    handleWhen((error) => backend.isBusy(error)),
    {
      maxAttempts: Math.ceil(busyTimeoutMs / PAUSE_MS),
      backoff: new DelegateBackoff(() => PAUSE_MS / 2 + Math.random() * PAUSE_MS),
    },
  );
  return (work) => policy.execute(work);
}

// Set while the work of a transaction runs, to catch calls on the Store in there: on SQLite they would wait for ever
// for the connection that their own transaction holds, on PostgreSQL they would not be part of it.
const insideTransaction = new AsyncLocalStorage<Backend>();

function refuseInsideTransaction(backend: Backend): void {
  if (insideTransaction.getStore() === backend) {
    throw new OomphError("internal", "the store was called inside a transaction: use the tables that the transaction gives");
  }
}

async function runTransaction<Result>(backend: Backend, work: (scope: Scope) => Promise<Result>): Promise<Result> {
  let thrown: { readonly error: unknown } | undefined;
  try {
    return await backend.db.transaction().execute(async (db) => {
      const inner = innerScope(backend, db);
      try {
        return await insideTransaction.run(backend, () => work(inner.scope));
      } catch (error) {
        thrown = { error };
        throw error;
      } finally {
        inner.end();
      }
    });
  } catch (error) {
    // Rolling back may have failed too; why it had to be done says more.
    if (thrown !== undefined) throw new WorkFailed(thrown.error);
    throw error;
  }
}

/** Carries an error of a transaction's work past the explaining of database errors: it is not the database's. */
class WorkFailed extends Error {
  readonly error: unknown;

  constructor(error: unknown) {
    super("the work of a transaction failed");
    this.error = error;
  }
}

function innerScope(backend: Backend, db: Db): { readonly scope: Scope; end(): void } {
  let ended = false;
  const run: Scope["write"] = async (work) => {
    if (ended) throw new OomphError("internal", "the tables of a transaction were used after its end: await everything in it");
    return explained(backend, () => work(db));
  };
  return {
    scope: { read: run, write: run, writeRow: run },
    end: () => {
      ended = true;
    },
  };
}

async function explained<Result>(backend: Backend, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WorkFailed) throw error.error;
    throw backend.explain(error);
  }
}

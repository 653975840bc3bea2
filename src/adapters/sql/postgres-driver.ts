import { CompiledQuery, type DatabaseConnection, type Driver, type QueryResult } from "kysely";
import type { Pool, PoolClient } from "pg";
import { OomphError } from "../../domain/errors.ts";
import { storable } from "./backend.ts";

// Oomph's writers wait for each other here ("oomph" in ASCII); other users of the server are not concerned.
const WRITERS_LOCK = 0x6f6f6d7068;

type Connection = DatabaseConnection & { release(): void };

/**
 * Kysely on pg. A transaction takes the writers' lock first; it is given back at its end. A connection that did not
 * answer as a server does (`isAnswer` false) may still have an answer on its way: it is not used again.
 */
export function postgresDriver(pool: Pool, isAnswer: (error: unknown) => boolean): Driver {
  const say = async (connection: DatabaseConnection, statement: string): Promise<void> => {
    await connection.executeQuery(CompiledQuery.raw(statement));
  };
  return {
    async init() {
      // The pool connects when it is used.
    },
    acquireConnection: async () => lend(await pool.connect(), isAnswer),
    async beginTransaction(connection) {
      try {
        // In one message: whoever takes its turn does not think first.
        await say(connection, `begin; select pg_advisory_xact_lock(${WRITERS_LOCK})`);
      } catch (error) {
        await say(connection, "rollback").catch(() => undefined); // the first error says why
        throw error;
      }
    },
    commitTransaction: (connection) => say(connection, "commit"),
    rollbackTransaction: (connection) => say(connection, "rollback"),
    async releaseConnection(connection: Connection) {
      connection.release();
    },
    destroy: () => pool.end(),
  };
}

function lend(client: PoolClient, isAnswer: (error: unknown) => boolean): Connection {
  let usable = true;
  return {
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      const values = storable(parameters);
      try {
        const { rows, rowCount } = await client.query(sql, values);
        return { rows: rows as Row[], numAffectedRows: BigInt(rowCount ?? 0) };
      } catch (error) {
        usable &&= isAnswer(error);
        throw error;
      }
    },
    streamQuery() {
      throw new OomphError("internal", "the store reads in pages: streaming is not built");
    },
    release: () => client.release(!usable),
  };
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Libsql from "libsql";
import { Client } from "pg";
import { startPostgres } from "../../scripts/lab/postgres.ts";
import { openStore } from "../../src/adapters/sql/open-store.ts";
import { putEmptyDatabase } from "../support/empty-database.ts";
import { storeContract, type StoreDatabase } from "./store.ts";

// Sixty writers take their turns, on a machine that has other things to do.
const BUSY_TIMEOUT_MS = 60_000;

storeContract("SQLite", async () => {
  const folder = await mkdtemp(join(tmpdir(), "oomph-store-"));
  let made = 0;
  const newPath = (): string => join(folder, `${(made += 1)}.db`);
  return {
    empty: async () => sqliteDatabase(newPath()),
    async ready() {
      const path = newPath();
      await putEmptyDatabase(path);
      return sqliteDatabase(path);
    },
    stop: () => rm(folder, { recursive: true, force: true }),
  };
});

storeContract("PostgreSQL", async () => {
  const lab = await startPostgres();
  const readyUrl = await lab.createDatabase();
  await (await postgresDatabase(readyUrl).open()).close();
  return {
    empty: async () => postgresDatabase(await lab.createDatabase()),
    ready: async () => postgresDatabase(await lab.createDatabase(readyUrl)),
    stop: () => lab.stop(),
  };
});

function sqliteDatabase(path: string): StoreDatabase {
  return {
    open: () => openStore({ kind: "sqlite", path, busyTimeoutMs: BUSY_TIMEOUT_MS }),
    async run(statement) {
      const file = new Libsql(path, { timeout: BUSY_TIMEOUT_MS });
      try {
        const prepared = file.prepare(statement);
        return prepared.reader ? prepared.all() : [prepared.run()].slice(1);
      } finally {
        file.close();
      }
    },
  };
}

function postgresDatabase(url: string): StoreDatabase {
  return {
    open: () => openStore({ kind: "postgres", url, busyTimeoutMs: BUSY_TIMEOUT_MS, poolSize: 4, connectTimeoutMs: 30_000 }),
    async run(statement) {
      const client = new Client({ connectionString: url });
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(statement)).rows;
      } finally {
        await client.end();
      }
    },
  };
}

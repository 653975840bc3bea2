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
// As it was made, with the list of its migrations and with each count from 1.
// A database for each of a hundred tests is thousands of files, which take longer than the tests.
const EMPTY_ALL = `do $$
  declare one record; is_filled boolean;
  begin
    for one in select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'migrations' loop
      execute format('select exists (select from %I)', one.name) into is_filled;
      if is_filled then execute format('truncate %I cascade', one.name); end if;
    end loop;
    for one in select sequencename as name from pg_sequences where last_value is not null loop
      execute format('alter sequence %I restart', one.name);
    end loop;
  end $$`;

storeContract("SQLite", async () => {
  const folder = await mkdtemp(join(tmpdir(), "oomph-store-"));
  let made = 0;
  const newPath = (): string => join(folder, `${(made += 1)}.db`);
  async function ready(): Promise<StoreDatabase> {
    const path = newPath();
    await putEmptyDatabase(path);
    return sqliteDatabase(path);
  }
  return {
    empty: async () => sqliteDatabase(newPath()),
    ready,
    shared: ready,
    tidy: async () => undefined,
    stop: () => rm(folder, { recursive: true, force: true }),
  };
});

storeContract("PostgreSQL", async () => {
  const lab = await startPostgres();
  const readyUrl = await lab.createDatabase();
  await (await postgresDatabase(readyUrl).open()).close();
  const ready = async (): Promise<StoreDatabase> => postgresDatabase(await lab.createDatabase(readyUrl));
  const free: StoreDatabase[] = [];
  const inUse: StoreDatabase[] = [];
  return {
    empty: async () => postgresDatabase(await lab.createDatabase()),
    ready,
    async shared() {
      const one = free.pop() ?? (await ready());
      inUse.push(one);
      return one;
    },
    async tidy() {
      for (const one of inUse.splice(0)) {
        if ((await one.run("select 1 from audit limit 1")).length > 0) continue; // a trail that nothing empties
        await one.run(EMPTY_ALL);
        free.push(one);
      }
    },
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

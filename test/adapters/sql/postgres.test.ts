import { readFile, writeFile } from "node:fs/promises";
import { join, dirname } from "node:path";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { makeAuthority } from "../../../scripts/lab/certificates.ts";
import { startPostgres, type PostgresLab } from "../../../scripts/lab/postgres.ts";
import { openStore } from "../../../src/adapters/sql/open-store.ts";
import type { PostgresSettings } from "../../../src/adapters/sql/settings.ts";
import type { Store } from "../../../src/ports/store.ts";
import { anEntry, openIncident } from "../../contract/store-samples.ts";

const AWAY = { name: "OomphError", code: "store-unavailable", retryable: true };

function settings(url: string, change: Partial<PostgresSettings> = {}): PostgresSettings {
  return { kind: "postgres", url, busyTimeoutMs: 2000, poolSize: 4, connectTimeoutMs: 3000, ...change };
}

describe("the PostgreSQL store", () => {
  let lab: PostgresLab;
  const open: { close(): Promise<unknown> }[] = [];

  beforeAll(async () => {
    lab = await startPostgres({ tls: true });
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
  });
  afterAll(() => lab.stop());

  async function openOn(url: string, change: Partial<PostgresSettings> = {}): Promise<Store> {
    const store = await openStore(settings(url, change));
    open.push(store);
    return store;
  }

  async function client(url: string): Promise<Client> {
    const made = new Client({ connectionString: url });
    await made.connect();
    open.push({ close: () => made.end() });
    return made;
  }

  it("fails with a sentence while the server is down, and goes on when it is back", async () => {
    const store = await openOn(await lab.createDatabase());
    const incident = await openIncident(store);
    await Promise.all([1, 2, 3, 4].map(() => store.incidents.get(incident.id))); // all connections are open and idle
    await lab.shutDown();
    await expect(store.incidents.get(incident.id)).rejects.toMatchObject(AWAY);
    await expect(store.ping()).rejects.toMatchObject({ ...AWAY, message: expect.stringMatching(/cannot be reached/) });
    await lab.restart();
    expect(await store.incidents.get(incident.id)).toStrictEqual(incident);
    expect(await store.audit.append(anEntry())).toMatchObject({ seq: 1 });
  });

  it("rolls back what was under way when the server crashed", async () => {
    const store = await openOn(await lab.createDatabase());
    await store.audit.append(anEntry());
    const work = store.transaction(async (tables) => {
      await tables.audit.append(anEntry());
      await lab.crash();
      await tables.audit.append(anEntry());
    });
    await expect(work).rejects.toMatchObject(AWAY);
    await lab.restart();
    expect(await store.audit.verify()).toMatchObject({ kind: "intact", entries: 1 });
    expect(await store.audit.append(anEntry())).toMatchObject({ seq: 2 });
  });

  it("survives an administrator who ends its connections", async () => {
    const url = await lab.createDatabase();
    const store = await openOn(url, { poolSize: 1 });
    const admin = await client(lab.url);
    const killed = store.transaction(async (tables) => {
      await tables.audit.append(anEntry());
      await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'oomph'");
      await tables.audit.append(anEntry());
    });
    await expect(killed).rejects.toMatchObject(AWAY);
    await store.ping();
    expect(await store.audit.verify()).toMatchObject({ kind: "intact", entries: 0 });
  });

  it("gives up on the writers' lock after the configured wait", async () => {
    const url = await lab.createDatabase();
    const store = await openOn(url);
    const impatient = await openOn(url, { busyTimeoutMs: 50 });
    await store.transaction(async () => {
      await expect(impatient.audit.append(anEntry())).rejects.toMatchObject({
        ...AWAY,
        message: expect.stringContaining("longer than 50 ms"),
      });
      await impatient.incidents.list({ limit: 1 });
    });
    expect(await impatient.audit.append(anEntry())).toMatchObject({ seq: 1 });
  });

  it("says that all connections are in use", async () => {
    const store = await openOn(await lab.createDatabase(), { poolSize: 1, connectTimeoutMs: 1000 });
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const held = store.transaction(() => gate);
    await expect(store.ping()).rejects.toMatchObject({ ...AWAY, message: expect.stringContaining("no connection within 1000 ms") });
    release();
    await held;
    await store.ping();
  });

  it("says that nobody listens, that there is no such database, no such user", async () => {
    const { port } = new URL(lab.url);
    await expect(openStore(settings("postgres://postgres@127.0.0.1:1/oomph"))).rejects.toMatchObject({
      ...AWAY,
      message: expect.stringMatching(/127\.0\.0\.1:1\/oomph cannot be reached/),
    });
    await expect(openStore(settings(`postgres://postgres:made-up-secret@127.0.0.1:${port}/missing`))).rejects.toMatchObject({
      ...AWAY,
      message: expect.stringContaining(`no database 127.0.0.1:${port}/missing`),
    });
    await expect(openStore(settings(`postgres://stranger:made-up-secret@127.0.0.1:${port}/postgres`))).rejects.toMatchObject({
      ...AWAY,
      message: expect.not.stringContaining("made-up-secret"),
    });
  });

  it.each(["nonsense", "mysql://127.0.0.1/oomph"])("refuses the url %s", async (url) => {
    await expect(openStore(settings(url))).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringContaining("postgres://user:password@"),
    });
  });

  it("says that the server is read-only", async () => {
    const url = await lab.createDatabase();
    await (await openStore(settings(url))).close();
    const admin = await client(lab.url);
    await admin.query(`alter database ${new URL(url).pathname.slice(1)} set default_transaction_read_only = on`);
    await expect(openStore(settings(url))).rejects.toMatchObject({ ...AWAY, message: expect.stringContaining("read-only") });
  });

  it("says that its user may not create tables", async () => {
    const url = await lab.createDatabase();
    const admin = await client(lab.url);
    await admin.query("create role reader login");
    const asReader = url.replace("postgres@", "reader@");
    await expect(openStore(settings(asReader))).rejects.toMatchObject({
      code: "no-rights",
      message: expect.stringContaining("owner of the database"),
    });
  });

  it("refuses to empty the audit, also in a session that replays changes", async () => {
    const url = await lab.createDatabase();
    const store = await openOn(url);
    await store.audit.append(anEntry());
    const intruder = await client(url);
    await intruder.query("set session_replication_role = replica");
    for (const statement of ["truncate audit", "delete from audit", "update audit set seq = 2"]) {
      await expect(intruder.query(statement)).rejects.toThrow(/never changed or deleted/);
    }
    expect(await store.audit.verify()).toMatchObject({ kind: "intact", entries: 1 });
  });

  it("speaks TLS and knows the server by its certificate", async () => {
    const url = await lab.createDatabase();
    const store = await openOn(`${url}?sslmode=verify-full&sslrootcert=${lab.caFile}`);
    const admin = await client(lab.url);
    const { rows } = await admin.query<{ ssl: boolean }>(
      "select distinct ssl from pg_stat_ssl join pg_stat_activity using (pid) where application_name = 'oomph' and datname = $1",
      [new URL(url).pathname.slice(1)],
    );
    expect(rows).toStrictEqual([{ ssl: true }]);
    await store.ping();

    const strangerFile = join(dirname(lab.caFile), "stranger.pem");
    await writeFile(strangerFile, makeAuthority("Somebody else").cert);
    expect(await readFile(strangerFile, "utf8")).toContain("BEGIN CERTIFICATE");
    await expect(openStore(settings(`${url}?sslmode=verify-full&sslrootcert=${strangerFile}`))).rejects.toMatchObject({
      ...AWAY,
      message: expect.stringContaining("no secure connection"),
    });
  });
});

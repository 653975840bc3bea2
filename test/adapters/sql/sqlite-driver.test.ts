import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CompiledQuery, type Driver } from "kysely";
import Libsql from "libsql/promise";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sqliteDriver } from "../../../src/adapters/sql/sqlite-driver.ts";
import { explainSqlite } from "../../../src/adapters/sql/sqlite-errors.ts";

describe("Kysely on libsql", () => {
  let folder = "";
  let file: InstanceType<typeof Libsql>;
  let driver: Driver;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "oomph-driver-"));
    file = new Libsql(join(folder, "test.db"), {});
    driver = sqliteDriver(file);
    await driver.init();
    await file.exec("create table notes (id integer primary key, text text) strict");
  });
  afterEach(async () => {
    await driver.destroy();
    await rm(folder, { recursive: true, force: true });
  });

  it("syncs each commit to the disk, writes ahead and minds foreign keys", async () => {
    const read = async (name: string): Promise<unknown> => file.pragma(name, {});
    expect(await read("journal_mode")).toStrictEqual([{ journal_mode: "wal" }]);
    expect(await read("synchronous")).toStrictEqual([{ synchronous: 2 }]); // 2: FULL
    expect(await read("foreign_keys")).toStrictEqual([{ foreign_keys: 1 }]);
  });

  it("lends its connection to one at a time, in the order of asking", async () => {
    const first = await driver.acquireConnection();
    const order: string[] = [];
    const wait = async (name: string): Promise<void> => {
      const connection = await driver.acquireConnection();
      order.push(name);
      await driver.releaseConnection(connection);
    };
    const waiting = [wait("second"), wait("third")];
    await driver.releaseConnection(first);
    waiting.push(wait("fourth"));
    await Promise.all(waiting);
    expect(order).toStrictEqual(["second", "third", "fourth"]);
  });

  it("counts changed rows, and gives the rows of a returning statement", async () => {
    const connection = await driver.acquireConnection();
    const insert = "insert into notes (id, text) values (?, ?) on conflict do nothing";
    expect((await connection.executeQuery(CompiledQuery.raw(insert, [1, "a"]))).numAffectedRows).toBe(1n);
    expect((await connection.executeQuery(CompiledQuery.raw(insert, [1, "b"]))).numAffectedRows).toBe(0n);
    const { rows } = await connection.executeQuery(CompiledQuery.raw("update notes set text = ? returning *", [null]));
    expect(rows).toStrictEqual([{ id: 1, text: null }]);
  });

  it("keeps the rows of two apart that use one statement at the same time", async () => {
    const connection = await driver.acquireConnection();
    await file.exec("insert into notes (id, text) values (1, 'a'), (2, 'b'), (3, 'c')");
    const above = async (id: number): Promise<unknown> =>
      (await connection.executeQuery(CompiledQuery.raw("select id from notes where id > ?", [id]))).rows;
    await above(0); // prepares the statement
    expect(await Promise.all([above(0), above(1), above(2)])).toStrictEqual([
      [{ id: 1 }, { id: 2 }, { id: 3 }],
      [{ id: 2 }, { id: 3 }],
      [{ id: 3 }],
    ]);
  });

  it("lets everything else go on while it waits for a lock", async () => {
    const other = new Libsql(join(folder, "test.db"), {});
    await other.exec("begin immediate");
    const waiting = sqliteDriver(new Libsql(join(folder, "test.db"), { timeout: 60_000 }));
    const connection = await waiting.acquireConnection();
    const begun = waiting.beginTransaction(connection, {});
    // A process that stood still would never come to this line.
    await other.exec("rollback");
    await begun;
    await waiting.rollbackTransaction(connection);
    await waiting.destroy();
    other.close();
  });

  it("finishes what has been asked before it closes", async () => {
    const connection = await driver.acquireConnection();
    await driver.beginTransaction(connection, {});
    await connection.executeQuery(CompiledQuery.raw("insert into notes (id, text) values (1, 'kept')"));
    await Promise.all([driver.commitTransaction(connection), driver.destroy()]);
    file = new Libsql(join(folder, "test.db"), {});
    driver = sqliteDriver(file);
    const { rows } = await (await driver.acquireConnection()).executeQuery(CompiledQuery.raw("select text from notes"));
    expect(rows).toStrictEqual([{ text: "kept" }]);
  });

  // libsql ended the whole process here.
  it("rolls back what was under way when it was closed, and its user hears why", async () => {
    const connection = await driver.acquireConnection();
    await driver.beginTransaction(connection, {});
    await connection.executeQuery(CompiledQuery.raw("insert into notes (id, text) values (1, 'lost')"));
    await driver.destroy();
    await expect(connection.executeQuery(CompiledQuery.raw("insert into notes (id, text) values (2, 'late')"))).rejects.toThrow(/not open/);
    await driver.rollbackTransaction(connection);
    driver = sqliteDriver(new Libsql(join(folder, "test.db"), {}));
    const { rows } = await (await driver.acquireConnection()).executeQuery(CompiledQuery.raw("select text from notes"));
    expect(rows).toStrictEqual([]);
  });

  it.each([true, undefined, {}, 1n, Number.NaN])(
    "refuses to bind %s, on which libsql would end the process or store something else",
    async (value) => {
      const connection = await driver.acquireConnection();
      await expect(connection.executeQuery(CompiledQuery.raw("select ? as value", [value]))).rejects.toThrow(
        /expected text, a finite number or null/,
      );
    },
  );

  it("tells a full disk, although SQLite rolls back by itself", async () => {
    await file.exec("pragma max_page_count = 4");
    const connection = await driver.acquireConnection();
    await driver.beginTransaction(connection, {});
    const insert = CompiledQuery.raw("insert into notes (text) values (?)", ["x".repeat(20_000)]);
    const error: unknown = await connection.executeQuery(insert).catch((reason: unknown) => reason);
    await driver.rollbackTransaction(connection);
    expect(explainSqlite(error, { path: "/data/oomph.db", busyTimeoutMs: 100 })).toMatchObject({
      code: "store-unavailable",
      retryable: true,
      message: expect.stringContaining("disk is full"),
    });
  });

  it("does not stream", async () => {
    const connection = await driver.acquireConnection();
    expect(() => connection.streamQuery(CompiledQuery.raw("select 1"), 1)).toThrow(/streaming is not built/);
  });
});

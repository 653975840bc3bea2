import Libsql from "libsql";
import { describe, expect, it } from "vitest";
import { explainSqlite, isSqliteBusy } from "../../../src/adapters/sql/sqlite-errors.ts";

const place = { path: "/nowhere/oomph.db", busyTimeoutMs: 5000 };

function sqliteError(code: string, rawCode = 1): Error {
  return new (Libsql as unknown as { SqliteError: new (message: string, code: string, rawCode: number) => Error }).SqliteError(
    "as it said",
    code,
    rawCode,
  );
}

describe("what errors of libsql mean", () => {
  it.each([
    ["SQLITE_BUSY", "locked by another process for longer than 5000 ms"],
    ["SQLITE_BUSY_SNAPSHOT", "locked by another process"],
    ["SQLITE_LOCKED_SHAREDCACHE", "was locked: try again"],
    ["SQLITE_READONLY", "is read-only"],
    ["SQLITE_READONLY_ROLLBACK", "is read-only"],
    ["SQLITE_FULL", "disk is full"],
    ["SQLITE_CANTOPEN_ISDIR", "cannot be opened"],
    ["SQLITE_IOERR_FSYNC", "check its disk"],
  ])("%s: the store is away for now", (code, says) => {
    expect(explainSqlite(sqliteError(code), place)).toMatchObject({
      code: "store-unavailable",
      retryable: true,
      message: expect.stringContaining(says),
    });
  });

  it.each([
    ["SQLITE_NOTADB", "is not a database"],
    ["SQLITE_CORRUPT_VTAB", "restore it from a backup"],
  ])("%s: waiting does not help", (code, says) => {
    expect(explainSqlite(sqliteError(code), place)).toMatchObject({
      code: "store-unavailable",
      retryable: false,
      message: expect.stringContaining(says),
    });
  });

  it("knows codes that the driver has no name for by the code that they extend", () => {
    const readonlyDirectory = 8 | (6 << 8);
    const busyTimeout = 5 | (3 << 8);
    expect(explainSqlite(sqliteError("UNKNOWN_SQLITE_ERROR_1544", readonlyDirectory), place)).toMatchObject({
      message: expect.stringContaining("is read-only"),
    });
    expect(isSqliteBusy(sqliteError("UNKNOWN_SQLITE_ERROR_773", busyTimeout))).toBe(true);
    expect(isSqliteBusy(sqliteError("SQLITE_FULL"))).toBe(false);
  });

  it("calls anything else of the database internal, with the code", () => {
    const cause = sqliteError("SQLITE_CONSTRAINT_NOTNULL");
    expect(explainSqlite(cause, place)).toMatchObject({
      code: "internal",
      cause,
      message: expect.stringContaining("SQLITE_CONSTRAINT_NOTNULL"),
    });
  });

  it("gives back what the database did not throw", () => {
    const error = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    expect(explainSqlite(error, place)).toBe(error);
    expect(explainSqlite("text", place)).toBe("text");
  });
});

import { closeSync, openSync } from "node:fs";
import { OomphError, type ErrorCode } from "../../domain/errors.ts";

type Place = { readonly path: string; readonly busyTimeoutMs: number };

type Meaning = { readonly code: ErrorCode; readonly retryable: boolean; says(place: Place): string };

const sayReadOnly: Meaning["says"] = ({ path }) =>
  `the database ${path} is read-only: let Oomph's user write to the file and its folder, and check that its volume is not mounted read-only`;

// By the beginning of the driver's code.
const MEANINGS: readonly (readonly [string, Meaning])[] = [
  [
    "SQLITE_BUSY",
    unavailable(
      ({ path, busyTimeoutMs }) =>
        `the database ${path} was locked by another process for longer than ${busyTimeoutMs} ms: try again; if it stays so, look for a process that holds it open (lsof ${path})`,
    ),
  ],
  ["SQLITE_LOCKED", unavailable(({ path }) => `a table of the database ${path} was locked: try again`)],
  ["SQLITE_READONLY", unavailable(sayReadOnly)],
  ["SQLITE_FULL", unavailable(({ path }) => `the disk is full, so the database ${path} takes no more: free space on its volume`)],
  [
    "SQLITE_CANTOPEN",
    unavailable((place) =>
      // A write-ahead log that may not be written is told as a file that cannot be opened.
      isReadOnly(place.path)
        ? sayReadOnly(place)
        : `the database ${place.path} cannot be opened: check that its folder exists and that Oomph's user may write to it`,
    ),
  ],
  ["SQLITE_PERM", unavailable(({ path }) => `the database ${path} cannot be opened: let Oomph's user read and write it`)],
  ["SQLITE_IOERR", unavailable(({ path }) => `reading or writing the database ${path} failed: check its disk and volume`)],
  ["SQLITE_NOTADB", broken(({ path }) => `${path} is not a database: name another file, or move this one away`)],
  ["SQLITE_CORRUPT", broken(({ path }) => `the database ${path} is damaged: stop Oomph and restore it from a backup`)],
  ["SQLITE_CONSTRAINT_FOREIGNKEY", { code: "not-found", retryable: false, says: () => "what the new row belongs to is not in the store" }],
  ["SQLITE_CONSTRAINT_UNIQUE", { code: "conflict", retryable: false, says: () => "the store has such a row already" }],
  ["SQLITE_CONSTRAINT_PRIMARYKEY", { code: "conflict", retryable: false, says: () => "the store has such a row already" }],
];

/** What an error of libsql means; what is not one is given back as it is. */
export function explainSqlite(error: unknown, place: Place): unknown {
  const code = sqliteCode(error);
  if (code === undefined) return error;
  const meaning = MEANINGS.find(([prefix]) => code.startsWith(prefix))?.[1];
  if (meaning === undefined) return new OomphError("internal", `the store refused a statement (${code})`, { cause: error });
  return new OomphError(meaning.code, meaning.says(place), { retryable: meaning.retryable, cause: error });
}

/** Locked by another process: nothing has been done. */
export function isSqliteBusy(error: unknown): boolean {
  return sqliteCode(error)?.startsWith("SQLITE_BUSY") ?? false;
}

function isReadOnly(path: string): boolean {
  try {
    closeSync(openSync(path, "r+"));
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && (error.code === "EACCES" || error.code === "EROFS");
  }
}

function unavailable(says: Meaning["says"]): Meaning {
  return { code: "store-unavailable", retryable: true, says };
}

function broken(says: Meaning["says"]): Meaning {
  return { code: "store-unavailable", retryable: false, says };
}

function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // Opening fails without a code, but the text ends in SQLite's number: 14 is SQLITE_CANTOPEN.
  if (error.message.startsWith("ConnectionFailed(")) return "SQLITE_CANTOPEN";
  if (error.name !== "SqliteError" || !("code" in error) || typeof error.code !== "string") return undefined;
  return error.code.startsWith("UNKNOWN_") && "rawCode" in error ? primaryCode(Number(error.rawCode)) : error.code;
}

const PRIMARY: Readonly<Record<number, string>> = {
  5: "SQLITE_BUSY",
  6: "SQLITE_LOCKED",
  8: "SQLITE_READONLY",
  10: "SQLITE_IOERR",
  11: "SQLITE_CORRUPT",
  13: "SQLITE_FULL",
  14: "SQLITE_CANTOPEN",
};

/** The driver has no name for some of SQLite's extended codes; the low byte is the code that they extend. */
function primaryCode(rawCode: number): string {
  return PRIMARY[rawCode & 0xff] ?? `SQLite error ${rawCode}`;
}

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../src/adapters/sql/open-store.ts";

let made: Promise<Uint8Array> | undefined;

/** Puts a SQLite file there that has all tables and nothing in them. Made once: to make the tables for each test takes ten times as long. */
export async function putEmptyDatabase(path: string): Promise<void> {
  made ??= makeOne();
  await writeFile(path, await made, { mode: 0o600 });
}

async function makeOne(): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "oomph-empty-"));
  const path = join(folder, "oomph.db");
  await (await openStore({ kind: "sqlite", path, busyTimeoutMs: 60_000 })).close();
  const bytes = await readFile(path);
  await rm(folder, { recursive: true });
  return bytes;
}

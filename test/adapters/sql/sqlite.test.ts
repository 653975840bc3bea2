import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmod, copyFile, mkdir, mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Libsql from "libsql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore } from "../../../src/adapters/sql/open-store.ts";
import type { Store } from "../../../src/ports/store.ts";
import { bundled } from "../../support/bundled.ts";
import { T0_MS, anEntry, aLease, openIncident } from "../../contract/store-samples.ts";

const NOBODY = 65_534;

describe("the SQLite store", () => {
  let folder = "";
  const stores: Store[] = [];
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "oomph-sqlite-"));
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await Promise.all(children.splice(0).map(end));
    await rm(folder, { recursive: true, force: true });
  });

  async function open(path = join(folder, "oomph.db"), busyTimeoutMs = 5000): Promise<Store> {
    const store = await openStore({ kind: "sqlite", path, busyTimeoutMs });
    stores.push(store);
    return store;
  }

  /** Another process that holds the write lock until it is told to give it back. */
  async function lockFromOutside(path: string): Promise<{ giveBack(): void }> {
    const script = `
      const Libsql = require("libsql");
      const file = new Libsql(${JSON.stringify(path)});
      file.exec("begin immediate");
      process.stdout.write("locked");
      process.stdin.once("data", () => { file.exec("rollback"); process.exit(); });
    `;
    const child = spawn(process.execPath, ["-e", script], { stdio: ["pipe", "pipe", "inherit"] });
    children.push(child);
    await once(child.stdout, "data");
    return { giveBack: () => void child.stdin.write("now") };
  }

  it("makes its file and folders for its user alone", async () => {
    const path = join(folder, "state/oomph/oomph.db");
    const store = await open(path);
    await store.ping();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(`${path}-wal`)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, "state"))).mode & 0o777).toBe(0o700);
  });

  it("writes ahead, so that readers do not wait for writers", async () => {
    const path = join(folder, "oomph.db");
    const store = await open(path);
    const incident = await openIncident(store);
    await lockFromOutside(path);
    expect(await store.incidents.get(incident.id)).toStrictEqual(incident);
  });

  it("gives up on a lock of another process after the configured wait, and recovers", async () => {
    const path = join(folder, "oomph.db");
    const store = await open(path, 100);
    const lock = await lockFromOutside(path);
    const locked = {
      name: "OomphError",
      code: "store-unavailable",
      retryable: true,
      message: expect.stringMatching(/locked by another process .* 100 ms/),
    };
    await expect(store.ping()).rejects.toMatchObject(locked);
    await expect(store.leases.acquire(aLease(), T0_MS)).rejects.toMatchObject(locked);
    await expect(store.leases.release("redis/sessions", "run_1")).rejects.toMatchObject(locked);
    await expect(store.transaction((tables) => tables.audit.append(anEntry()))).rejects.toMatchObject(locked);
    await expect(openStore({ kind: "sqlite", path, busyTimeoutMs: 100 })).rejects.toMatchObject(locked);
    lock.giveBack();
    await expect
      .poll(() =>
        store.ping().then(
          () => "pong",
          () => "locked",
        ),
      )
      .toBe("pong");
    expect(await store.audit.verify()).toMatchObject({ kind: "intact", entries: 0 });
  });

  it("waits without stopping the process, and gets the lock when it is free", async () => {
    const path = join(folder, "oomph.db");
    const store = await open(path);
    const lock = await lockFromOutside(path);
    const append = store.audit.append(anEntry());
    // Only a process that still handles its events gets to this timer while the append waits.
    setTimeout(() => lock.giveBack(), 100);
    expect(await append).toMatchObject({ seq: 1 });
  });

  it("runs the work of a transaction once, however long the lock took", async () => {
    const path = join(folder, "oomph.db");
    const store = await open(path);
    const lock = await lockFromOutside(path);
    setTimeout(() => lock.giveBack(), 100);
    let runs = 0;
    await store.transaction(async (tables) => {
      runs += 1;
      await tables.audit.append(anEntry());
    });
    expect(runs).toBe(1);
  });

  it("says that a file is read-only", async () => {
    const path = join(folder, "oomph.db");
    await (await openStore({ kind: "sqlite", path, busyTimeoutMs: 100 })).close();
    await chmod(folder, 0o755);
    await chmod(path, 0o444);
    await asNobody(async () => {
      await expect(openStore({ kind: "sqlite", path, busyTimeoutMs: 100 })).rejects.toMatchObject({
        code: "store-unavailable",
        retryable: true,
        message: expect.stringContaining(`${path} is read-only`),
      });
    });
  });

  it("says that a folder cannot be written to", async () => {
    await chmod(folder, 0o555);
    await asNobody(async () => {
      await expect(openStore({ kind: "sqlite", path: join(folder, "new/oomph.db"), busyTimeoutMs: 100 })).rejects.toMatchObject({
        code: "store-unavailable",
        message: expect.stringMatching(/cannot open .*may write/),
      });
    });
  });

  it("says that it is no database, or a folder", async () => {
    const path = join(folder, "notes.txt");
    await writeFile(path, "shopping list\n".repeat(500));
    await expect(openStore({ kind: "sqlite", path, busyTimeoutMs: 100 })).rejects.toMatchObject({
      code: "store-unavailable",
      retryable: false,
      message: expect.stringContaining("is not a database"),
    });
    await mkdir(join(folder, "sub"));
    await expect(openStore({ kind: "sqlite", path: join(folder, "sub"), busyTimeoutMs: 100 })).rejects.toMatchObject({
      code: "store-unavailable",
    });
  });

  it("says that its file was moved away", async () => {
    const path = join(folder, "oomph.db");
    const store = await open(path);
    await rename(path, join(folder, "elsewhere.db"));
    await expect(store.ping()).rejects.toMatchObject({ code: "store-unavailable", message: expect.stringContaining("moved or deleted") });
  });

  it("loses nothing that was committed when its process is killed", async () => {
    const path = join(folder, "oomph.db");
    const appender = fileURLToPath(new URL("./appender.ts", import.meta.url));
    const child = spawn(process.execPath, [await bundled(appender), path], { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    await expect.poll(() => said.split("\n").length, { timeout: 60_000 }).toBeGreaterThan(30);
    child.kill("SIGKILL");
    await once(child, "close");
    const committed = said.split("\n").length - 1;
    const verified = await (await open(path)).audit.verify();
    expect(verified).toMatchObject({ kind: "intact" });
    expect(verified.kind === "intact" && verified.entries).toBeGreaterThanOrEqual(committed);
  });

  it("can be copied while in use, with its side file", async () => {
    const store = await open();
    await store.audit.append(anEntry());
    for (const end of ["", "-wal"]) await copyFile(join(folder, `oomph.db${end}`), join(folder, `copy.db${end}`));
    expect(await (await open(join(folder, "copy.db"))).audit.verify()).toMatchObject({ kind: "intact", entries: 1 });
  });

  it("refuses to be used after it was closed", async () => {
    const store = await openStore({ kind: "sqlite", path: join(folder, "oomph.db"), busyTimeoutMs: 100 });
    await store.close();
    await expect(store.ping()).rejects.toThrow();
  });

  it("refuses an entry that is not the next one, even to an intruder", async () => {
    const path = join(folder, "oomph.db");
    const store = await open(path);
    await store.audit.append(anEntry());
    const file = new Libsql(path);
    const forged = "audit select 1, kind, actor, at_ms, incident_id, request_id, detail, previous_hash, hash from audit";
    expect(() => file.exec(`insert or replace into ${forged}`)).toThrow(/only added at the end/);
    file.close();
  });
});

/** Root may write to anything: what a file's mode does is seen as somebody else. */
async function asNobody(work: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(NOBODY);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

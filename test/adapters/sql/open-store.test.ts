import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundled } from "../../support/bundled.ts";

const OPEN_STORE = fileURLToPath(new URL("../../../src/adapters/sql/open-store.ts", import.meta.url));

describe("opening a store", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "oomph-open-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Opens a store in a process of its own; tells which database drivers that process has loaded then. */
  async function driversLoadedBy(settings: object): Promise<unknown> {
    const module = pathToFileURL(await bundled(OPEN_STORE)).href;
    const script = `
      import { createRequire } from "node:module";
      const { openStore } = await import(${JSON.stringify(module)});
      const store = await openStore(${JSON.stringify(settings)}).catch(() => undefined);
      const loaded = Object.keys(createRequire(import.meta.url).cache).join("\\n");
      const found = ["libsql", "pg"].filter((name) => loaded.includes("/node_modules/" + name + "/"));
      process.stdout.write(JSON.stringify(found));
      await store?.close();
    `;
    return JSON.parse(execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }));
  }

  it("loads the driver of its own database and not the other's", async () => {
    expect(await driversLoadedBy({ kind: "sqlite", path: join(folder, "oomph.db"), busyTimeoutMs: 100 })).toStrictEqual(["libsql"]);
    const nobodyListens = "postgres://oomph@127.0.0.1:1/oomph";
    expect(
      await driversLoadedBy({ kind: "postgres", url: nobodyListens, busyTimeoutMs: 100, poolSize: 1, connectTimeoutMs: 500 }),
    ).toStrictEqual(["pg"]);
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDaemon, type LabDaemon } from "../../scripts/lab/daemon/daemon.ts";
import { openStore } from "../../src/adapters/sql/open-store.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { runCommandLine } from "../../src/cli/program.ts";
import { targetKey } from "../../src/domain/target.ts";
import { NO_PRESSURE } from "../../src/domain/trend/pressure.ts";

const MIB = 2 ** 20;
const HOUR_MS = 3_600_000;
const folder = mkdtempSync(join(tmpdir(), "oomph-memory-test-"));
const path = join(folder, "oomph.sqlite");
const nowMs = Date.now();
let daemon: LabDaemon;

const HOSTS = { local: "kong", second: "kong" } as const;

beforeAll(async () => {
  daemon = await startDaemon();
  daemon.put("kong", { usageBytes: 460 * MIB });
  daemon.put("web", { usageBytes: 100 * MIB });
  daemon.put("free", { limitBytes: 0, usageBytes: 300 * MIB });
  const store = await openStore({ kind: "sqlite", path, busyTimeoutMs: 2_000 });
  for (const [connection, name] of [...Object.entries(HOSTS), ["local", "web"] as const]) {
    const target = { kind: "docker", connection, name } as const;
    const readings = Array.from({ length: 6 * 24 }, (_, index) => ({
      atMs: nowMs - 6 * 24 * HOUR_MS + index * HOUR_MS,
      usageBytes: (name === "web" ? 60 + (index % 3) : 200 + index) * MIB,
      limitBytes: 512 * MIB,
      startedAtMs: nowMs - 20 * 24 * HOUR_MS,
    }));
    await store.readings.add(readings.map((reading) => ({ targetKey: targetKey(target), reading })));
    const newest = readings.at(-1);
    if (newest !== undefined) await store.watched.put([{ target, seenAtMs: newest.atMs, newest, pressure: NO_PRESSURE, marks: [] }]);
  }
  await store.close();
});

afterAll(async () => {
  await daemon.close();
  rmSync(folder, { recursive: true, force: true });
});

type Ran = { readonly code: number; readonly out: string; readonly err: string };

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  let [out, err] = ["", ""];
  const code = await runCommandLine(args, {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    isTerminal: false,
    columns: 80,
    read: () => Readable.from([]),
    sources: async () => ({
      env: { OOMPH_SQLITE_PATH: path, OOMPH_DOCKER_HOST: daemon.url, ...env },
      readFile: () => {
        throw Object.assign(new Error("none"), { code: "ENOENT" });
      },
    }),
  });
  return { code, out, err };
}

describe("top", () => {
  test("shows containers fullest first, read now", async () => {
    const { code, out } = await run(["top"]);
    expect(code).toBe(EXIT.ok);
    expect(
      out
        .trim()
        .split("\n")
        .map((line) => line.trim().replaceAll(/ {2,}/g, " | ")),
    ).toEqual([
      "90% | 460.0 MiB | of 512.0 MiB | docker/kong",
      "20% | 100.0 MiB | of 512.0 MiB | docker/web",
      "300.0 MiB | no limit | docker/free",
    ]);
  });

  test("narrowed, and as JSON", async () => {
    const { out } = await run(["top", "WEB", "--json"]);
    expect(JSON.parse(out)).toMatchObject({
      kind: "top",
      containers: [{ target: "docker/web", usageBytes: 100 * MIB, limitBytes: 512 * MIB }],
    });
  });

  test("without a host that answers: the configured one, or the one that docker itself would speak to", async () => {
    const own = await run(["top"], { OOMPH_DOCKER_HOST: "", DOCKER_HOST: `unix://${folder}/own.sock` });
    expect(own).toMatchObject({ code: EXIT.failed, err: expect.stringContaining("own.sock") });
    expect([own.out, own.err]).toEqual(["", expect.stringContaining("no Docker host is configured")]);
    const away = await run(["top"], { OOMPH_DOCKER_HOST: `unix://${folder}/none.sock` });
    expect(away).toMatchObject({ code: EXIT.failed, out: "", err: expect.stringContaining("local does not answer") });
    expect(away.err).not.toContain("no Docker host is configured");
  });
});

describe("trend", () => {
  test("says what the readings show", async () => {
    const { code, out } = await run(["trend", "docker/kong"]);
    expect(code).toBe(EXIT.ok);
    expect(out).toMatch(/^docker\/kong: .*MiB an hour/);
    expect(JSON.parse((await run(["trend", "docker/web", "--json"])).out)).toMatchObject({ kind: "trend", target: "docker/web" });
  });

  test("of a name on two hosts, and of one that there is not", async () => {
    expect(await run(["trend", "kong"])).toMatchObject({
      code: EXIT.badInput,
      err: expect.stringContaining("docker/kong, second:docker/kong"),
    });
    expect(await run(["trend", "docker/kon"])).toMatchObject({
      code: EXIT.badInput,
      err: expect.stringContaining("Did you mean docker/kong"),
    });
  });

  test("without a database it says where it looked, and makes none", async () => {
    const none = join(folder, "none.sqlite");
    expect(await run(["trend", "web"], { OOMPH_SQLITE_PATH: none })).toMatchObject({
      code: EXIT.badInput,
      err: expect.stringContaining(none),
    });
  });
});

describe("history export", () => {
  test("is the shape that jq '.kong[-12:]' reads, with a key of its own for every host", async () => {
    const { code, out } = await run(["history", "export"]);
    expect(code).toBe(EXIT.ok);
    const exported = JSON.parse(out) as Record<string, readonly Record<string, unknown>[]>;
    expect(Object.keys(exported)).toEqual(["kong", "web", "second:kong"]);
    expect(exported["kong"]).toHaveLength(144);
    expect(exported["kong"]?.at(-1)).toEqual({
      timestamp: new Date(nowMs - HOUR_MS).toISOString(),
      mem_current_mb: 343,
      mem_limit_mb: 512,
      mem_percent: 66.99,
      started_at: new Date(nowMs - 20 * 24 * HOUR_MS).toISOString(),
    });
  });

  test("of one, and of the last hours", async () => {
    const exported = JSON.parse((await run(["history", "export", "web", "--since", "12h"])).out) as Record<string, readonly object[]>;
    expect(Object.keys(exported)).toEqual(["web"]);
    expect(exported["web"]?.length).toBeGreaterThanOrEqual(11);
    expect(exported["web"]?.length).toBeLessThanOrEqual(12);
    expect(JSON.parse((await run(["history", "export", "web", "--since", new Date(nowMs).toISOString()])).out)).toEqual({ web: [] });
    expect(await run(["history", "export", "--since", "soon"])).toMatchObject({ code: EXIT.badInput });
  });
});

describe("report", () => {
  test("of the week and of the month, in words and as JSON", async () => {
    const week = await run(["report", "week"]);
    expect(week.code).toBe(EXIT.ok);
    expect(week.out).toMatch(/^Memory of 3 containers over the week: 2 growing[^]*Growing:\n {2}docker\/kong {2}/);
    const month = JSON.parse((await run(["report", "month", "--json"])).out) as { readonly sections: readonly object[] };
    expect(month).toMatchObject({ kind: "memory-report", period: "month", containers: 3 });
    expect(month.sections).toContainEqual(
      expect.objectContaining({ heading: "lower", entries: [expect.objectContaining({ target: "docker/web" })] }),
    );
  });

  test("of a period that there is not", async () => {
    expect(await run(["report", "year"])).toMatchObject({ code: EXIT.badInput, err: expect.stringContaining("week or month") });
  });
});

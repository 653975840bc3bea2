import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { checkNode, satisfies } from "../../scripts/setup/node-version.mjs";
import { mismatch } from "../../scripts/setup/packages.mjs";
import { realSystems, systemProblems } from "../../scripts/test/real-systems.mjs";

const ROOT = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "oomph-setup-test-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("Node's version", () => {
  const range = "^20.20 || ^22.19 || >=24.11";
  test.each([
    ["20.20.0", true],
    ["20.19.9", false],
    ["21.99.0", false],
    ["22.19.1", true],
    ["24.10.0", false],
    ["24.11.0", true],
    ["25.0.0", true],
  ])("%s fits: %s", (version, fits) => {
    expect(satisfies(version, range)).toBe(fits);
  });

  test("that does not fit is said, with what to do", () => {
    expect(() => checkNode("18.1.0", range)).toThrow(/^Oomph needs Node \^20\.20 .*this is Node 18\.1\.0 .*Install a long-term release/);
  });
});

describe("packages", () => {
  beforeEach(() => {
    rmSync(join(folder, "node_modules"), { recursive: true, force: true });
    mkdirSync(join(folder, "node_modules/a"), { recursive: true });
    lock("package-lock.json", {
      "": {},
      "node_modules/a": { version: "1.0.0" },
      "node_modules/other-system": { version: "1.0.0", optional: true },
    });
  });

  test("that match need nothing; those for other systems may be missing", () => {
    lock("node_modules/.package-lock.json", { "node_modules/a": { version: "1.0.0" } });
    expect(mismatch(folder)).toBeUndefined();
  });

  test.each([
    ["not installed at all", undefined, "no packages are installed"],
    ["another version", { "node_modules/a": { version: "0.9.0" } }, "node_modules/a is 0.9.0, expected 1.0.0"],
    ["missing", {}, "node_modules/a is missing"],
    [
      "too many",
      { "node_modules/a": { version: "1.0.0" }, "node_modules/b": { version: "1.0.0" } },
      "node_modules/b is not in package-lock.json",
    ],
  ])("%s", (_what, installed, expected) => {
    if (installed !== undefined) lock("node_modules/.package-lock.json", installed);
    expect(mismatch(folder)).toBe(expected);
  });

  test("whose folder is gone are missing, whatever npm noted", () => {
    lock("node_modules/.package-lock.json", { "node_modules/a": { version: "1.0.0" } });
    rmSync(join(folder, "node_modules/a"), { recursive: true });
    expect(mismatch(folder)).toBe("node_modules/a is missing");
  });

  test("of this project are locked for every system that a package is built for, or npm ci refuses", () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const names = new Set(Object.keys(packages).map((path) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)));
    const missing = Object.values(packages)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter((name) => !names.has(name));
    expect(missing).toEqual([]);
  });

  function lock(path: string, packages: object): void {
    writeFileSync(join(folder, path), JSON.stringify({ packages }));
  }
});

describe("set-up", () => {
  test("a second time finds nothing to do and asks nobody", () => {
    const setUp = (): string =>
      spawnSync(process.execPath, ["scripts/setup.mjs"], {
        cwd: ROOT,
        encoding: "utf8",
        env: { ...process.env, npm_config_offline: "true" },
      }).stderr;
    setUp();
    expect(setUp()).toMatch(/^set-up: nothing was missing/);
  });

  test("without redis-server and without a way to bring it says what to install", () => {
    const { status, stderr } = spawnSync(process.execPath, ["scripts/setup.mjs"], { cwd: ROOT, encoding: "utf8", env: { PATH: folder } });
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^set-up failed: redis-server is not installed\. [\s\S]*apt-get install redis-server[\s\S]*dnf install[\s\S]*brew install redis[\s\S]*apk add redis/,
    );
  });

  test("makes the command ready", () => {
    expect(execFileSync(process.execPath, ["bin/oomph.mjs", "version"], { cwd: ROOT, encoding: "utf8" })).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("real systems", () => {
  test("that took part are told with their versions, the others with why not", () => {
    const ledger = join(folder, "ledger.jsonl");
    const notes = [
      { system: "redis", version: "7.0.15" },
      { system: "redis", version: "7.0.15" },
      { system: "docker", because: "no daemon" },
    ];
    writeFileSync(ledger, notes.map((note) => `${JSON.stringify(note)}\n`).join(""));
    const systems = realSystems(ledger);
    expect(systems.map(({ says }) => says)).toEqual([
      "redis 7.0.15",
      "postgres not (no test that ran used it)",
      "docker not (no daemon)",
      "kubernetes not (no test that ran used it)",
      "chromium not (no test that ran used it)",
    ]);
    expect(systemProblems(systems, "redis")).toEqual([]);
    expect(systemProblems(systems, undefined)).toEqual([]);
    expect(systemProblems(systems, "docker, reddis")).toEqual([
      "docker not (no daemon); OOMPH_TEST_REQUIRE asks for it",
      'OOMPH_TEST_REQUIRE names "reddis"; expected some of redis, postgres, docker, kubernetes, chromium',
    ]);
  });
});

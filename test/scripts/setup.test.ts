import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { bringNginx } from "../../scripts/setup/nginx.mjs";
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

  test("of this project want no newer Node than the oldest that it runs on, or npm warns each newcomer", () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
      packages: Record<string, { engines?: { node?: string } }>;
    };
    const newer = Object.entries(packages).filter(([, { engines }]) => /^>=? ?v?(?:2[1-9]|[3-9]\d)[^|]*$/.test(engines?.node ?? ""));
    expect(Object.keys(packages).length).toBeGreaterThan(100);
    expect(newer).toEqual([]);
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

describe("nginx", () => {
  const bin = join(folder, "bin");
  const root = join(folder, "checkout");
  const nowhere = join(folder, "nowhere");
  const hasPackages = spawnSync("dpkg-deb", ["--version"]).status === 0;

  beforeEach(() => {
    for (const old of [bin, root]) rmSync(old, { recursive: true, force: true });
    for (const made of [bin, root]) mkdirSync(made);
    return () => vi.unstubAllEnvs();
  });

  test("is not asked for where there is no Docker to run it in", () => {
    program("apt-get", "exit 1");
    program("dpkg-deb", "exit 1");
    vi.stubEnv("PATH", bin);
    expect(bringNginx(root, nowhere)).toBeUndefined();
    expect(existsSync(join(root, ".oomph"))).toBe(false);
  });

  test("is not asked for where it is installed", () => {
    for (const name of ["docker", "apt-get", "dpkg-deb", "nginx"]) program(name, "exit 1");
    vi.stubEnv("PATH", bin);
    expect(bringNginx(root, nowhere)).toBeUndefined();
    rmSync(join(bin, "nginx"));
    expect(bringNginx(root, join(bin, "docker"))).toBeUndefined();
  });

  test("that cannot be downloaded is told, with what to do", () => {
    tools(["env"]);
    for (const name of ["docker", "apt-get", "dpkg-deb"]) program(name, "exit 1");
    vi.stubEnv("PATH", bin);
    expect(bringNginx(root, nowhere)).toMatch(/^no nginx could be downloaded: .*apt-get install nginx/);
    expect(existsSync(join(root, ".oomph/nginx"))).toBe(false);
  });

  // Where there is no dpkg-deb nothing of this is ever tried.
  test.runIf(hasPackages)("is taken out of the package that has it, without installing it, and is there the next time", () => {
    program("docker", "exit 1");
    const archive = join(folder, "nginx.deb");
    pack(archive);
    program("apt-get", `echo "$@" >> ${folder}/asked; [ "$1 $3" = "download nginx-light" ] && cp ${archive} nginx-light_1_all.deb`);
    tools(["sh", "env", "cp", "tar", "dpkg-deb"]);
    vi.stubEnv("PATH", bin);
    expect(bringNginx(root, nowhere)).toBe("nginx downloaded for tests on containers");
    const answer = spawnSync(join(root, ".oomph/nginx/usr/sbin/nginx"), ["-v"], { encoding: "utf8" });
    expect(answer.stderr).toBe("nginx version: nginx/1.0\n");
    expect(readFileSync(join(folder, "asked"), "utf8")).toBe("download -qq nginx\ndownload -qq nginx-light\n");
    expect(bringNginx(root, nowhere)).toBeUndefined();
    expect(readFileSync(join(folder, "asked"), "utf8").split("\n")).toHaveLength(3);
  });

  function program(name: string, script: string, into = bin): void {
    mkdirSync(into, { recursive: true });
    writeFileSync(join(into, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(into, name), 0o755);
  }

  /** This machine's own, and no others: it may have an nginx beside them. */
  function tools(names: readonly string[]): void {
    for (const name of names) symlinkSync(execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim(), join(bin, name));
  }

  function pack(archive: string): void {
    const tree = join(folder, "tree");
    program("nginx", "echo 'nginx version: nginx/1.0' >&2", join(tree, "usr/sbin"));
    mkdirSync(join(tree, "DEBIAN"), { recursive: true });
    const control = ["Package: nginx-light", "Version: 1", "Architecture: all", "Maintainer: lab <lab@lab.invalid>", "Description: lab"];
    writeFileSync(join(tree, "DEBIAN/control"), `${control.join("\n")}\n`);
    execFileSync("dpkg-deb", ["--build", tree, archive], { stdio: "ignore" });
  }
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
      "compose not (no test that ran used it)",
      "nginx not (no test that ran used it)",
      "kubernetes not (no test that ran used it)",
      "prometheus not (no test that ran used it)",
      "alertmanager not (no test that ran used it)",
      "chromium not (no test that ran used it)",
      "slack-emulator not (no test that ran used it)",
      "github-emulator not (no test that ran used it)",
    ]);
    expect(systemProblems(systems, "redis")).toEqual([]);
    expect(systemProblems(systems, undefined)).toEqual([]);
    expect(systemProblems(systems, "docker, reddis")).toEqual([
      "docker not (no daemon); OOMPH_TEST_REQUIRE asks for it",
      'OOMPH_TEST_REQUIRE names "reddis"; expected some of redis, postgres, docker, compose, nginx, kubernetes, prometheus, alertmanager, chromium, slack-emulator, github-emulator',
    ]);
  });
});

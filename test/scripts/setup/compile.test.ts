import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const DIST = resolve(import.meta.dirname, "../../../dist");
const PROGRAMS = ["main.js", "intake-thread.js", "cli.js", "chart-process.js", "heap-process.js"];

// What set-up made of src/ and the packages: files that import each other, each with a map that names its modules.
describe("dist/", () => {
  test("brings into memory at the start only what everybody needs", () => {
    const atStart = modulesOf("main.js");
    expect(atStart).toEqual(expect.arrayContaining(["../src/app.ts", packaged("ioredis"), packaged("bullmq")]));
    for (const name of ["pg", "ssh2", "nodemailer", "@octokit/request", "ws/", "echarts", "pprof-format", "commander"])
      expect(atStart).not.toContainEqual(packaged(name));
    for (const name of ["kubernetes/calls", "kubernetes/pod-ports", "docker/ssh"])
      expect(atStart).not.toContain(`../src/adapters/${name}.ts`);
  });

  test("brings into the thread in which everything comes in only what that needs", () => {
    const atStart = modulesOf("intake-thread.js");
    expect(atStart).toEqual(expect.arrayContaining(["../src/commands/take-on.ts", packaged("bullmq")]));
    for (const name of ["kysely", "libsql", "prom-client", "dockerode"]) expect(atStart).not.toContainEqual(packaged(name));
    for (const name of ["app", "jobs/workers", "commands/receive", "adapters/sql/open-store"])
      expect(atStart).not.toContain(`../src/${name}.ts`);
  });

  test.each(["cli", "chart-process", "heap-process"])("%s does not hold the service", (name) => {
    const atStart = modulesOf(`${name}.js`);
    expect(atStart.some((module) => module.startsWith("../src/"))).toBe(true);
    for (const other of ["ioredis", "@slack/", "kysely", "pino"]) expect(atStart).not.toContainEqual(packaged(other));
    expect(atStart).not.toContain("../src/app.ts");
  });

  // A package that looks for code beside its own file does not find it here: it belongs to those that stay outside.
  test("all of it can be loaded", () => {
    const parts = readdirSync(DIST).filter((file) => file.endsWith(".js") && !PROGRAMS.includes(file));
    const load = `for (const part of ${JSON.stringify(parts)}) await import(${JSON.stringify(`${DIST}/`)} + part); console.log("loaded");`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", load], { encoding: "utf8" });
    expect([stdout, stderr]).toEqual(["loaded\n", ""]);
    expect(parts.length).toBeGreaterThan(10);
  });
});

function packaged(name: string): unknown {
  return expect.stringContaining(`node_modules/${name}`);
}

/** The modules in a file of dist/ and in those that it imports at once. */
function modulesOf(entry: string): readonly string[] {
  const maps = [...filesFrom(entry)].map((file) => `${file}.map`).filter((map) => existsSync(join(DIST, map))); // the runtime has none
  return maps.flatMap((map) => (JSON.parse(textOf(map)) as { readonly sources: readonly string[] }).sources);
}

function filesFrom(entry: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  for (const [, next] of textOf(entry).matchAll(/^(?:import|export) [^"]*"\.\/([^"]+)";$/gm)) filesFrom(next ?? "", seen);
  return seen;
}

function textOf(file: string): string {
  return readFileSync(join(DIST, file), "utf8");
}

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const MAIN = resolve(ROOT, "bin/oomph.mjs");

test("standard input, standard output and the exit code are those of the process", () => {
  const understood = spawnSync(process.execPath, [MAIN, "explain", "-", "--json"], {
    input: "OOM command not allowed when used memory > 'maxmemory'.",
    encoding: "utf8",
  });
  expect([understood.status, JSON.parse(understood.stdout)]).toMatchObject([0, { kind: "redis_info" }]);
  const refused = spawnSync(process.execPath, [MAIN, "explain", "/nowhere"], { encoding: "utf8" });
  expect([refused.status, refused.stdout]).toEqual([2, ""]);
  expect(refused.stderr).toContain("oomph: expected a file that can be read");
});

test("the environment is read, by the one place that does", () => {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, "config", "check"], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], OOMPH_HTTP_PORT: "http" },
  });
  expect(status).toBe(2);
  expect(stderr).toContain('OOMPH_HTTP_PORT: expected a whole number from 0 to 65535, got "http"');
});

test("a reader that has seen enough is no mistake", async () => {
  const child = spawn(process.execPath, [MAIN, "--help"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  expect([code, said]).toEqual([0, ""]);
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createOwnPrograms } from "../../../src/adapters/system/own-programs.ts";
import type { Program } from "../../../src/ports/programs.ts";

const folder = mkdtempSync(join(tmpdir(), "oomph-programs-"));
afterAll(() => rmSync(folder, { recursive: true }));

const programs = createOwnPrograms();

describe("a program of our own", () => {
  it("answers what it was asked, without our environment", async () => {
    const program = written("echo", `process.stdin.on("data", (said) => process.stdout.write(said + Object.keys(process.env).length));`);
    expect(Buffer.from(await programs.run(program, "hello ")).toString()).toBe("hello 0");
  });

  it("that refuses says why, that breaks says how", async () => {
    const refusing = written("refusing", `process.stderr.write("expected less"); process.exitCode = 2;`);
    await expect(programs.run(refusing, "")).rejects.toMatchObject({ code: "bad-input", message: "expected less" });
    const broken = written("broken", `process.stderr.write("no"); process.exitCode = 7;`);
    await expect(programs.run(broken, "")).rejects.toMatchObject({
      code: "internal",
      message: expect.stringContaining("ended with 7: no"),
    });
  });

  it("that says too much, or nothing, has not answered", async () => {
    const loud = written("loud", `process.stdout.write("x".repeat(2000));`);
    await expect(programs.run({ ...loud, mostBytes: 1000 }, "")).rejects.toMatchObject({ code: "internal" });
    await expect(programs.run(written("silent", ""), "")).rejects.toMatchObject({ code: "internal" });
  });

  it("that never ends is ended, and the next one runs", async () => {
    const endless = { ...written("endless", `setInterval(() => undefined, 1000);`), timeoutMs: 50 };
    await expect(programs.run(endless, "")).rejects.toMatchObject({ code: "timed-out", retryable: true });
    const next = written("next", `process.stdout.write("here");`);
    expect(Buffer.from(await programs.run(next, "")).toString()).toBe("here");
  });
});

function written(name: string, code: string): Program {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, code);
  return { path, makes: "an answer", timeoutMs: 60_000, mostBytes: 1_000_000, mostHeapMiB: 64 };
}

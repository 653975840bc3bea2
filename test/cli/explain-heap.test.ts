import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync, createReadStream } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { explainFile } from "../../src/cli/explain-file.ts";
import { encodedProfile } from "../adapters/heap/encoded.ts";

const folder = mkdtempSync(join(tmpdir(), "oomph-heap-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MIB = 2 ** 20;
const NOW = encodedProfile([
  [["newOrder", "serve", "main"], 3 * MIB],
  [["readBody", "serve", "main"], MIB],
]);
const BEFORE = encodedProfile([
  [["newOrder", "serve", "main"], MIB],
  [["readBody", "serve", "main"], MIB],
]);

async function run(content: Uint8Array | string, { base, json = true }: { readonly base?: Uint8Array; readonly json?: boolean } = {}) {
  const said = { out: "", err: "" };
  const [file, earlier] = [join(folder, "heap"), join(folder, "base")];
  writeFileSync(file, content);
  if (base !== undefined) writeFileSync(earlier, base);
  const code = await explainFile(
    { file, json, ...(base === undefined ? {} : { base: earlier }) },
    {
      out: (text) => void (said.out += text),
      err: (text) => void (said.err += text),
      isTerminal: false,
      columns: 80,
      read: (name) => createReadStream(name),
      sources: () => Promise.resolve({ env: {}, readFile: () => "" }),
    },
  );
  return { code, ...said };
}

describe("a heap profile", () => {
  test.each([
    ["packed", gzipSync(NOW)],
    ["unpacked", NOW],
  ])("%s", async (_, file) => {
    const { code, out } = await run(file);
    expect(code).toBe(EXIT.ok);
    expect(JSON.parse(out)).toEqual({
      kind: "heap_profile",
      totalBytes: 4 * MIB,
      takenAtMs: 1_700_000_000_000,
      durationMs: 0,
      snapshot: true,
      top: [
        { name: "newOrder", flatBytes: 3 * MIB, cumBytes: 3 * MIB, inlined: "no" },
        { name: "readBody", flatBytes: MIB, cumBytes: MIB, inlined: "no" },
        { name: "main", flatBytes: 0, cumBytes: 4 * MIB, inlined: "no" },
        { name: "serve", flatBytes: 0, cumBytes: 4 * MIB, inlined: "no" },
      ],
    });
  });

  test("in words", async () => {
    const { out } = await run(gzipSync(NOW), { json: false });
    expect(out).toContain("A heap profile: 4.0 MiB in use by its samples, taken at 2023-11-14T22:13:20Z.");
    expect(out).toMatch(/3\.0 MiB +75\.0% +3\.0 MiB +newOrder\n/);
  });

  test("beside an earlier one: what grew", async () => {
    const { out } = await run(NOW, { base: gzipSync(BEFORE) });
    expect(JSON.parse(out)).toMatchObject({ growth: { totalBytes: 2 * MIB, top: [{ name: "newOrder", flatBytes: 2 * MIB }, {}, {}] } });
    expect((await run(NOW, { base: BEFORE, json: false })).out).toMatch(
      /Since the base: \+2\.0 MiB:\n +2\.0 MiB +100\.0% +2\.0 MiB +newOrder\n/,
    );
  });

  test("over a time is not what is in use", async () => {
    const file = encodedProfile([[["newOrder"], MIB]], ["inuse_objects", "inuse_space"], 30_000);
    expect(JSON.parse((await run(file)).out)).toMatchObject({ snapshot: false, durationMs: 30_000 });
    expect((await run(file, { json: false })).out).toContain("1.0 MiB over 30.0 s");
    expect((await run(file, { json: false })).out).toContain("not what is in use at any moment");
  });

  test("names of functions cannot steer a terminal", async () => {
    expect((await run(encodedProfile([[["a\u001b[2Jb"], MIB]]), { json: false })).out).toContain("a\\x1b[2Jb");
  });
});

describe("what is no heap profile", () => {
  test.each([
    ["a CPU profile", gzipSync(encodedProfile([[["spin"], 1]], ["samples", "cpu"])), /samples, cpu: not a heap profile/],
    ["a profile that breaks off", gzipSync(NOW).subarray(0, 150), /cannot be unpacked/],
    ["a web page", "<!DOCTYPE html>\n<html><body>Sign in</body></html>", /got a web page of 49 characters/],
  ])("%s", async (_, file, says) => {
    const { code, out } = await run(file);
    expect(code).toBe(EXIT.badInput);
    expect(JSON.parse(out)).toMatchObject({ kind: "unknown", because: expect.stringMatching(says) });
    expect((await run(file, { json: false })).err).toMatch(says);
  });

  test("the text form is refused with what to do", async () => {
    await expect(run("heap profile: 12: 4096 [13: 8192] @ heap/1048576\n1: 2048 [1: 2048] @ 0x1\n")).rejects.toThrow("without ?debug=1");
  });

  test("the base may not be anything else either", async () => {
    expect((await run(NOW, { base: Buffer.from("hello") })).code).toBe(EXIT.badInput);
  });

  test("gzip of a text is a text to be unpacked", async () => {
    await expect(run(gzipSync("Jun 11 14:22:20 host kernel: words\n"))).rejects.toThrow("zcat");
  });
});

const SAMPLE = resolve(import.meta.dirname, "../../../shared/samples/pprof/09_parca_alloc_delta_30s.pb.gz");

describe.skipIf(!existsSync(SAMPLE))("a real profile over a time (skipped where ../shared/samples is not)", () => {
  test("is no snapshot", async () => {
    expect(JSON.parse((await run(readFileSync(SAMPLE))).out)).toMatchObject({ kind: "heap_profile", snapshot: false });
  });
});

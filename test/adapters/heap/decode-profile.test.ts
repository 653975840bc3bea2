import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it, test } from "vitest";
import { decodeHeapProfile } from "../../../src/adapters/heap/decode-profile.ts";
import { topFunctions } from "../../../src/domain/heap/top-functions.ts";
import { encodedProfile } from "./encoded.ts";

const PROFILE = encodedProfile([
  [["make", "main"], 700],
  [["read", "main"], 300],
]);

describe("a heap profile", () => {
  it("is read packed and unpacked alike", () => {
    const read = decodeHeapProfile(PROFILE);
    expect(decodeHeapProfile(gzipSync(PROFILE))).toEqual(read);
    expect(read).toMatchObject({ sampleTypes: ["inuse_objects", "inuse_space"], takenAtMs: 1_700_000_000_000, durationMs: 0 });
    expect(topFunctions(read, 1)).toEqual([{ name: "make", flatBytes: 700, cumBytes: 700, inlined: "no" }]);
  });

  it("finds inuse_space by its name, wherever it stands", () => {
    const read = decodeHeapProfile(encodedProfile([[["make"], 5]], ["inuse_space", "alloc_objects"]));
    expect(read.samples).toEqual([{ stack: [{ function: 0, inlined: false }], bytes: 5 }]);
  });

  it("of a difference may have less than nothing", () => {
    expect(decodeHeapProfile(encodedProfile([[["make"], -4096]])).samples[0]?.bytes).toBe(-4096);
  });

  test.each([
    ["nothing", new Uint8Array(), "got nothing"],
    ["a web page", Buffer.from("<!DOCTYPE html><html><body>Sign in</body></html>"), "a web page"],
    ["the text form", Buffer.from("heap profile: 1: 2 [3: 4] @ heap/1048576\n"), "leave ?debug=1 away"],
    ["noise", Buffer.from(Array.from({ length: 300 }, (_, at) => (at * 37) % 251)), "expected a profile in pprof's format"],
    ["a broken gzip", gzipSync(PROFILE).subarray(0, 40), "cannot be unpacked"],
    ["a CPU profile", encodedProfile([[["spin"], 1]], ["samples", "cpu"]), "not a heap profile"],
  ])("is not %s", (_, file, says) => {
    expect(() => decodeHeapProfile(file)).toThrow(expect.objectContaining({ code: "bad-input", message: expect.stringContaining(says) }));
  });
});

// Real profiles with what `go tool pprof -top` says of them, kept beside the repository. Where they are not, this is said.
const FOLDER = resolve(import.meta.dirname, "../../../../shared/samples");
type Item = {
  readonly file: string;
  readonly kind: string;
  readonly expected: {
    readonly error?: string;
    readonly top?: readonly { readonly flat_kB: number; readonly cum_kB: number; readonly func: string }[];
  };
};

describe.skipIf(!existsSync(FOLDER))("real heap profiles (skipped where ../shared/samples is not)", () => {
  const { items }: { items: readonly Item[] } = existsSync(FOLDER)
    ? JSON.parse(readFileSync(join(FOLDER, "MANIFEST.json"), "utf8"))
    : { items: [] };

  const profiles = items.filter(({ kind }) => kind === "pprof").map(({ file, expected }) => [file, expected] as const);

  test.each(profiles.filter(([, { error }]) => error !== undefined))("%s is none", (file, { error }) => {
    expect(() => decodeHeapProfile(readFileSync(join(FOLDER, file)))).toThrow(error);
  });

  test.each(profiles.filter(([, { error }]) => error === undefined))("%s", (file, expected) => {
    const bytes = readFileSync(join(FOLDER, file));
    const wanted = expected.top ?? [];
    const top = topFunctions(decodeHeapProfile(bytes), wanted.length);
    // Which calls were inlined depends on how many functions the listing was cut to.
    expect(top.map(({ name }) => name)).toEqual(wanted.map(({ func }) => func.replace(/ \((?:partial-)?inline\)$/, "")));
    for (const [at, { flat_kB: flatKb, cum_kB: cumKb }] of wanted.entries()) {
      expect((top[at]?.flatBytes ?? 0) / 1024).toBeCloseTo(flatKb, 1);
      expect((top[at]?.cumBytes ?? 0) / 1024).toBeCloseTo(cumKb, 1);
    }
  });
});

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const ROOT = resolve(import.meta.dirname, "../..");
const DOCUMENTS = [
  "README.md",
  "ARCHITECTURE.md",
  ...readdirSync(resolve(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

describe("every path that a document names is there", () => {
  test.each(DOCUMENTS)("%s", (document) => {
    const missing = pathsIn(document).filter(
      (path) => !existsSync(resolve(ROOT, path)) && !existsSync(resolve(ROOT, dirname(document), path)),
    );
    expect(missing).toEqual([]);
  });
});

test("the slash commands of manifest.yml are those that src/commands answers", () => {
  const manifest = parse(readFileSync(resolve(ROOT, "manifest.yml"), "utf8")) as {
    features: { slash_commands: { command: string; usage_hint?: string }[] };
  };
  expect(manifest.features.slash_commands.map(({ command }) => command)).toEqual(["/oom"]);
  const grammar = readFileSync(resolve(ROOT, "src/commands/parse-command.ts"), "utf8");
  const hint = manifest.features.slash_commands[0]?.usage_hint ?? "";
  const words = [...hint.matchAll(/[a-z]{3,}/g)].map(([word]) => word).filter((word) => word !== "target");
  expect(words.length).toBeGreaterThan(0);
  for (const word of words) expect(grammar).toContain(`"${word}"`);
});

test("scripts that documents tell to run are in package.json", () => {
  const { scripts } = JSON.parse(readFileSync(resolve(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> };
  for (const document of DOCUMENTS) {
    const named = [...read(document).matchAll(/npm run ([a-z][a-z-]*)/g)].flatMap(([, name]) => name ?? []);
    for (const name of named) expect(Object.keys(scripts), `${document} names npm run ${name}`).toContain(name);
  }
});

/** Links, and what stands in backticks and looks like a file of this project. (A `test/` may be the reader's own.) */
function pathsIn(document: string): readonly string[] {
  const text = read(document);
  const links = [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].flatMap(([, path]) => path ?? []);
  const code = [...text.matchAll(/`((?:src|docs|scripts|bin)\/[\w./-]*[\w/])`/g)].flatMap(([, path]) => path ?? []);
  return [...links, ...code];
}

function read(document: string): string {
  return readFileSync(resolve(ROOT, document), "utf8");
}

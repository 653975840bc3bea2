import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

// test/ mirrors src/: src/a/b.ts has test/a/b.test.ts, or the tests in test/a/ reach it through what they import.
test("every module of src/ with code in it is reached by the tests of its folder", () => {
  const modules = filesIn("src", ".ts").filter(hasCode);
  expect(modules.length).toBeGreaterThan(100);
  const withoutMirror = modules.filter((module) => !mirrored(module));
  expect(withoutMirror).toEqual([]);
});

const reachedBy = new Map<string, ReadonlySet<string>>();

function mirrored(module: string): boolean {
  const own = module.replace(/^src\//, "test/").replace(/\.ts$/, ".test.ts");
  if (existsSync(resolve(ROOT, own))) return true;
  // What lies at the top of src/, and its wiring, is the process itself: tried by the tests that start it.
  if (["test", "test/wiring"].includes(dirname(own))) return filesIn("test/e2e", ".test.ts").length > 0;
  return foldersOf(own).some((folder) => reached(folder).has(module));
}

/** `test/adapters/sql/tables/x.test.ts` → `test/adapters/sql/tables`, `test/adapters/sql`: up to the stage, or the one adapter. */
function foldersOf(file: string): readonly string[] {
  const folder = dirname(file);
  return folder === "test" || folder === "test/adapters" ? [] : [folder, ...foldersOf(folder)];
}

/** The modules of src/ that the tests of a folder import, and what these import in turn. */
function reached(folder: string): ReadonlySet<string> {
  const known = reachedBy.get(folder);
  if (known !== undefined) return known;
  const seen = new Set<string>();
  const waiting = filesIn(folder, ".ts");
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    waiting.push(...importsOf(file));
  }
  reachedBy.set(folder, seen);
  return seen;
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(resolve(ROOT, file), "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g)].flatMap(([, path]) => {
    const found = join(dirname(file), path ?? "");
    return existsSync(resolve(ROOT, found)) && found.endsWith(".ts") ? [found] : [];
  });
}

/** Types alone cannot be tried. */
function hasCode(module: string): boolean {
  return /^(export )?(async )?(function|const|class) /m.test(readFileSync(resolve(ROOT, module), "utf8"));
}

function filesIn(folder: string, suffix: string): string[] {
  if (!existsSync(resolve(ROOT, folder))) return [];
  const names = readdirSync(resolve(ROOT, folder), { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(suffix)).map((name) => join(folder, name));
}

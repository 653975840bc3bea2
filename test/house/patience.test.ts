import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const LEAST_MS = 20_000;

// vi.waitFor gives up after a second unless told otherwise, and a busy machine needs longer. What waits too long costs nothing.
test("whatever waits for a condition has patience: PATIENCE of test/support, or a timeout of 20 s and more", () => {
  const files = readdirSync(resolve(ROOT, "test"), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const waits = files.flatMap((file) => waitsIn(`test/${file}`));
  expect(waits.length).toBeGreaterThan(50);
  expect(waits.filter(({ text }) => !isPatient(text)).map(({ at }) => at)).toEqual([]);
});

function isPatient(text: string): boolean {
  const timeouts = [...text.matchAll(/timeout: ([\d_]+)(?![\d_]| \*)/g)].map(([, ms = ""]) => Number(ms.replaceAll("_", "")));
  if (timeouts.some((ms) => ms < LEAST_MS)) return false;
  return timeouts.length > 0 || /PATIENCE|timeout: \w|expect\.poll\(/.test(text); // expect.poll has its own in vitest.config.ts
}

/** Each statement that waits, from its first line to the one that ends it at the same depth. */
function waitsIn(file: string): readonly { readonly at: string; readonly text: string }[] {
  if (file === "test/house/patience.test.ts") return [];
  const lines = readFileSync(resolve(ROOT, file), "utf8").split("\n");
  return lines.flatMap((line, index) => {
    if (!/(vi\.wait(For|Until)|expect\s*\.poll)\(/.test(line)) return [];
    const depth = depthOf(line);
    const length = lines.slice(index).findIndex((each) => /[;)]$/.test(each) && depthOf(each) <= depth) + 1;
    const text = lines.slice(index, index + length).join("\n");
    // What the file calls its patience by a name of its own counts as what it stands for.
    const named = lines.filter((each) => text.includes(/^const ([A-Z_]+) = \{/.exec(each)?.[1] ?? "\n\n"));
    return [{ at: `${file}:${index + 1}`, text: [text, ...named].join("\n") }];
  });
}

function depthOf(line: string): number {
  return line.length - line.trimStart().length;
}

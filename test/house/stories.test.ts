import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

// These are read first, to learn what happens in which order: each fits on a page.
test.each(["src/app.ts", "src/jobs/investigate.ts", "src/jobs/act.ts"])("%s reads as a story, in at most 80 lines", (file) => {
  expect(readFileSync(resolve(ROOT, file), "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(80);
});

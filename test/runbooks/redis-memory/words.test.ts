import { expect, test } from "vitest";

import { oneLine, percent } from "../../../src/runbooks/redis-memory/words.ts";

test.each([
  [0, "0%"],
  [0.0004, "0%"],
  [0.0006, "0.1%"],
  [0.5, "50%"],
  [0.99, "99%"],
  [0.9973, "99.7%"],
  [0.9996, "100%"],
  [1.034, "103%"],
])("a share of %d is read as %s: almost all is not all, almost nothing is not nothing", (share, words) => {
  expect(percent(share)).toBe(words);
});

test("a key's name stays on its line, shows what cannot be seen, and has an end", () => {
  expect(oneLine("a\nb\u0000\u202ec")).toBe(String.raw`a\x0ab\x00\x202ec`);
  expect(oneLine("x".repeat(80))).toHaveLength(80);
  expect(oneLine("x".repeat(81))).toBe(`${"x".repeat(79)}…`);
});

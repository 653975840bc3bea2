import { expect, test } from "vitest";
import { DEEPEST, isTooDeep } from "../../../src/adapters/http/depth.ts";

const nested = (depth: number): string => `${'{"a":['.repeat(depth / 2)}${"]}".repeat(depth / 2)}`;

test.each([
  ["{}", false],
  [nested(DEEPEST), false],
  [nested(DEEPEST + 2), true],
  ["[".repeat(2_000_000), true],
  [`[${"{},".repeat(1_000)}[]]`, false],
  [JSON.stringify({ text: "[".repeat(1_000) }), false],
  [JSON.stringify({ text: `\\"${"[".repeat(1_000)}\\`, more: { of: '"' } }), false],
  [`{"a":"\\\\","b":${"[".repeat(DEEPEST)}`, true],
])("%.40s: %s", (json, expected) => {
  expect(isTooDeep(Buffer.from(json))).toBe(expected);
});

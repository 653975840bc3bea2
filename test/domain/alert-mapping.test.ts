import { expect, test } from "vitest";
import { readJsonPath, valueAt } from "../../src/domain/alert-mapping.ts";

test.each([
  ["title", ["title"]],
  ["data.0.pod name", ["data", "0", "pod name"]],
  ["labels.app/kubernetes-name", ["labels", "app/kubernetes-name"]],
])("%s is a path", (text, path) => {
  expect(readJsonPath(text)).toEqual(path);
});

test.each([
  "",
  ".",
  "a..b",
  "a[0]",
  "$.a|b",
  "a.*",
  "__proto__.a",
  "a.constructor.name",
  "a.prototype",
  "x".repeat(101),
  `${"a.".repeat(16)}a`,
])("%s is none", (text) => {
  expect(readJsonPath(text)).toBeUndefined();
});

test("what stands at a path is found step by step, and nothing that objects inherit", () => {
  const document: unknown = JSON.parse('{"a":[{"b":{"c":7}}],"__proto__":{"d":1},"s":"text","n":null}');
  expect(valueAt(document, ["a", "0", "b", "c"])).toBe(7);
  expect(valueAt(document, [])).toBe(document);
  for (const path of [
    ["a", "1"],
    ["a", "length", "x"],
    ["s", "length"],
    ["n", "x"],
    ["toString"],
    ["a", "map"],
    ["d"],
    ["a", "0", "hasOwnProperty"],
  ])
    expect(valueAt(document, path)).toBeUndefined();
});

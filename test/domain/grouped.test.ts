import { expect, it } from "vitest";
import { grouped } from "../../src/domain/grouped.ts";

it("groups by a key, in the order in which the keys come, and keeps the order within", () => {
  const groups = grouped(["bee", "ant", "bear", "ape", "cat"], (word) => word.charAt(0));
  expect([...groups]).toEqual([
    ["b", ["bee", "bear"]],
    ["a", ["ant", "ape"]],
    ["c", ["cat"]],
  ]);
  expect(grouped([], String).size).toBe(0);
});

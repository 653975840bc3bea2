import { expect, it } from "vitest";
import { keyBound } from "../../src/actions/bound.ts";

it("leaves room for coming and going, and stays once it is frozen", () => {
  const bound = keyBound(10_000, undefined);
  expect(bound).toBe(13_000);
  expect([0, 9_000, 13_000].map((count) => keyBound(count, bound))).toEqual([bound, bound, bound]);
});

it("grows with a database that has outgrown it", () => {
  expect(keyBound(13_001, 13_000)).toBe(16_602);
});

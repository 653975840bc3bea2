import { expect, test } from "vitest";
import { counted, formatCount } from "../../src/domain/count.ts";

test("thousands are grouped, whole", () => {
  expect([0, 999, 1000, 1_234_567.6, -4200].map(formatCount)).toEqual(["0", "999", "1,000", "1,234,568", "-4,200"]);
});

test("what is one is said as one, after rounding", () => {
  expect([0, 0.6, 1.4, 1.5, 12_345.2].map((count) => counted(count, "key"))).toEqual(["0 keys", "1 key", "1 key", "2 keys", "12,345 keys"]);
  expect([1, 2].map((count) => counted(count, "entry", "entries"))).toEqual(["1 entry", "2 entries"]);
});

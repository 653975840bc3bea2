import { expect, test } from "vitest";
import { shareOf, totalBytesOf } from "../../../src/runbooks/redis-memory/sampling.ts";

test("a share of a sample has an interval that holds 19 times out of 20", () => {
  // A small generator of its own, so that the test never changes its mind.
  let seed = 42;
  const chance = () => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  let held = 0;
  for (let trial = 0; trial < 1_000; trial += 1) {
    const hits = Array.from({ length: 200 }, chance).filter((value) => value < 0.3).length;
    const { low, high } = shareOf(hits, 200, false);
    if (low <= 0.3 && high >= 0.3) held += 1;
  }
  expect(held).toBeGreaterThan(920);
  expect(held).toBeLessThan(985);
});

test.each([
  { name: "none of many is not surely none", hits: 0, sampled: 1000, complete: false, low: 0, high: 0.0038 },
  { name: "all of a few is not surely all", hits: 3, sampled: 3, complete: false, low: 0.4385, high: 1 },
  { name: "a whole database is exact", hits: 3, sampled: 4, complete: true, low: 0.75, high: 0.75 },
  { name: "nothing looked at says nothing", hits: 0, sampled: 0, complete: false, low: 0, high: 1 },
])("$name", ({ hits, sampled, complete, low, high }) => {
  const share = shareOf(hits, sampled, complete);
  expect(share.low).toBeCloseTo(low, 3);
  expect(share.high).toBeCloseTo(high, 3);
});

test("sizes are extrapolated from the mean, with its error", () => {
  expect(totalBytesOf({ sized: 0, sizedBytes: 0, sizedSquares: 0 }, 10)).toBeUndefined();
  expect(totalBytesOf({ sized: 4, sizedBytes: 400, sizedSquares: 40_000 }, 1000)).toEqual({ value: 100_000, low: 100_000, high: 100_000 });
  const mixed = totalBytesOf({ sized: 100, sizedBytes: 100 * 200, sizedSquares: 50 * 100 ** 2 + 50 * 300 ** 2 }, 1000);
  expect(mixed?.value).toBe(200_000);
  expect(mixed?.low).toBeLessThan(190_000);
  expect(mixed?.high).toBeGreaterThan(210_000);
  expect(totalBytesOf({ sized: 5, sizedBytes: 700, sizedSquares: 100_000 }, 5)).toEqual({ value: 700, low: 700, high: 700 });
});

import { expect, test } from "vitest";
import { DatabaseCensus } from "../../../src/runbooks/redis-memory/schema.ts";
import { summariseSample } from "../../../src/runbooks/redis-memory/summarise-sample.ts";

const READINGS = [
  { key: "a:1", type: "string", sizeBytes: 100, idleSeconds: 1 },
  { key: "a:2", type: "string", ttlMs: 5_000, idleSeconds: 9 },
  { key: "a:3", type: "string", idleSeconds: 5 },
  { key: "b:1", type: "hash", sizeBytes: 9_000 },
];

test("counts, sums and medians, the largest prefix and key first", () => {
  const census = summariseSample({ database: 2, keys: 400, readings: READINGS, complete: false });
  expect(census).toMatchObject({ database: 2, keys: 400, sampled: 4, withoutTtl: 3, sized: 2, sizedBytes: 9_100, medianIdleSeconds: 5 });
  expect(census.prefixes.map(({ prefix, sampled, withoutTtl }) => [prefix, sampled, withoutTtl])).toEqual([
    ["b:", 1, 1],
    ["a:", 3, 2],
  ]);
  expect(census.largestKeys.map(({ key }) => key)).toEqual(["b:1", "a:1"]);
  expect(DatabaseCensus.parse(census)).toEqual(census);
});

test("a database that was walked to its end has as many keys as were seen", () => {
  expect(summariseSample({ database: 0, keys: 400, readings: READINGS, complete: true })).toMatchObject({ keys: 4, complete: true });
});

test("an empty one", () => {
  expect(summariseSample({ database: 0, keys: 0, readings: [], complete: true })).toMatchObject({
    sampled: 0,
    prefixes: [],
    largestKeys: [],
  });
});

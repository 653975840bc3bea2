import { expect, test } from "vitest";

import type { NodePicture, Picture } from "../../../src/runbooks/redis-memory/picture.ts";
import type { DatabaseCensus } from "../../../src/runbooks/redis-memory/schema.ts";
import { suspectsIn } from "../../../src/runbooks/redis-memory/suspects.ts";
import { censusOf, nodeWith } from "./pictures.ts";

const suspects = (...census: readonly DatabaseCensus[]) => {
  const node: NodePicture = nodeWith({}, { census });
  const picture: Picture = { nodes: [node], health: undefined, database: undefined, missing: [], surroundingsId: "ev_around" };
  return suspectsIn(picture, node);
};
const named = (...census: readonly DatabaseCensus[]) => suspects(...census)?.rows.map(([name]) => name);

test("the largest over all databases, by what they take and not by how many they are", () => {
  const many = censusOf(0, { keys: 900, prefix: "small:", keyBytes: 10 });
  const large = censusOf(2, { keys: 10, prefix: "large:", keyBytes: 100_000 });
  expect(named(many, large)).toEqual(["large:*", "small:*"]);
});

test("a key is named where it stands out: five times the mean, and none where all are alike", () => {
  const census = { ...censusOf(0, { keys: 100, prefix: "a:", keyBytes: 100 }), prefixes: [] };
  const key = (sizeBytes: number) => ({ key: `k${sizeBytes}`, type: "hash", sizeBytes });
  expect(named({ ...census, largestKeys: [key(499), key(500)] })).toEqual(["k500 (hash)"]);
  expect(suspects({ ...census, largestKeys: [key(100)] })).toBeUndefined();
});

test("an estimate is said to be one, with its range; what was counted whole is not", () => {
  const exact = suspects(censusOf(0, { keys: 1000, prefix: "a:" }));
  expect(exact?.title).not.toContain("extrapolated");
  expect(exact?.rows[0]?.[2]).toBe("1,000");
  const sampled = suspects(censusOf(0, { keys: 200_000, prefix: "a:" }));
  expect(sampled?.title).toContain("extrapolated from a sample");
  expect(sampled?.rows[0]?.[2]).toMatch(/^about 200,000 \(99\.\d% to 100%\)$/);
});

test("where nothing was measured the size is not known, and is not zero", () => {
  const census = censusOf(0, { keys: 10, prefix: "a:" });
  const prefixes = [{ prefix: "a:", sampled: 10, withoutTtl: 10, sized: 0, sizedBytes: 0, sizedSquares: 0 }];
  expect(suspects({ ...census, prefixes })?.rows).toEqual([["a:*", "0", "10", "100%", "?", "?"]]);
});

test("names from outside stay on one line", () => {
  expect(named(censusOf(0, { keys: 10, prefix: "a\nb:" }), censusOf(1, { keys: 10, prefix: "" }))).toEqual([
    String.raw`a\x0ab:*`,
    "(nothing in common)",
  ]);
});

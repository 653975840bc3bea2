import { expect, it } from "vitest";
import { listMerger } from "../../src/domain/merge-lists.ts";

it("makes one list of several, and the very same one again of the same", () => {
  const merged = listMerger<string, string>();
  const [one, other] = [
    { known: ["a"], missing: ["x"] },
    { known: ["b"], missing: [] },
  ];
  const first = merged([one, other]);
  expect(first).toEqual({ known: ["a", "b"], missing: ["x"] });
  expect(merged([one, other])).toBe(first);
  expect(merged([one])).toEqual({ known: ["a"], missing: ["x"] });
  expect(merged([one, { ...other, known: ["c"] }])).toEqual({ known: ["a", "c"], missing: ["x"] });
});

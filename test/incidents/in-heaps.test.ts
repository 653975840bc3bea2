import { describe, expect, it } from "vitest";
import { OomphError } from "../../src/domain/errors.ts";
import { inHeaps } from "../../src/incidents/in-heaps.ts";

describe("what comes in while a heap is being done", () => {
  const heaps: (readonly string[])[] = [];
  /** Nothing comes of "none"; the others come to themselves in capitals. */
  const done = async (words: readonly string[], bad: Error) => {
    heaps.push(words);
    await Promise.resolve();
    if (words.includes("bad")) throw bad;
    return new Map(words.flatMap((word) => (word === "none" ? [] : [[word, word.toUpperCase()] as const])));
  };
  const run = (words: readonly string[], bad: Error = new Error("cannot be done")) => {
    heaps.length = 0;
    const take = inHeaps(3, (heap: readonly string[]) => done(heap, bad));
    return Promise.allSettled(words.map((word) => take(word)));
  };
  const ends = (settled: readonly PromiseSettledResult<unknown>[]) =>
    settled.map((one) => (one.status === "fulfilled" ? one.value : "rejected"));

  it("is the next heap, no larger than it may be", async () => {
    expect(ends(await run(["a", "b", "none", "c", "d"]))).toEqual(["A", "B", undefined, "C", "D"]);
    expect(heaps).toEqual([["a"], ["b", "none", "c"], ["d"]]);
  });

  it("does not suffer from one that cannot be done: each is tried by itself", async () => {
    expect(ends(await run(["a", "b", "bad", "c"]))).toEqual(["A", "B", "rejected", "C"]);
    expect(heaps).toEqual([["a"], ["b", "bad", "c"], ["b"], ["bad"], ["c"]]);
  });

  it("all waits while the store is away", async () => {
    expect(ends(await run(["a", "b", "bad", "c"], new OomphError("store-unavailable", "away")))).toEqual([
      "A",
      "rejected",
      "rejected",
      "rejected",
    ]);
    expect(heaps).toEqual([["a"], ["b", "bad", "c"]]);
  });
});

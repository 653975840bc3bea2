import { describe, expect, it } from "vitest";
import { compareProfiles } from "../../../src/domain/heap/compare-profiles.ts";
import { flameTree } from "../../../src/domain/heap/flame-tree.ts";
import { heapProfile } from "./profiles.ts";

const ALL = { leastShare: 0, mostDeep: 100 };

describe("the tree of a flame graph", () => {
  it("has the outermost call on top and the largest first", () => {
    expect(flameTree(heapProfile("read<serve<main 300", "make<serve<main 600", "idle<main 50"), ALL)).toEqual({
      name: "all",
      bytes: 950,
      children: [
        {
          name: "main",
          bytes: 950,
          children: [{ name: "serve", bytes: 900, children: [leaf("make", 600), leaf("read", 300)] }, leaf("idle", 50)],
        },
      ],
    });
  });

  it("leaves out what is too narrow or too deep to be seen", () => {
    const tree = flameTree(heapProfile("c<b<a 999", "crumb<a 1"), { leastShare: 0.01, mostDeep: 2 });
    expect(tree.children[0]?.children.map(({ name, children }) => [name, children.length])).toEqual([["b", 0]]);
  });

  it("says of each call how much came since the profile before", () => {
    const [before, now] = [heapProfile("make<main 100", "old<main 10"), heapProfile("make<main 150")];
    const tree = flameTree(now, ALL, compareProfiles(before, now));
    expect(tree).toMatchObject({
      bytes: 150,
      grownBytes: 40,
      children: [{ name: "main", grownBytes: 40, children: [{ name: "make", grownBytes: 50 }] }],
    });
  });
});

function leaf(name: string, bytes: number) {
  return { name, bytes, children: [] };
}

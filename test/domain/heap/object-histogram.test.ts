import { describe, expect, it, test } from "vitest";
import { compareHistograms, readHistogram } from "../../../src/domain/heap/object-histogram.ts";

const JVM = ` num     #instances         #bytes  class name (module)
-------------------------------------------------------
   1:          1200        9600000  [B (java.base@17.0.9)
   2:          3000          96000  shop.Order
Total          4200        9696000
`;

describe("a histogram of objects", () => {
  it("is read as a JVM prints it", () => {
    expect(readHistogram(`1:\n${JVM}`)).toEqual([
      { name: "[B (java.base)", count: 1200, bytes: 9_600_000 },
      { name: "shop.Order", count: 3000, bytes: 96_000 },
    ]);
  });

  it("is read as Python's tracemalloc prints it", () => {
    const text =
      "/app/orders.py:12: size=4.5 MiB, count=123, average=35 B\n<frozen importlib._bootstrap>:241: size=900 B (+10 B), count=4 (+1), average=225 B\n";
    expect(readHistogram(text)).toEqual([
      { name: "/app/orders.py:12", count: 123, bytes: 4.5 * 2 ** 20 },
      { name: "<frozen importlib._bootstrap>:241", count: 4, bytes: 900 },
    ]);
  });

  test.each([
    [
      "bytes, count and name",
      "2048 2 dict\n4096 1 list of orders\n",
      [
        { name: "list of orders", count: 1, bytes: 4096 },
        { name: "dict", count: 2, bytes: 2048 },
      ],
    ],
    [
      "count and name",
      "2 dict\n9 list\n",
      [
        { name: "list", count: 9 },
        { name: "dict", count: 2 },
      ],
    ],
    ["a name twice", "2 dict\n9 dict\n", [{ name: "dict", count: 11 }]],
  ])("is read as %s", (_, text, kinds) => {
    expect(readHistogram(text)).toEqual(kinds);
  });

  test.each([
    "",
    "<html><body>Sign in</body></html>",
    "Error: no such command\nusage: x\n".repeat(10),
    "java.io.IOException: well-known file is not secure",
  ])("is not %j", (text) => {
    expect(readHistogram(text)).toBeUndefined();
  });

  it("beside an earlier one says what grew", () => {
    const [before = [], after = []] = [readHistogram("100 1 a\n900 9 b\n"), readHistogram("500 5 a\n800 8 b\n70 1 c\n")];
    expect(compareHistograms(before, after).map(({ name, grownBytes, grownCount }) => [name, grownBytes, grownCount])).toEqual([
      ["a", 400, 4],
      ["c", 70, 1],
      ["b", -100, -1],
    ]);
  });
});

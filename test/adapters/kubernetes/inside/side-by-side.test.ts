import { expect, test } from "vitest";
import { createLineCutter, type CutLine } from "../../../../src/adapters/kubernetes/inside/cut-lines.ts";
import { sideBySide } from "../../../../src/adapters/kubernetes/inside/side-by-side.ts";

test("at most so many at a time, each told as it ends, failures too", async () => {
  let running = 0;
  let most = 0;
  const work = async (item: number): Promise<number> => {
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    running -= 1;
    if (item === 3) throw new Error("three");
    return item * 2;
  };
  const ended = [];
  for await (const one of sideBySide([1, 2, 3, 4, 5], 2, work)) ended.push(one);
  expect(most).toBe(2);
  expect(ended).toHaveLength(5);
  expect(ended).toContainEqual({ item: 5, value: 10 });
  expect(ended).toContainEqual({ item: 3, error: new Error("three") });
});

test("a long line is cut, whatever its chunks, and what has no end is told at the end", () => {
  const lines: CutLine[] = [];
  const cutter = createLineCutter(4, (line) => lines.push(line));
  for (const chunk of ["ab", "cdef", "gh\n\nxy", "\nend"]) cutter.take(Buffer.from(chunk));
  cutter.end();
  expect(lines.map(({ bytes, isCut }) => [bytes.toString(), isCut])).toEqual([
    ["abcd", true],
    ["", false],
    ["xy", false],
    ["end", false],
  ]);
});

import { describe, expect, test } from "vitest";
import { everyMatch } from "../../src/alerts/every-match.ts";
import { findPhrase, mayHold, phraseOf, wordsOf } from "../../src/alerts/patterns.ts";

describe("a text whose words rule a phrase out does not hold it", () => {
  test.each([
    ["memory usage", "the memory usage is high", true],
    ["memory usage", "the memory_usage is high", false],
    ["memory utili*", "memory utilization", true],
    ["*outofmemoryerror*", "java.lang.outofmemoryerror: heap", true],
    ["*-redis", "a sessions-redis is full", true],
    ["kube*", "a kubelet", true],
    ["< 5", "memory < 5", true],
    ["*メモリ*", "ウェブのメモリ使用率", true],
    // A letter of two characters is no part of a word.
    ["memory", "𝐚memory", true],
    ["memory", "a🔥memory", true],
    ["memory", "memoria", false],
  ])("%s in %s: %s", (pattern, text, isThere) => {
    const phrase = phraseOf(pattern);
    expect(findPhrase(text, phrase) >= 0).toBe(isThere);
    expect(mayHold(wordsOf(text), phrase) || !isThere).toBe(true);
  });

  test("most are ruled out", () => {
    const words = wordsOf("memory of web is at 98%");
    expect(["out of swap", "oom killed", "memory utili*"].map((pattern) => mayHold(words, phraseOf(pattern)))).toEqual([
      false,
      false,
      true,
    ]);
  });
});

test("every match is found as matchAll finds them, from the start each time", () => {
  for (const shape of [/a(b?)/g, /x*/g, /none/g]) {
    for (const text of ["abaxx", "", "aab"]) {
      const matches = Array.from(text.matchAll(new RegExp(shape)), (match) => [match.index, ...match]);
      expect(everyMatch(text, shape).map((match) => [match.index, ...match])).toEqual(matches);
    }
  }
});

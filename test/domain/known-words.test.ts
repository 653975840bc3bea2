import { expect, test } from "vitest";
import { unknownWord } from "../../src/domain/known-words.ts";

test("of severities and classes all words are known, of other labels any may come", () => {
  expect([unknownWord("Severity", "Crit"), unknownWord("class", "oom_killed"), unknownWord("team", "anything")]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(unknownWord("severity", "warnin")).toBe("one of critical, warning, info (did you mean warning?)");
  expect(unknownWord("class", "zzz")).toMatch(/^one of oom_killed, .*other$/);
});

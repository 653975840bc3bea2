import { expect, test } from "vitest";
import { withoutColours } from "../../src/domain/terminal-colours.ts";

test("colours, modes and titles of a terminal are left out; all else stays, with what steers it", () => {
  expect(withoutColours("\u001B[1;31mkilled\u001B[0m\u001B[K \u001B[?2004h\u001B]0;a title\u0007[31m a\u001B[2Jb")).toBe(
    "killed [31m a\u001B[2Jb",
  );
});

test("what begins like a title and has no end is text", () => {
  const endless = `\u001B]${"x".repeat(300)}`;
  expect(withoutColours(endless)).toBe(endless);
});

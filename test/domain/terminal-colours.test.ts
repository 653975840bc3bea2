import { expect, test } from "vitest";
import { withoutColours } from "../../src/domain/terminal-colours.ts";

test("colours, cursor moves and titles of a terminal are left out; all else stays", () => {
  expect(withoutColours("\u001B[1;31mkilled\u001B[0m \u001B[2K\u001B]0;a title\u0007[31m")).toBe("killed [31m");
});

test("what begins like a title and has no end is text", () => {
  const endless = `\u001B]${"x".repeat(300)}`;
  expect(withoutColours(endless)).toBe(endless);
});

import { expect, it } from "vitest";
import { message, section, table, titled } from "../../src/messages/kit.ts";

it("keeps the notification short, escaped and on one line", () => {
  const { text } = message(`<!channel> ${"x".repeat(1000)}\n\nend`, [section("body")]);
  expect(text.startsWith("&lt;!channel&gt; xxx")).toBe(true);
  expect(text.length).toBeLessThan(320);
  expect(text).not.toContain("\n");
});

it("aligns columns and keeps backticks from ending the block", () => {
  expect(
    table([
      ["what", "before"],
      ["a ``` b", "1"],
    ]),
  ).toBe("```what     before\na ˋˋˋ b  1```");
});

it("shows no heading without lines", () => {
  expect(titled("Why", [])).toEqual([]);
});

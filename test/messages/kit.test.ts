import { expect, it } from "vitest";
import { message, section, titled } from "../../src/messages/kit.ts";

it("keeps the notification short, escaped and on one line", () => {
  const { text } = message(`<!channel> ${"x".repeat(1000)}\n\nend`, [section("body")]);
  expect(text.startsWith("&lt;!channel&gt; xxx")).toBe(true);
  expect(text.length).toBeLessThan(320);
  expect(text).not.toContain("\n");
});

it("shows no heading without lines", () => {
  expect(titled("Why", [])).toEqual([]);
});

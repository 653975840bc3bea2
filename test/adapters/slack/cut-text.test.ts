import { describe, expect, test } from "vitest";
import { cutText, fitPlain, splitText } from "../../../src/adapters/slack/cut-text.ts";

describe("cutText", () => {
  test("leaves alone what fits", () => expect(cutText("abc", 3)).toBe("abc"));

  test("says how many characters are missing", () => {
    const cut = cutText("x".repeat(500), 100);
    const kept = /^(x+)… cut, (\d+) more characters$/.exec(cut);
    expect((kept?.[1]?.length ?? 0) + Number(kept?.[2])).toBe(500);
    expect(cut.length).toBeLessThanOrEqual(100);
  });

  test.each(["&amp;", "&lt;", "&gt;", "<https://example.com/a|here>", "<!date^1700000000^{time}|now>", "\u{1F525}"])(
    "never cuts %s in two",
    (unit) => {
      for (let shift = 0; shift < unit.length + 2; shift += 1) {
        const cut = cutText("x".repeat(shift) + unit.repeat(80), 120);
        expect(cut).toMatch(
          new RegExp(`^x{${shift}}(?:${unit.replaceAll(/[.*+?^$()|{}[\]\\]/g, "\\$&")})*… cut, \\d+ more characters$`, "u"),
        );
        expect(cut.length).toBeLessThanOrEqual(120);
      }
    },
  );

  test("a lone < long ago does not eat the text", () => {
    expect(cutText(`<${"x".repeat(2000)}>`, 1000).length).toBeGreaterThan(900);
  });

  test("closes a code block that it cuts", () => {
    expect(cutText(`\`\`\`${"x".repeat(500)}\`\`\``, 200)).toMatch(/^```x+\n```… cut/);
  });
});

describe("splitText", () => {
  test("cuts between lines, then between words", () => {
    expect(splitText({ type: "mrkdwn", text: `${"a".repeat(60)}\n${"b".repeat(60)}` }, 100).map(({ text }) => text)).toEqual([
      "a".repeat(60),
      "b".repeat(60),
    ]);
    expect(splitText({ type: "mrkdwn", text: `${"a".repeat(60)} ${"b".repeat(60)}` }, 100).map(({ text }) => text)).toEqual([
      "a".repeat(60),
      ` ${"b".repeat(60)}`,
    ]);
  });

  test("a code block goes on in the next part", () => {
    const parts = splitText({ type: "mrkdwn", text: `\`\`\`\n${"log line\n".repeat(40)}\`\`\`` }, 150);
    expect(parts.length).toBeGreaterThan(2);
    for (const { text } of parts) {
      expect(text.length).toBeLessThanOrEqual(150);
      expect(text.split("```").length % 2).toBe(1);
    }
    expect(
      parts
        .map(({ text }) => text)
        .join("")
        .match(/log line/g),
    ).toHaveLength(40);
  });
});

test("fitPlain ends a button's label in …", () => {
  expect(fitPlain({ type: "plain_text", text: "y".repeat(100) }, 75).text).toBe(`${"y".repeat(74)}…`);
});

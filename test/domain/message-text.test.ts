import { expect, test } from "vitest";
import type { Message } from "../../src/domain/message.ts";
import { messageText, plainText, withoutBlocks } from "../../src/domain/message-text.ts";

const plain = (text: string) => ({ type: "plain_text", text }) as const;
const mrkdwn = (text: string) => ({ type: "mrkdwn", text }) as const;
const MESSAGE: Message = {
  text: "notice",
  blocks: [
    { type: "header", text: plain("Full & <loud>") },
    { type: "section", text: mrkdwn("*why*"), fields: [mrkdwn("a"), mrkdwn("b")] },
    { type: "divider" },
    { type: "context", elements: [mrkdwn("small")] },
    {
      type: "actions",
      elements: [
        { type: "button", action_id: "a", value: "v", text: plain("Approve") },
        { type: "overflow", action_id: "o", options: [{ text: plain("Later"), value: "l" }] },
      ],
    },
  ],
};

test("a message as one text has all that a reader sees, controls in brackets", () => {
  expect(messageText(MESSAGE)).toBe("Full &amp; &lt;loud&gt;\n\n*why*\na\nb\n\nsmall\n\n[Approve] [Later]");
  expect(messageText({ text: "words", blocks: [] })).toBe("words");
});

test("without blocks it says what could be pressed, where anything could", () => {
  expect(withoutBlocks(MESSAGE).text).toMatch(/\[Approve\] \[Later\]\n\n_Slack refused the layout .*would be a button/);
  expect(withoutBlocks({ text: "notice", blocks: [{ type: "section", text: mrkdwn("x") }] })).toEqual({ text: "x", blocks: [] });
});

test.each([
  ["since <!date^1790000000^{date_short_pretty} {time_secs}|2026-09-21T14:13:20Z>.", "since 2026-09-21T14:13:20Z."],
  ["<https://example.com/a?b=1|the thread> and <https://example.com>", "the thread (https://example.com/a?b=1) and https://example.com"],
  ["<@U0RESPONDER> in <#C0ALERTS> for <!subteam^S0ONCALL>", "@U0RESPONDER in #C0ALERTS for @S0ONCALL"],
  ["`a &lt; b &amp;&amp; c &gt; d` &amp;lt;", "`a < b && c > d` &lt;"],
])("%s reads %s in a file", (text, expected) => expect(plainText(text)).toBe(expected));

import { describe, expect, test } from "vitest";
import { refusalOf } from "../../../scripts/lab/slack/block-check.ts";
import { fitMessage, fitModal } from "../../../src/adapters/slack/fit-message.ts";
import type { Block, Message, Option } from "../../../src/domain/message.ts";
import { dialog } from "../../contract/chat.ts";
import { seen } from "../../support/seen.ts";

const plain = (text: string) => ({ type: "plain_text", text }) as const;
const mrkdwn = (text: string) => ({ type: "mrkdwn", text }) as const;
const section = (text: string): Block => ({ type: "section", text: mrkdwn(text) });
const button = (text: string, id = "a") => ({ type: "button", action_id: id, value: "v", text: plain(text) }) as const;
const options = (count: number): readonly Option[] =>
  Array.from({ length: count }, (_, index) => ({ text: plain(`Option ${index}`), value: `v${index}` }));
const fit = (...blocks: readonly Block[]) => fitMessage({ text: "t", blocks }, "below");
const only = (...blocks: readonly Block[]): Message => {
  const { messages, whole } = fit(...blocks);
  expect(messages).toHaveLength(1);
  expect(whole).toBeUndefined();
  return messages[0];
};

describe("fitMessage", () => {
  test("leaves alone what fits", () => {
    const message: Message = {
      text: "t",
      blocks: [
        { type: "header", text: plain("Full") },
        section("ok"),
        { type: "divider" },
        { type: "actions", elements: [button("Approve")] },
      ],
    };
    expect(fitMessage(message, "below")).toEqual({ messages: [message] });
  });

  test.each<[string, readonly Block[]]>([
    ["a long header", [{ type: "header", text: plain("h".repeat(400)) }]],
    ["empty texts", [section(""), { type: "header", text: plain("") }, { type: "context", elements: [mrkdwn("")] }, section("x")]],
    ["a long section", [section("word ".repeat(2000))]],
    ["a long section without any space", [section("x".repeat(9000))]],
    ["30 fields", [{ type: "section", fields: Array.from({ length: 30 }, () => mrkdwn("f".repeat(300))) }]],
    ["a long field", [{ type: "section", fields: [mrkdwn("f".repeat(5000))] }]],
    ["25 context elements", [{ type: "context", elements: Array.from({ length: 25 }, () => mrkdwn("c".repeat(20))) }]],
    ["60 buttons", [{ type: "actions", elements: Array.from({ length: 60 }, (_, index) => button("b".repeat(100), `a${index}`)) }]],
    ["a menu of 12", [{ type: "section", text: mrkdwn("x"), accessory: { type: "overflow", action_id: "o", options: options(12) } }]],
    ["200 blocks", Array.from({ length: 200 }, () => section("x"))],
    ["100,000 characters", Array.from({ length: 40 }, () => section("y".repeat(2500)))],
    ["nothing but buttons, too many", Array.from({ length: 70 }, (): Block => ({ type: "actions", elements: [button("b")] }))],
    [
      "a menu of 250",
      [{ type: "actions", elements: [{ type: "static_select", action_id: "s", placeholder: plain("p"), options: options(250) }] }],
    ],
    ["10 fields of 2,000", [{ type: "section", fields: Array.from({ length: 10 }, () => mrkdwn("f".repeat(2000))) }]],
    ["a million characters", [section("line of a log\n".repeat(71_429))]],
  ])("%s: Slack takes every message, and they fit for good", (_, blocks) => {
    const { messages } = fit(...blocks);
    for (const message of messages) {
      for (const method of ["chat.postMessage", "chat.update"]) expect(refusalOf(method, message)).toBeUndefined();
      expect(message.blocks.length).toBeGreaterThan(0);
      expect(fitMessage(message, "below")).toEqual({ messages: [message] });
    }
  });

  test("splits a long section with nothing lost, the button beside the first part", () => {
    const lines = Array.from({ length: 400 }, (_, index) => `line ${index} of the log`);
    const { blocks } = only({ type: "section", text: mrkdwn(lines.join("\n")), accessory: button("Show") });
    const texts = blocks.flatMap((block) => (block.type === "section" && block.text !== undefined ? [block.text.text] : []));
    expect(texts.length).toBeGreaterThan(2);
    expect(texts.join("\n")).toBe(lines.join("\n"));
    expect(blocks.map((block) => block.type === "section" && block.accessory !== undefined)).toEqual([
      true,
      ...texts.slice(1).map(() => false),
    ]);
  });

  test("a menu of more than five becomes a select with all of them", () => {
    const { blocks } = only({ type: "section", text: mrkdwn("x"), accessory: { type: "overflow", action_id: "o", options: options(7) } });
    expect(blocks[1]).toEqual({
      type: "actions",
      elements: [{ type: "static_select", action_id: "o", placeholder: plain("More"), options: options(7) }],
    });
  });

  test("what is a little too long goes on in further messages, in order, each line once, with the buttons in their places", () => {
    const lines = Array.from({ length: 300 }, (_, index) => `line ${index} of the list, ${"y".repeat(100)}`);
    const sections = Array.from({ length: 12 }, (_, index) => section(lines.slice(index * 25, index * 25 + 25).join("\n")));
    const { messages, whole } = fit(...sections, { type: "actions", elements: [button("Approve")] });
    expect(whole).toBeUndefined();
    expect(messages.map((message) => seen(message).filter((text) => text.startsWith("line")).length)).toEqual([100, 100, 100]);
    expect(messages.flatMap(seen).filter((text) => text.startsWith("line"))).toEqual(lines);
    expect(messages.map((message) => seen(message)[0])).toEqual([lines[0], "Continued, 2 of 3", "Continued, 3 of 3"]);
    expect(messages.map((message) => seen(message).at(-1))).toEqual(["1 of 3, goes on below", "2 of 3, goes on below", "[Approve]"]);
    expect(messages.map(({ text }) => text)).toEqual(["t", "t (2 of 3)", "t (3 of 3)"]);
  });

  test("what would take more than four messages becomes a file with all of it; the message keeps its beginning and its buttons", () => {
    const sections = Array.from({ length: 60 }, (_, index) => section(`part ${index} &lt;b&gt; ${"z".repeat(1000)}`));
    const { messages, whole = "" } = fit(...sections, { type: "actions", elements: [button("Approve")] });
    expect(messages).toHaveLength(1);
    const texts = seen(messages[0]);
    expect(texts[0]).toContain("part 0 &lt;b&gt;");
    expect(texts.at(-2)).toBe(
      `📎 Too long to show here: the file below has all of this message (${whole.length.toLocaleString("en-US")} characters).`,
    );
    expect(texts.at(-1)).toBe("[Approve]");
    // What is short stays, also below what is not.
    const mixed = fit(section("verdict"), section("row\n".repeat(20_000)), section("what to do"));
    expect(seen(mixed.messages[0]).map((line) => line.replace(/\d[\d,]*/, "n"))).toEqual([
      "verdict",
      "📎 Too long to show here: the file below has all of this message (n characters).",
      "what to do",
    ]);
    for (const [index] of sections.entries()) expect(whole).toContain(`part ${index} <b> zzz`);
    expect(whole).toContain("[Approve]");
  });

  test("a text alone is split too, by lines, within what an edit may have", () => {
    const lines = Array.from({ length: 600 }, (_, index) => `line ${index}`);
    const { messages } = fitMessage({ text: lines.join("\n"), blocks: [] }, "below");
    expect(messages.flatMap(({ text }) => text.split("\n")).filter((line) => line.startsWith("line"))).toEqual(lines);
    expect(messages[0].text.endsWith("_1 of 2, goes on below_")).toBe(true);
    for (const message of messages) {
      expect(refusalOf("chat.update", message)).toBeUndefined();
      expect(fitMessage(message, "below")).toEqual({ messages: [message] });
    }
    const long = fitMessage({ text: lines.join("\n").repeat(10), blocks: [] }, "below");
    expect(long.messages[0].text).toMatch(/^line 0\n[\s\S]*the file below has all of this message [^\n]*_$/);
    expect(long.whole).toBe(lines.join("\n").repeat(10));
  });

  test("the words for notifications are cut where there are blocks beside them that say all", () => {
    const [{ text }] = fitMessage({ text: "t".repeat(50_000), blocks: [section("x")] }, "below").messages;
    expect(text.length).toBeLessThanOrEqual(4000);
    expect(text).toMatch(/… cut, \d+ more characters$/);
  });
});

describe("fitModal", () => {
  test("cuts the title and its buttons' words to 24 characters", () => {
    const modal = fitModal({
      ...dialog("x"),
      title: plain("Flush database 12 of redis/sessions"),
      submit: plain("s".repeat(30)),
      close: plain("Close"),
    });
    expect(modal.title.text).toBe("Flush database 12 of re…");
    expect(modal.submit?.text).toHaveLength(24);
    expect(modal.close?.text).toBe("Close");
  });

  test("texts give way to what is to be filled in, and it says so", () => {
    const { blocks } = dialog("x");
    const modal = fitModal({ ...dialog("x"), blocks: [...Array.from({ length: 150 }, () => section("x")), ...blocks] });
    expect(refusalOf("views.open", { view: modal })).toBeUndefined();
    expect(modal.blocks.at(-1)).toEqual(blocks[0]);
    expect(seen(modal).at(-2)).toContain("More does not fit here");
  });

  test("leaves ids and fields as they are", () => {
    expect(fitModal(dialog("confirm"))).toEqual(dialog("confirm"));
  });
});

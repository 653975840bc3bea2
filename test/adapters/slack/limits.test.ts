import { describe, expect, test } from "vitest";
import { refusalOf } from "../../../scripts/lab/slack/block-check.ts";
import { fitMessage, fitModal } from "../../../src/adapters/slack/limits.ts";
import type { Block, Message, Option } from "../../../src/domain/message.ts";
import { dialog } from "../../contract/chat.ts";

const plain = (text: string) => ({ type: "plain_text", text }) as const;
const mrkdwn = (text: string) => ({ type: "mrkdwn", text }) as const;
const section = (text: string): Block => ({ type: "section", text: mrkdwn(text) });
const button = (text: string) => ({ type: "button", action_id: "a", value: "v", text: plain(text) }) as const;
const options = (count: number): readonly Option[] =>
  Array.from({ length: count }, (_, index) => ({ text: plain(`Option ${index}`), value: `v${index}` }));
const fit = (...blocks: readonly Block[]): Message => fitMessage({ text: "t", blocks });

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
    expect(fitMessage(message)).toEqual(message);
  });

  test.each<[string, readonly Block[]]>([
    ["a long header", [{ type: "header", text: plain("h".repeat(400)) }]],
    ["empty texts", [section(""), { type: "header", text: plain("") }, { type: "context", elements: [mrkdwn("")] }, section("x")]],
    ["a long section", [section("word ".repeat(2000))]],
    ["a long section without any space", [section("x".repeat(9000))]],
    ["30 fields", [{ type: "section", fields: Array.from({ length: 30 }, () => mrkdwn("f".repeat(300))) }]],
    ["a long field", [{ type: "section", fields: [mrkdwn("f".repeat(5000))] }]],
    ["25 context elements", [{ type: "context", elements: Array.from({ length: 25 }, () => mrkdwn("c".repeat(20))) }]],
    ["60 buttons", [{ type: "actions", elements: Array.from({ length: 60 }, () => button("b".repeat(100))) }]],
    ["a menu of 12", [{ type: "section", text: mrkdwn("x"), accessory: { type: "overflow", action_id: "o", options: options(12) } }]],
    ["200 blocks", Array.from({ length: 200 }, () => section("x"))],
    ["100,000 characters", Array.from({ length: 40 }, () => section("y".repeat(2500)))],
    ["nothing but buttons, too many", Array.from({ length: 70 }, (): Block => ({ type: "actions", elements: [button("b")] }))],
  ])("%s: Slack takes it", (_, blocks) => {
    const message = fit(...blocks);
    expect(refusalOf("chat.postMessage", message)).toBeUndefined();
    expect(message.blocks.length).toBeGreaterThan(0);
  });

  test("splits a long section with nothing lost, the button beside the first part", () => {
    const lines = Array.from({ length: 400 }, (_, index) => `line ${index} of the log`);
    const { blocks } = fit({ type: "section", text: mrkdwn(lines.join("\n")), accessory: button("Show") });
    const texts = blocks.flatMap((block) => (block.type === "section" && block.text !== undefined ? [block.text.text] : []));
    expect(texts.length).toBeGreaterThan(2);
    expect(texts.join("\n")).toBe(lines.join("\n"));
    expect(blocks.map((block) => block.type === "section" && block.accessory !== undefined)).toEqual([
      true,
      ...texts.slice(1).map(() => false),
    ]);
  });

  test("a menu of more than five becomes a select with all of them", () => {
    const { blocks } = fit({ type: "section", text: mrkdwn("x"), accessory: { type: "overflow", action_id: "o", options: options(7) } });
    expect(blocks[1]).toEqual({
      type: "actions",
      elements: [{ type: "static_select", action_id: "o", placeholder: plain("More"), options: options(7) }],
    });
  });

  test("what does not fit as a whole is cut with a note, and the buttons stay", () => {
    const { blocks } = fit(...Array.from({ length: 20 }, () => section("z".repeat(1000))), {
      type: "actions",
      elements: [button("Approve")],
    });
    expect(blocks.at(-1)).toEqual({ type: "actions", elements: [button("Approve")] });
    expect(blocks.at(-2)).toEqual({ type: "context", elements: [mrkdwn("… cut, 8000 more characters")] });
  });

  test("the text for notifications is cut at 40,000", () => {
    const { text } = fitMessage({ text: "t".repeat(50_000), blocks: [] });
    expect(text.length).toBeLessThanOrEqual(40_000);
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

  test("leaves ids and fields as they are", () => {
    expect(fitModal(dialog("confirm"))).toEqual(dialog("confirm"));
  });
});

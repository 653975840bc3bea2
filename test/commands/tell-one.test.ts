import { afterAll, beforeAll, expect, test } from "vitest";
import { tellOne } from "../../src/commands/tell-one.ts";
import type { Message } from "../../src/domain/message.ts";
import { ChatRefusal } from "../../src/ports/chat.ts";
import { CHANNEL, REQUESTER, startDesk, type TestDesk } from "../support/desk.ts";
import { createFakeChat } from "../support/fake-chat.ts";

const ASKED = { userId: REQUESTER, channel: CHANNEL, responseUrl: "https://hooks.slack.com/commands/1" };
const LATE = new ChatRefusal("too-late", "used_url");

let desk: TestDesk["desk"];
let stop: () => Promise<void>;
beforeAll(async () => {
  const test = await startDesk();
  ({ desk } = test);
  stop = () => test.stop();
});
afterAll(() => stop());

const sections = (count: number): Message => ({
  text: "a list",
  blocks: Array.from({ length: count }, (_, index) => ({
    type: "section",
    text: { type: "mrkdwn", text: `${index} ${"x".repeat(2_900)}` },
  })),
});

test("an answer that is too long for one comes as several at the response_url, in order", async () => {
  const chat = createFakeChat();
  await tellOne({ desk, chat }, ASKED, sections(10));
  expect(chat.responses.map(({ message }) => message.text)).toEqual(["a list", "a list (2 of 3)", "a list (3 of 3)"]);
  expect(chat.whispers).toEqual([]);
});

test("what the response_url does not take any more is whispered, and nothing is said twice", async () => {
  const chat = createFakeChat();
  await tellOne({ desk, chat }, ASKED, sections(1));
  chat.refuseNext("respond", LATE);
  await tellOne({ desk, chat }, { ...ASKED, threadTs: "1.5" }, sections(10));
  expect(chat.responses).toHaveLength(1);
  expect(chat.whispers.map(({ place, message }) => [place.threadTs, message.text])).toEqual([
    ["1.5", "a list"],
    ["1.5", "a list (2 of 3)"],
    ["1.5", "a list (3 of 3)"],
  ]);
});

test("a shortcut's answer is whispered where it belongs, and goes to the response_url only where that fails", async () => {
  const chat = createFakeChat();
  await tellOne({ desk, chat }, { ...ASKED, whisperFirst: true }, sections(1));
  expect([chat.whispers.length, chat.responses.length]).toEqual([1, 0]);
  chat.refuseNext("whisper", new ChatRefusal("no-such-place", "not_in_channel"));
  await tellOne({ desk, chat }, { ...ASKED, whisperFirst: true }, sections(1));
  expect([chat.whispers.length, chat.responses.length]).toEqual([1, 1]);
  chat.refuseNext("whisper", new ChatRefusal("no-such-place", "not_in_channel"));
  await expect(tellOne({ desk, chat }, { userId: REQUESTER, channel: CHANNEL }, sections(1))).rejects.toThrow("not_in_channel");
});

test("what is much too long says so, and comes as a file by direct message", async () => {
  const chat = createFakeChat();
  await tellOne({ desk, chat }, ASKED, sections(40));
  expect(chat.responses).toHaveLength(1);
  expect(JSON.stringify(chat.responses[0]?.message.blocks)).toMatch(
    /the file in our direct messages has all of this message \([\d,]+ characters\)/,
  );
  const [due] = (await desk.store.outbox.due(desk.clock.nowMs(), 10)).filter(({ slot }) => slot.startsWith("answer/"));
  expect(due).toMatchObject({ channel: REQUESTER, onBehalfOf: REQUESTER, content: { kind: "file", title: "a list" } });
  const text = due?.content.kind === "file" ? Buffer.from(due.content.base64, "base64").toString() : "";
  for (let index = 0; index < 40; index += 1) expect(text).toContain(`${index} xxx`);
});

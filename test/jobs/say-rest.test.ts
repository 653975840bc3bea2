import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Message } from "../../src/domain/message.ts";
import { commit } from "../../src/incidents/commit.ts";
import { deliver, DELIVERY_TIMES, type DeliverDeps } from "../../src/jobs/deliver.ts";
import { ChatRefusal, type Chat } from "../../src/ports/chat.ts";
import { CHANNEL, startDesk, type TestDesk } from "../support/desk.ts";
import { createFakeChat, type FakeChat } from "../support/fake-chat.ts";
import { seen } from "../support/seen.ts";

const THREAD = "1790000000.000001";
const TIMES = { ...DELIVERY_TIMES, claimMs: 10_000, answerWithinMs: 5_000, giveUpAfterMs: 3_600_000 };
const UNPACED = { waitMs: async () => 0, pause: async () => undefined };
const FILLER = "y".repeat(98);

/** Some 100 characters a line, 25 lines a block. */
function list(count: number, first = 0): Message {
  const line = (index: number): string => `${first + index} ${FILLER}`;
  const blocks = Array.from({ length: count / 25 }, (_, block) => {
    const text = Array.from({ length: 25 }, (__, at) => line(block * 25 + at)).join("\n");
    return { type: "section", text: { type: "mrkdwn", text } } as const;
  });
  return { text: "a list", blocks };
}

describe("a message that is too long for one", () => {
  let test: TestDesk;
  let chat: FakeChat;
  let slots = 0;
  let slot = "";
  beforeAll(async () => {
    test = await startDesk();
  });
  afterAll(() => test.stop());
  beforeEach(() => {
    slots += 1;
    slot = `inc_${slots}/report`;
    chat = createFakeChat({ nowMs: () => test.desk.clock.nowMs() });
  });
  afterEach(() => test.moveOn(TIMES.giveUpAfterMs));

  const say = (message: Message): Promise<string> => {
    const saying = { slot, channel: CHANNEL, thread: { ts: THREAD }, content: { kind: "message", message }, priority: 2 } as const;
    return commit(test.desk, (tables) => tables.outbox.say(saying, test.desk.ids.next("dlv"), test.desk.clock.nowMs()));
  };
  const depsOf = (through: Chat): DeliverDeps => ({ desk: test.desk, chat: through, pacer: UNPACED, times: TIMES, random: () => 0.5 });
  /** Until nothing is due, the newest first: the worst order. */
  const deliverAll = async (through: Chat = chat): Promise<void> => {
    for (let round = 0; round < 20; round += 1) {
      const due = await test.desk.store.outbox.due(test.desk.clock.nowMs(), 100);
      if (due.length === 0) return;
      for (const { id } of due.toReversed()) await deliver(depsOf(through), id, new AbortController().signal).catch(() => undefined);
      test.moveOn(TIMES.claimMs);
    }
  };
  const firsts = (): readonly (string | undefined)[] =>
    chat.posts().map(({ message }) =>
      seen(message)
        .find((line) => line.endsWith(FILLER))
        ?.replace(` ${FILLER}`, ""),
    );

  it("goes on in the same thread, in order, and is edited in place, what has not changed not at all", async () => {
    await say(list(300));
    await deliverAll();
    expect(firsts()).toEqual(["0", "125", "225"]);
    expect(chat.posts().map(({ place }) => place)).toEqual([0, 1, 2].map(() => ({ channel: CHANNEL, threadTs: THREAD })));
    const { blocks } = list(300);
    await say({ text: "a list", blocks: [...blocks.slice(0, -1), ...list(25, 5000).blocks] });
    await deliverAll();
    expect(chat.posts().map(({ edits }) => edits)).toEqual([1, 0, 1]);
    expect(chat.posts().at(-1)?.message.blocks).toEqual(expect.arrayContaining([...list(25, 5000).blocks]));
  });

  it("shrinks: what is no longer needed says so, and is used again when it grows", async () => {
    await say(list(300));
    await deliverAll();
    await say(list(100));
    await deliverAll();
    const [first, ...others] = chat.posts().map(({ message }) => seen(message));
    expect(first).toHaveLength(100);
    expect(others).toEqual([["No longer needed: the message above says all."], ["No longer needed: the message above says all."]]);
    await say(list(200, 1000));
    await deliverAll();
    expect(firsts()).toEqual(["1000", "1100", undefined]);
  });

  it.each(["post", "update"] as const)(
    "nothing comes twice when the answer to a %s is lost, nor when the process dies after it",
    async (method) => {
      const dying: Chat = {
        ...chat,
        async post(...args) {
          await chat.post(...args);
          throw new Error("killed");
        },
      };
      await say(list(300));
      await deliverAll(dying);
      chat.refuseNext(method, new ChatRefusal("unavailable", "connection reset"), { arrives: true });
      await say(list(300, 1000));
      await deliverAll();
      expect(firsts()).toEqual(["1000", "1100", "1200"]);
    },
  );

  it("goes on plainly where Slack refuses the blocks", async () => {
    chat.refuseNext("post", new ChatRefusal("message-refused", "msg_blocks_too_long"));
    await say(list(75));
    await deliverAll();
    const lines = chat.posts().flatMap(({ message }) => message.text.split("\n"));
    expect(lines.filter((line) => line.endsWith(FILLER))).toHaveLength(75);
    expect(chat.posts().map(({ message }) => message.blocks)).toEqual([[], [], []]);
  });

  it("is a file, where it is much too long, which the next version takes the place of", async () => {
    await say(list(2000));
    await deliverAll();
    await say(list(2000));
    await deliverAll();
    expect(chat.posts()).toHaveLength(1);
    expect(seen(chat.posts()[0]?.message ?? list(25)).at(-1)).toMatch(/the file below has all of this message \([\d,]+ characters\)\.$/);
    expect(chat.files.map(({ name, title, place }) => ({ name, title, place }))).toEqual([
      { name: expect.stringMatching(/^inc_\d+-report-[0-9a-f]{8}\.txt$/), title: "a list", place: { channel: CHANNEL, threadTs: THREAD } },
    ]);
    const text = new TextDecoder().decode(chat.files[0]?.content);
    expect(text.split("\n").filter((line) => line.endsWith(FILLER))).toHaveLength(2000);
    const [before] = chat.files;
    await say(list(2000, 1));
    chat.refuseNext("removeFile", new ChatRefusal("unavailable", "connection reset"));
    await deliverAll();
    expect(chat.files.map(({ content }) => new TextDecoder().decode(content).includes(`2000 ${FILLER}`))).toEqual([true]);
    expect(chat.files[0]?.name).not.toBe(before?.name);
    await say(list(100));
    await deliverAll();
    expect(chat.files.map(({ content }) => new TextDecoder().decode(content))).toEqual(["No longer needed: the message above says all."]);
  });
});

import { describe, expect, test, vi } from "vitest";
import { NOT_IN_TIME } from "../../../src/adapters/slack/reply.ts";
import { createTakeIn } from "../../../src/adapters/slack/take-in.ts";
import type { Receive } from "../../../src/ports/inbound.ts";
import { ChatRefusal } from "../../../src/ports/chat.ts";
import { createFakeChat } from "../../support/fake-chat.ts";
import { collectLog, type Logged } from "../../support/slack-app.ts";
import { PATIENCE } from "../../support/patience.ts";

const COMMAND = {
  command: "/oom",
  text: "help",
  user_id: "U1",
  channel_id: "C1",
  response_url: "https://hooks.slack.com/1",
  trigger_id: "1.2",
};
const CLICK = {
  type: "block_actions",
  user: { id: "U1" },
  channel: { id: "C1" },
  trigger_id: "1.3",
  response_url: "https://hooks.slack.com/2",
  actions: [{ action_id: "a" }],
};

function setUp(receive: Receive, sleep: () => Promise<void> = () => new Promise(() => undefined)) {
  const logged: Logged[] = [];
  const chat = createFakeChat();
  const takeIn = createTakeIn({ receive, chat, clock: { nowMs: () => 0, sleep }, log: collectLog(logged) });
  return { takeIn, chat, logged };
}

describe("take", () => {
  test("words come after the acknowledgement, and settled waits for them", async () => {
    const { takeIn, chat } = setUp(async () => ({ kind: "say", text: "words" }));
    const saidAtAck: number[] = [];
    expect(await takeIn.take(CLICK, async () => void saidAtAck.push(chat.responses.length))).toBe(true);
    await takeIn.settled();
    expect(saidAtAck).toEqual([0]);
    expect(chat.responses).toHaveLength(1);
  });

  test("words that cannot be delivered are logged, and change nothing", async () => {
    const { takeIn, chat, logged } = setUp(async () => ({ kind: "say", text: "words" }));
    chat.refuseNext("respond", new ChatRefusal("too-late", "used up"));
    expect(await takeIn.take(CLICK, async () => undefined)).toBe(true);
    await takeIn.settled();
    expect(logged).toContainEqual(expect.objectContaining({ level: "warn", message: "words for the sender could not be delivered" }));
  });

  test("a receive that answers too late is answered for, and its late failure is only logged", async () => {
    let fail: (error: Error) => void = () => undefined;
    const { takeIn, logged } = setUp(
      () =>
        new Promise((_, reject) => {
          fail = reject;
        }),
      () => Promise.resolve(),
    );
    const ack = vi.fn<(body?: unknown) => Promise<void>>().mockResolvedValue();
    await takeIn.take(COMMAND, ack);
    expect(ack).toHaveBeenCalledWith({ response_type: "ephemeral", text: NOT_IN_TIME });
    fail(new Error("too late"));
    await vi.waitFor(() => expect(logged.map(({ message }) => message)).toContain("what came in could not be taken on"), PATIENCE);
  });

  test("a receive that throws before it has promised anything counts the same", async () => {
    const { takeIn } = setUp(() => {
      throw new Error("at once");
    });
    const ack = vi.fn<(body?: unknown) => Promise<void>>().mockResolvedValue();
    expect(await takeIn.take(COMMAND, ack)).toBe(true);
    expect(ack).toHaveBeenCalledOnce();
  });
});

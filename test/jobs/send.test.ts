import { describe, expect, it } from "vitest";

import { systemClock } from "../../src/adapters/system/system-clock.ts";
import type { Delivery } from "../../src/domain/delivery.ts";
import type { Message } from "../../src/domain/message.ts";
import { send, type Sending } from "../../src/jobs/send.ts";
import { ChatRefusal, type Chat } from "../../src/ports/chat.ts";
import { CHANNEL } from "../support/desk.ts";
import { createFakeChat } from "../support/fake-chat.ts";

const PLACE = { channel: CHANNEL };
const RICH: Message = { text: "words", blocks: [{ type: "section", text: { type: "mrkdwn", text: "*words*" } }] };
const NEVER = new Promise<never>(() => undefined);

function sending(delivery: Partial<Delivery> = {}, more: Partial<Sending> = {}): Sending {
  const due: Delivery = {
    id: "dlv_1",
    slot: "inc_1/root",
    channel: CHANNEL,
    content: { kind: "message", message: RICH },
    revision: 1,
    sentRevision: 0,
    state: "due",
    priority: 2,
    attempts: 0,
    nextAttemptAtMs: 0,
    ...delivery,
  };
  return { delivery: due, place: PLACE, mayHaveArrived: false, clock: systemClock, withinMs: 5_000, ...more };
}

describe("sending a message", () => {
  it("counts a Slack that does not answer as unavailable: it may have arrived", async () => {
    const silent: Chat = { ...createFakeChat(), post: () => NEVER };
    await expect(send(silent, sending({}, { withinMs: 5 }))).rejects.toMatchObject({ name: "ChatRefusal", code: "unavailable" });
  });

  it.each(["message", "file"] as const)("writes nothing once its time is up: the next attempt may have begun (%s)", async (kind) => {
    const chat = createFakeChat();
    let find: () => void = () => undefined;
    const found = new Promise<undefined>((resolve) => {
      find = () => resolve(undefined);
    });
    const slow: Chat = { ...chat, find: () => found, findFile: () => found };
    const content: Partial<Delivery> =
      kind === "file" ? { content: { kind: "file", name: "chart.png", title: "Memory", base64: "aGVsbG8=" } } : {};
    await expect(send(slow, sending(content, { mayHaveArrived: true, withinMs: 5 }))).rejects.toMatchObject({ retryAfterMs: 5 });
    find();
    await new Promise((resolve) => setImmediate(resolve));
    expect([chat.posts(), chat.files]).toEqual([[], []]);
  });

  it("looks for the earlier post only where one may have arrived", async () => {
    const chat = createFakeChat();
    const first = await send(chat, sending());
    const looked: Chat = { ...chat, find: () => Promise.reject(new Error("nobody may look")) };
    await send(looked, sending());
    expect(chat.posts()).toHaveLength(2);
    expect(await send(chat, sending({}, { mayHaveArrived: true }))).toEqual(first);
    expect(chat.posts().map(({ edits }) => edits)).toEqual([1, 0]);
  });

  it("finds its post again when the one that it knew is gone, and posts anew when there is none", async () => {
    const chat = createFakeChat();
    const found = await send(chat, sending());
    expect(await send(chat, sending({ ts: "1.000001" }))).toEqual(found);
    expect(chat.posts()).toMatchObject([{ edits: 1 }]); // its words may be older
    await send(chat, sending({ id: "dlv_2", ts: "1.000001" }));
    expect(chat.posts().map(({ key }) => key)).toEqual(["dlv_1", "dlv_2"]);
  });

  it("is plainer once where the blocks are refused, and not again where the text is", async () => {
    const chat = createFakeChat();
    const refusal = new ChatRefusal("message-refused", "invalid_blocks");
    chat.refuseNext("post", refusal);
    await send(chat, sending());
    expect(chat.posts().map(({ message }) => message)).toEqual([{ text: "*words*", blocks: [] }]);
    chat.refuseNext("post", refusal);
    chat.refuseNext("post", new ChatRefusal("message-refused", "msg_too_long"));
    await expect(send(chat, sending())).rejects.toThrow("msg_too_long");
    chat.refuseNext("post", refusal);
    const plain = { kind: "message", message: { text: "words", blocks: [] } } as const;
    await expect(send(chat, sending({ content: plain }))).rejects.toThrow("invalid_blocks");
  });

  it("leaves every other refusal to its caller, at once", async () => {
    const chat = createFakeChat();
    chat.refuseNext("update", new ChatRefusal("no-rights", "token_revoked"));
    await expect(send(chat, sending({ ts: "1.1" }))).rejects.toMatchObject({ code: "no-rights" });
    expect(chat.posts()).toEqual([]);
  });

  it("uploads a file byte by byte", async () => {
    const chat = createFakeChat();
    const bytes = Buffer.from([0, 255, 10, 128]);
    const content = { kind: "file", name: "chart.png", title: "Memory", base64: bytes.toString("base64") } as const;
    expect(await send(chat, sending({ content }))).toEqual({ ts: "F1", more: [] });
    expect(chat.files.map((file) => ({ ...file, content: [...file.content] }))).toEqual([
      { id: "F1", place: PLACE, name: "chart.png", title: "Memory", content: [...bytes] },
    ]);
  });

  it("uploads no file that stands there since an attempt whose answer was lost", async () => {
    const chat = createFakeChat();
    const content = { kind: "file", name: "chart.png", title: "Memory", base64: "AAAA" } as const;
    chat.refuseNext("upload", new ChatRefusal("unavailable", "connection reset"), { arrives: true });
    await expect(send(chat, sending({ content }))).rejects.toThrow("reset");
    await send(chat, sending({ content }, { mayHaveArrived: true }));
    expect(chat.files).toHaveLength(1);
    await send(chat, sending({ content: { ...content, name: "other.png" } }, { mayHaveArrived: true }));
    expect(chat.files).toHaveLength(2);
  });

  it("says plainly all that the refused blocks said, and what could be pressed", async () => {
    const chat = createFakeChat();
    const button = { type: "button", action_id: "a", value: "v", text: { type: "plain_text", text: "Approve <it>" } } as const;
    const message: Message = { text: "notice", blocks: [...RICH.blocks, { type: "actions", elements: [button] }] };
    chat.refuseNext("post", new ChatRefusal("message-refused", "invalid_blocks"));
    await send(chat, sending({ content: { kind: "message", message } }));
    const [said] = chat.posts();
    expect(said?.message.blocks).toEqual([]);
    expect(said?.message.text).toMatch(/^\*words\*\n\n\[Approve &lt;it&gt;\]\n\n_Slack refused the layout of this message/);
  });
});

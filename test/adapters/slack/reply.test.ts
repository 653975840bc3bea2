import { describe, expect, test } from "vitest";
import { replyTo } from "../../../src/adapters/slack/reply.ts";
import type { Answer, Inbound } from "../../../src/ports/inbound.ts";
import { createFakeChat } from "../../support/fake-chat.ts";

const at = { id: "1", userId: "U1", receivedAtMs: 0 };
const say: Answer = { kind: "say", text: "words" };
const submission: Inbound = { ...at, kind: "submission", callbackId: "c", privateMetadata: "", values: {} };
const post: Inbound = { kind: "post", id: "1", receivedAtMs: 0, post: { channel: "C1", ts: "1.0", text: "" } };

describe("replyTo", () => {
  test("ok says nothing", () => expect(replyTo(submission, { kind: "ok" })).toEqual({}));

  test("words after a dialog stand in the dialog", () => {
    expect(replyTo(submission, say).body).toMatchObject({ response_action: "update", view: { blocks: [{ text: { text: "words" } }] } });
  });

  test("a click without response_url is answered by a whisper", async () => {
    const chat = createFakeChat();
    await replyTo({ ...at, kind: "click", channel: "C1", actionId: "a", value: "" }, say).after?.(chat);
    expect(chat.whispers).toEqual([{ place: { channel: "C1" }, userId: "U1", message: { text: "words", blocks: [] } }]);
  });

  test("a shortcut is answered at its response_url", async () => {
    const chat = createFakeChat();
    await replyTo({ ...at, kind: "shortcut", post: post.post, responseUrl: "https://hooks.slack.com/1" }, say).after?.(chat);
    expect(chat.responses).toEqual([{ responseUrl: "https://hooks.slack.com/1", message: { text: "words", blocks: [] } }]);
  });

  test("a post has nobody to talk to", () => expect(replyTo(post, say)).toEqual({}));

  test("complaints about fields are words where there is no dialog", () => {
    const command: Inbound = { ...at, kind: "command", channel: "C1", text: "", responseUrl: "" };
    expect(replyTo(command, { kind: "field-errors", errors: { name: "wrong name" } }).body).toEqual({
      response_type: "ephemeral",
      text: "wrong name",
    });
  });
});

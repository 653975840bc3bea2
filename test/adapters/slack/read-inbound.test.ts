import { describe, expect, test } from "vitest";
import { readInbound } from "../../../src/adapters/slack/read-inbound.ts";

const NOW = 1_700_000_000_000;
const event = (inner: Readonly<Record<string, unknown>>) => ({
  type: "event_callback",
  event_id: "Ev1",
  api_app_id: "A0OOMPH",
  authorizations: [{ user_id: "U0OOMPH", is_bot: true }],
  event: inner,
});
const message = (more: Readonly<Record<string, unknown>>) => event({ type: "message", channel: "C1", ts: "1.0", text: "OOM", ...more });

// What comes over the wire is in slack.test.ts; here are the shapes that only some Slacks send.
describe("readInbound", () => {
  test.each([
    ["Oomph's own post, by app", message({ app_id: "A0OOMPH", bot_id: "B0OOMPH", user: "U0OOMPH" })],
    ["Oomph's own post, by user", message({ user: "U0OOMPH" })],
    [
      "Oomph's own post, edited",
      event({ type: "message", subtype: "message_changed", channel: "C1", message: { ts: "1.0", text: "b", app_id: "A0OOMPH" } }),
    ],
    [
      "a link preview",
      event({
        type: "message",
        subtype: "message_changed",
        channel: "C1",
        message: { ts: "1.0", text: "a" },
        previous_message: { ts: "1.0", text: "a" },
      }),
    ],
    ["somebody joining", message({ subtype: "channel_join", user: "U1" })],
    ["a deletion", message({ subtype: "message_deleted" })],
    ["a post that mentions Oomph, which comes as a mention too", message({ user: "U1", text: "<@U0OOMPH> help" })],
    [
      "a bot that mentions Oomph",
      event({ type: "app_mention", user: "U2", bot_id: "B2", channel: "C1", ts: "1.0", text: "<@U0OOMPH> help" }),
    ],
    ["an event that was not asked for", event({ type: "reaction_added" })],
    ["a closed dialog", { type: "view_closed" }],
    ["nothing at all", {}],
  ])("ignores %s", (_, body) => {
    expect(readInbound(body, NOW)).toEqual({ kind: "ignored" });
  });

  test.each([
    ["a command without user", { command: "/oom", channel_id: "C1", response_url: "x", trigger_id: "1" }, "user_id"],
    ["an event without channel", event({ type: "message", ts: "1.0" }), "channel"],
    ["a click without actions", { type: "block_actions", user: { id: "U1" }, actions: [] }, "actions"],
    ["an event without event", { type: "event_callback", event_id: "Ev1" }, "event"],
  ])("names the field of %s", (_, body, field) => {
    const reading = readInbound(body, NOW);
    expect(reading.kind === "unfit" && reading.because).toContain(field);
  });

  test("an alert that another bot mentions Oomph in is still an alert", () => {
    expect(readInbound(message({ bot_id: "B2", text: "OOM, <@U0OOMPH> look" }), NOW)).toMatchObject({
      kind: "inbound",
      inbound: { kind: "post", id: "Ev1", post: { botId: "B2" } },
    });
  });

  test("a reply keeps its thread", () => {
    expect(readInbound(message({ thread_ts: "0.5", user: "U1" }), NOW)).toMatchObject({
      inbound: { post: { ts: "1.0", threadTs: "0.5", userId: "U1" } },
    });
  });

  test.each([
    ["<@U0OOMPH> investigate x", "investigate x"],
    ["<@U0OOMPH|oomph>   investigate <@U1>", "investigate <@U1>"],
    ["hey <@U0OOMPH> help", "hey   help"],
    ["<@U0OOMPH>", ""],
  ])("the words of the mention %s", (text, words) => {
    expect(readInbound(event({ type: "app_mention", user: "U1", channel: "C1", ts: "1.0", text }), NOW)).toMatchObject({
      inbound: { kind: "mention", text: words },
    });
  });

  test("a click in a thread, with a select and without trigger", () => {
    const body = {
      type: "block_actions",
      user: { id: "U1" },
      container: { channel_id: "C1", message_ts: "2.0", thread_ts: "1.0" },
      actions: [{ action_id: "pick", action_ts: "3.5", selected_option: { value: "redis/a" } }],
    };
    expect(readInbound(body, NOW)).toEqual({
      kind: "inbound",
      inbound: {
        kind: "click",
        id: "U1-3.5",
        userId: "U1",
        channel: "C1",
        messageTs: "2.0",
        threadTs: "1.0",
        actionId: "pick",
        value: "redis/a",
        receivedAtMs: NOW,
      },
    });
  });
});

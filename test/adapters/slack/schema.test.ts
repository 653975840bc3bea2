import { expect, test } from "vitest";
import { MessagesReply, SelfReply } from "../../../src/adapters/slack/schema.ts";

// Payloads that come in: read-inbound.test.ts.
test("answers of the Web API may hold more than is needed, and no less", () => {
  expect(MessagesReply.parse({ ok: true, has_more: false })).toEqual({ messages: [] });
  expect(SelfReply.parse({ ok: true, user_id: "U1", bot_id: "B1", team_id: "T1", url: "x" })).toEqual({
    user_id: "U1",
    bot_id: "B1",
    team_id: "T1",
  });
  expect(SelfReply.safeParse({ user_id: "U1" }).success).toBe(false);
});

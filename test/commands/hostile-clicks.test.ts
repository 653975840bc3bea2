import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CHANNEL, REQUESTER, rulesWith, STRANGER } from "../support/desk.ts";
import { startFront, type TestFront } from "../support/front.ts";

describe("the answer to whose alert it is", () => {
  let on: TestFront;

  beforeEach(async () => {
    on = await startFront({ rules: { ...rulesWith(), investigators: [REQUESTER] } });
  });
  afterEach(() => on.test.stop());

  const opened = () => on.front.desk.store.incidents.list({ limit: 10 });

  it("is not taken from somebody without the right to ask", async () => {
    expect(await on.click({ actionId: "target_pick", value: "redis/shop", userId: STRANGER })).not.toBe("");
    expect(await opened()).toEqual([]);
  });

  it.each(["", "redis/<!channel>", "../..", "pod/../../x", "deploy/x/y/-o json", "docker/".repeat(500), "redis/shop\u202e", "__proto__"])(
    "is not made up: %s",
    async (value) => {
      const answer = await on.click({ actionId: "target_pick", value });
      expect(answer).not.toBe("");
      expect(answer).not.toMatch(/<!channel>|\u202e/);
      expect(await opened()).toEqual([]);
    },
  );

  it("by two bots that answer each other is counted, and answered by one message that is edited", async () => {
    for (let reply = 0; reply < 12; reply += 1) {
      const post = {
        channel: CHANNEL,
        ts: `1790000000.0001${10 + reply}`,
        threadTs: "1790000000.000100",
        botId: `B${reply % 2}`,
        text: "[FIRING:1] RedisMemoryHigh (shop)",
      };
      await on.receiver.handle({ kind: "post", id: `e${reply}`, post, receivedAtMs: reply });
    }
    const [incident, ...others] = await opened();
    expect([incident?.timesSeen, others.length]).toEqual([12, 0]);
    const said = await on.front.desk.store.outbox.ofIncident(incident?.id ?? "");
    expect(said.length).toBeLessThan(4);
  });

  it("follows a post that is edited from firing to resolved and back, by each edit once", async () => {
    const edits = [
      "[FIRING:1] RedisMemoryHigh (shop)",
      "[FIRING:1] RedisMemoryHigh (shop)",
      "[RESOLVED] RedisMemoryHigh (shop)",
      "[FIRING:1] RedisMemoryHigh (shop)",
    ];
    const states: unknown[] = [];
    for (const [edit, text] of edits.entries()) {
      const post = { channel: CHANNEL, ts: "1790000000.000100", botId: "B1", text };
      await on.receiver.handle({ kind: "post", id: `e${edit}`, post, receivedAtMs: 1_790_000_000_000 + edit });
      states.push((await opened()).map(({ state, timesSeen }) => [state, timesSeen]));
    }
    expect(states).toEqual([[["open", 1]], [["open", 1]], [["resolved", 1]], [["open", 2]]]);
  });
});

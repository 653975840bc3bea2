import { describe, expect, it } from "vitest";
import type { Delivery, Saying } from "../../src/domain/delivery.ts";
import type { Message } from "../../src/domain/message.ts";
import type { Ask } from "./store.ts";
import { T0_MS, aSaying, anId } from "./store-samples.ts";

function message(text: string): Saying["content"] {
  return { kind: "message", message: { text, blocks: [] } };
}

const plain = (text: string) => ({ type: "plain_text", text }) as const;
const option = { text: plain("Later"), value: "off_1" };
const button = { type: "button", action_id: "propose", text: plain("Flush"), value: "off_1", style: "danger" } as const;

// Every kind of block, so that none is lost between writing and reading.
const everyBlock: Message = {
  text: "Redis is full",
  blocks: [
    { type: "header", text: { type: "plain_text", text: "Full", emoji: true } },
    { type: "divider" },
    { type: "section", text: { type: "mrkdwn", text: "*Full*" }, accessory: { type: "overflow", action_id: "more", options: [option] } },
    { type: "section", fields: [plain("256 MiB"), { type: "mrkdwn", text: "_used_" }], accessory: button },
    { type: "context", elements: [plain("asked by U1")] },
    { type: "actions", elements: [button, { type: "static_select", action_id: "pick", placeholder: plain("Pick"), options: [option] }] },
    {
      type: "input",
      block_id: "reason",
      label: plain("Why"),
      hint: plain("for the audit"),
      optional: false,
      element: { type: "plain_text_input", action_id: "why", multiline: true, min_length: 5, max_length: 500, placeholder: plain("...") },
    },
  ],
};

export function outboxContract(ask: Ask): void {
  describe("outbox: saying", () => {
    it("makes a delivery that comes back whole", async () => {
      const store = await ask.store();
      const saying = aSaying({
        incidentId: "inc_1",
        thread: { slot: "inc_1/root" },
        content: { kind: "message", message: everyBlock },
        priority: 1,
        onBehalfOf: "U_ALICE",
      });
      const id = await store.outbox.say(saying, anId("dlv"), T0_MS);
      const expected: Delivery = { id, ...saying, revision: 1, sentRevision: 0, state: "due", attempts: 0, nextAttemptAtMs: T0_MS };
      expect(await store.outbox.get(id)).toStrictEqual(expected);
      expect(await store.outbox.bySlot(saying.slot)).toStrictEqual(expected);
      expect(await store.outbox.ofIncident("inc_1")).toStrictEqual([expected]);
      expect(await store.outbox.get("dlv_none")).toBeUndefined();
      expect(await store.outbox.bySlot("none")).toBeUndefined();
    });

    it("gives a slot new content, due again with attempts from zero", async () => {
      const store = await ask.store();
      const slot = anId("slot");
      const id = await store.outbox.say(aSaying({ slot, onBehalfOf: "U_ALICE" }), anId("dlv"), T0_MS);
      await store.outbox.claim(id, T0_MS + 100, T0_MS);
      await store.outbox.postpone(id, { nextAttemptAtMs: T0_MS + 60_000, error: "500", countAttempt: true });
      expect(await store.outbox.say(aSaying({ slot, content: message("newer"), priority: 3 }), anId("dlv"), T0_MS + 10)).toBe(id);
      expect(await store.outbox.get(id)).toStrictEqual({
        id,
        slot,
        channel: "C_OPS",
        content: message("newer"),
        revision: 2,
        sentRevision: 0,
        state: "due",
        priority: 2, // not posted yet, so still something new
        attempts: 0,
        nextAttemptAtMs: T0_MS + 10,
        firstAttemptAtMs: T0_MS,
        tryingSinceMs: T0_MS,
        onBehalfOf: "U_ALICE",
      });
    });

    it("revives a failed slot and makes a sent one an edit", async () => {
      const store = await ask.store();
      const failed = await store.outbox.say(aSaying({ slot: "a" }), anId("dlv"), T0_MS);
      await store.outbox.fail(failed, { revision: 1, error: "channel_not_found" });
      expect(await store.outbox.get(failed)).toMatchObject({ state: "failed", lastError: "channel_not_found" });
      await store.outbox.say(aSaying({ slot: "a" }), anId("dlv"), T0_MS + 1);
      expect(await store.outbox.get(failed)).toMatchObject({ state: "due", revision: 2 });

      const sent = await store.outbox.say(aSaying({ slot: "b" }), anId("dlv"), T0_MS);
      await store.outbox.sent(sent, { ts: "1.1", revision: 1 });
      await store.outbox.say(aSaying({ slot: "b", priority: 3 }), anId("dlv"), T0_MS + 1);
      expect(await store.outbox.get(sent)).toMatchObject({ state: "due", revision: 2, sentRevision: 1, ts: "1.1", priority: 3 });
    });

    it("sends a file slot once, and again when there is another file", async () => {
      const store = await ask.store();
      const file = { kind: "file", name: "census.csv", title: "Census", base64: "YQ==" } as const;
      const id = await store.outbox.say(aSaying({ slot: "f", content: file }), anId("dlv"), T0_MS);
      await store.outbox.sent(id, { revision: 1 });
      expect(await store.outbox.say(aSaying({ slot: "f", content: file }), anId("dlv"), T0_MS + 1)).toBe(id);
      expect(await store.outbox.get(id)).toMatchObject({ state: "sent", revision: 1, content: file });
      const newer = { ...file, base64: "Yg==" };
      expect(await store.outbox.say(aSaying({ slot: "f", content: newer }), anId("dlv"), T0_MS + 2)).toBe(id);
      expect(await store.outbox.get(id)).toMatchObject({ state: "due", revision: 2, content: newer });
    });

    it("sets a mark once, and again when it says something else", async () => {
      const store = await ask.store();
      const mark = { kind: "mark", ts: "1.1", mark: "open" } as const;
      const id = await store.outbox.say(aSaying({ slot: "m", content: mark }), anId("dlv"), T0_MS);
      await store.outbox.fail(id, { revision: 1, error: "missing_scope" });
      await store.outbox.say(aSaying({ slot: "m", content: mark }), anId("dlv"), T0_MS + 1);
      expect(await store.outbox.get(id)).toMatchObject({ state: "failed", revision: 1, content: mark });
      await store.outbox.say(aSaying({ slot: "m", content: { ...mark, mark: "over" } }), anId("dlv"), T0_MS + 2);
      expect(await store.outbox.get(id)).toMatchObject({ state: "due", revision: 2 });
    });

    it("has one message per slot, however many speak at once", async () => {
      const replicas = await ask.replicas();
      const ids = await Promise.all(
        Array.from({ length: 10 }, (_, at) => replicas[at % 2 === 0 ? 0 : 1].outbox.say(aSaying({ slot: "s" }), anId("dlv"), T0_MS)),
      );
      expect(new Set(ids).size).toBe(1);
      expect(await replicas[0].outbox.bySlot("s")).toMatchObject({ revision: 10 });
    });
  });

  describe("outbox: sending", () => {
    it("lets one sender claim what is due", async () => {
      const replicas = await ask.replicas();
      const id = await replicas[0].outbox.say(aSaying(), anId("dlv"), T0_MS);
      expect(await replicas[0].outbox.claim(id, T0_MS + 5, T0_MS - 1)).toBe(false);
      const claims = Array.from({ length: 10 }, (_, at) => replicas[at % 2 === 0 ? 0 : 1].outbox.claim(id, T0_MS + 5, T0_MS));
      expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1);
      expect(await replicas[0].outbox.get(id)).toMatchObject({ claimedUntilMs: T0_MS + 5, firstAttemptAtMs: T0_MS });
      expect(await replicas[0].outbox.due(T0_MS + 4, 9)).toStrictEqual([]);
      expect(await replicas[0].outbox.claim(id, T0_MS + 9, T0_MS + 5)).toBe(true);
      expect(await replicas[0].outbox.get(id)).toMatchObject({ firstAttemptAtMs: T0_MS });
      await replicas[0].outbox.sent(id, { ts: "1.1", revision: 1 });
      expect(await replicas[0].outbox.claim(id, T0_MS + 99, T0_MS + 50)).toBe(false);
      expect(await replicas[0].outbox.claim("dlv_none", T0_MS + 99, T0_MS)).toBe(false);
    });

    it("is due again at once when newer content came while it was sent", async () => {
      const store = await ask.store();
      const id = await store.outbox.say(aSaying({ slot: "s" }), anId("dlv"), T0_MS);
      await store.outbox.claim(id, T0_MS + 100, T0_MS);
      await store.outbox.say(aSaying({ slot: "s", content: message("two") }), anId("dlv"), T0_MS + 1);
      await store.outbox.sent(id, { ts: "1.1", revision: 1 });
      expect(await store.outbox.due(T0_MS + 1, 9)).toMatchObject([
        { id, ts: "1.1", sentRevision: 1, revision: 2, content: message("two") },
      ]);
      await store.outbox.claim(id, T0_MS + 100, T0_MS + 1);
      await store.outbox.sent(id, { revision: 2 });
      expect(await store.outbox.get(id)).toMatchObject({ state: "sent", sentRevision: 2, ts: "1.1" });
    });

    it("is not given up where newer content came while it was refused", async () => {
      const store = await ask.store();
      const id = await store.outbox.say(aSaying({ slot: "s" }), anId("dlv"), T0_MS);
      await store.outbox.claim(id, T0_MS + 100, T0_MS);
      await store.outbox.say(aSaying({ slot: "s", content: message("two") }), anId("dlv"), T0_MS + 1);
      expect(await store.outbox.fail(id, { revision: 1, error: "invalid_blocks" })).toBe(false);
      expect(await store.outbox.due(T0_MS + 1, 9)).toMatchObject([{ id, content: message("two") }]);
      expect(await store.outbox.fail(id, { revision: 2, error: "invalid_blocks" })).toBe(true);
      expect(await store.outbox.get(id)).toMatchObject({ state: "failed", lastError: "invalid_blocks" });
    });

    it("knows since when it is tried: from the first attempt on, and anew once it was sent or given up", async () => {
      const store = await ask.store();
      const trying = async () => (await store.outbox.get(id))?.tryingSinceMs;
      const say = (atMs: number) => store.outbox.say(aSaying({ slot: "s" }), anId("dlv"), atMs);
      const id = await say(T0_MS);
      await store.outbox.claim(id, T0_MS + 5, T0_MS);
      await say(T0_MS + 1);
      await store.outbox.claim(id, T0_MS + 9, T0_MS + 5);
      expect(await trying()).toBe(T0_MS);
      await store.outbox.sent(id, { ts: "1.1", revision: 1 });
      expect(await trying()).toBeUndefined(); // though there is more to send
      await store.outbox.claim(id, T0_MS + 20, T0_MS + 10);
      expect(await trying()).toBe(T0_MS + 10);
      await store.outbox.fail(id, { revision: 2, error: "no" });
      await say(T0_MS + 30);
      expect(await store.outbox.get(id)).toMatchObject({ state: "due", firstAttemptAtMs: T0_MS });
      expect(await trying()).toBeUndefined();
    });

    it("does not go back when a slow sender reports late", async () => {
      const store = await ask.store();
      const id = await store.outbox.say(aSaying({ slot: "s" }), anId("dlv"), T0_MS);
      await store.outbox.say(aSaying({ slot: "s" }), anId("dlv"), T0_MS);
      await store.outbox.sent(id, { ts: "1.1", revision: 2 });
      await store.outbox.sent(id, { ts: "1.1", revision: 1 });
      expect(await store.outbox.get(id)).toMatchObject({ state: "sent", sentRevision: 2 });
    });

    it("counts attempts only where the message is at fault", async () => {
      const store = await ask.store();
      const id = await store.outbox.say(aSaying(), anId("dlv"), T0_MS);
      await store.outbox.claim(id, T0_MS + 100, T0_MS);
      await store.outbox.postpone(id, { nextAttemptAtMs: T0_MS + 5, error: "429", countAttempt: false });
      expect(await store.outbox.get(id)).toMatchObject({ attempts: 0, nextAttemptAtMs: T0_MS + 5, lastError: "429" });
      expect(await store.outbox.get(id)).not.toHaveProperty("claimedUntilMs");
      await store.outbox.postpone(id, { nextAttemptAtMs: T0_MS + 9, error: "500", countAttempt: true });
      expect(await store.outbox.get(id)).toMatchObject({ attempts: 1, lastError: "500" });
      expect(await store.outbox.due(T0_MS + 8, 9)).toStrictEqual([]);
      await store.outbox.sent(id, { ts: "1.1", revision: 1 });
      expect(await store.outbox.get(id)).not.toHaveProperty("lastError");
      await expect(store.outbox.sent("dlv_none", { revision: 1 })).rejects.toMatchObject({ code: "not-found" });
    });

    it("gives what is due most urgent first, then oldest", async () => {
      const store = await ask.store();
      const say = (slot: string, priority: 1 | 2 | 3, atMs: number): Promise<string> =>
        store.outbox.say(aSaying({ slot, priority }), slot, atMs);
      await say("edit", 3, T0_MS);
      await say("new-late", 2, T0_MS + 2);
      await say("new-early", 2, T0_MS + 1);
      await say("decision", 1, T0_MS + 3);
      await say("tomorrow", 1, T0_MS + 86_400_000);
      const order = async (limit: number): Promise<readonly string[]> =>
        (await store.outbox.due(T0_MS + 10, limit)).map(({ slot }) => slot);
      expect(await order(9)).toStrictEqual(["decision", "new-early", "new-late", "edit"]);
      expect(await order(2)).toStrictEqual(["decision", "new-early"]);
      await say("new-early", 2, T0_MS + 9);
      expect(await order(9)).toStrictEqual(["decision", "new-early", "new-late", "edit"]);
    });

    it("is found by how its slot begins", async () => {
      const store = await ask.store();
      for (const slot of ["stm_1/unattended", "stm_1/unattended/direct/U1", "stm_1/root", "stmX1/unattended"])
        await store.outbox.say(aSaying({ slot }), anId("dlv"), T0_MS);
      expect((await store.outbox.under("stm_1/unattended")).map(({ slot }) => slot)).toStrictEqual([
        "stm_1/unattended",
        "stm_1/unattended/direct/U1",
      ]);
    });

    it("is counted by state", async () => {
      const store = await ask.store();
      expect(await store.outbox.counts()).toStrictEqual({ due: 0, sent: 0, failed: 0 });
      const ids = await Promise.all([1, 2, 3].map(() => store.outbox.say(aSaying(), anId("dlv"), T0_MS)));
      await store.outbox.sent(ids[0] ?? "", { ts: "1.1", revision: 1 });
      expect(await store.outbox.fail(ids[1] ?? "", { revision: 1, error: "no" })).toBe(true);
      await store.outbox.postpone(ids[1] ?? "", { nextAttemptAtMs: 0, error: "late", countAttempt: true });
      expect(await store.outbox.fail(ids[0] ?? "", { revision: 1, error: "late" })).toBe(false);
      expect(await store.outbox.counts()).toStrictEqual({ due: 1, sent: 1, failed: 1 });
    });
  });
}

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createPacer } from "../../src/adapters/bullmq/create-pacer.ts";
import type { Saying } from "../../src/domain/delivery.ts";
import type { Message } from "../../src/domain/message.ts";
import { commit } from "../../src/incidents/commit.ts";
import { deliver, type DeliverDeps } from "../../src/jobs/deliver.ts";
import { ChatRefusal, type Chat } from "../../src/ports/chat.ts";
import { CHANNEL, REQUESTER, startDesk, type TestDesk } from "../support/desk.ts";
import { createFakeChat, type FakeChat } from "../support/fake-chat.ts";

const FALLBACK = "C0FALLBACK";
const HOUR_MS = 3_600_000;
const TIMES = {
  claimMs: 10_000,
  answerWithinMs: 300,
  firstRetryMs: 1_000,
  lastRetryMs: 60_000,
  lastRightsRetryMs: 2_000,
  giveUpAfterMs: 4 * HOUR_MS,
};
const NOT_ABORTED = new AbortController().signal;

describe("delivering a message", () => {
  let test: TestDesk;
  let chat: FakeChat;

  beforeEach(async () => {
    test = await startDesk();
    chat = createFakeChat({ channels: [CHANNEL, FALLBACK, REQUESTER], nowMs: () => test.desk.clock.nowMs() });
  });
  afterEach(() => test.stop());

  const message = (text: string): Message => ({ text, blocks: [{ type: "section", text: { type: "mrkdwn", text } }] });
  const say = (slot: string, text: string, more: Partial<Saying> = {}): Promise<string> => {
    const saying: Saying = { slot, channel: CHANNEL, content: { kind: "message", message: message(text) }, priority: 2, ...more };
    return commit(test.desk, (tables) => tables.outbox.say(saying, test.desk.ids.next("dlv"), test.desk.clock.nowMs()));
  };
  const depsOf = (through: Chat = chat): DeliverDeps => ({
    desk: test.desk,
    chat: through,
    pacer: createPacer(test.connection),
    fallbackChannel: FALLBACK,
    times: TIMES,
    random: () => 0.5,
  });
  const send = (id: string, through?: Chat) => deliver(depsOf(through), id, NOT_ABORTED);
  const stored = async (id: string) => test.desk.store.outbox.get(id);
  const texts = (): readonly string[] => chat.posts().map((post) => post.message.text);
  /** Sends everything that is due, notices included. */
  const sendAll = async (): Promise<void> => {
    for (const { id } of await test.desk.store.outbox.due(test.desk.clock.nowMs(), 100)) await send(id);
  };

  it("posts once and edits from then on", async () => {
    const id = await say("inc_1/root", "first");
    await send(id);
    await send(id);
    await say("inc_1/root", "second");
    await send(id);
    expect(chat.posts()).toMatchObject([{ message: { text: "second" }, edits: 1, place: { channel: CHANNEL } }]);
    expect(await stored(id)).toMatchObject({ state: "sent", ts: chat.posts()[0]?.ts });
  });

  it("goes round again when something newer was said while it was sending", async () => {
    const id = await say("inc_1/root", "first");
    const slow: Chat = {
      ...chat,
      async post(...args) {
        await say("inc_1/root", "second");
        return chat.post(...args);
      },
    };
    await send(id, slow);
    expect(chat.posts()).toMatchObject([{ message: { text: "second" }, edits: 1 }]);
  });

  it("lets one of several senders send", async () => {
    const id = await say("inc_1/root", "first");
    await Promise.all([send(id), send(id), send(id)]);
    expect(chat.posts()).toHaveLength(1);
  });

  it("waits for the root of its thread, and is woken when that is posted", async () => {
    const { id: incidentId } = await test.incident();
    const root = await say(`${incidentId}/root`, "root", { incidentId });
    const reply = await say(`${incidentId}/report`, "report", { incidentId, thread: { slot: `${incidentId}/root` } });
    await send(reply);
    expect(chat.posts()).toEqual([]);
    const queuedFor = async () =>
      (await test.jobs("deliver")).filter((job) => JSON.stringify(job.payload) === JSON.stringify({ deliveryId: reply }));
    expect(await queuedFor()).toHaveLength(1); // when it was said
    await send(root);
    expect(await queuedFor()).toHaveLength(2);
    await send(reply);
    expect(chat.posts()[1]).toMatchObject({ place: { channel: CHANNEL, threadTs: chat.posts()[0]?.ts } });
  });

  it("keeps to the pace, without counting it as an attempt", async () => {
    const ids = await Promise.all([1, 2, 3, 4, 5].map((index) => say(`inc_${index}/root`, `root ${index}`)));
    const outcomes = [];
    for (const id of ids) outcomes.push(await send(id));
    expect(outcomes.slice(0, 4).map((outcome) => outcome.kind)).toEqual(["done", "done", "done", "done"]);
    expect(outcomes[4]).toMatchObject({ kind: "later" });
    expect(await stored(ids[4] ?? "")).toMatchObject({ state: "due", attempts: 0 });
  });

  it("does as a 429 says, for the whole channel", async () => {
    const id = await say("inc_1/root", "first");
    const other = await say("inc_2/root", "other");
    chat.refuseNext("post", new ChatRefusal("rate-limited", "slow down", { retryAfterMs: 7_000 }));
    expect(await send(id)).toEqual({ kind: "later", delayMs: 7_000 });
    expect(await send(other)).toMatchObject({ kind: "later" });
    expect(await stored(id)).toMatchObject({ state: "due", attempts: 0 });
    expect(chat.posts()).toEqual([]);
  });

  it("tries again with growing pauses when Slack answers 500", async () => {
    const id = await say("inc_1/root", "first");
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      chat.refuseNext("post", new ChatRefusal("unavailable", "500"));
      const outcome = await send(id);
      if (outcome.kind === "later") pauses.push(outcome.delayMs);
      test.moveOn(60_000);
    }
    expect(pauses).toEqual([750, 1_500, 3_000]);
    await send(id);
    expect(texts()).toEqual(["first"]);
  });

  it("does not post twice when the answer to a post was lost, though the words have changed", async () => {
    const id = await say("inc_1/root", "first");
    chat.refuseNext("post", new ChatRefusal("unavailable", "connection reset"), { arrives: true });
    await send(id);
    await say("inc_1/root", "second");
    test.moveOn(60_000);
    await send(id);
    expect(chat.posts()).toMatchObject([{ message: { text: "second" } }]);
    expect(await stored(id)).toMatchObject({ state: "sent", ts: chat.posts()[0]?.ts });
  });

  it("does not post twice when the process died between Slack's answer and writing it down", async () => {
    const id = await say("inc_1/root", "first");
    const outbox = { ...test.desk.store.outbox, sent: () => Promise.reject(new Error("killed")) };
    await expect(deliver({ ...depsOf(), desk: { ...test.desk, store: { ...test.desk.store, outbox } } }, id, NOT_ABORTED)).rejects.toThrow(
      "killed",
    );
    expect(await send(id)).toEqual({ kind: "done" }); // still claimed
    test.moveOn(TIMES.claimMs);
    await send(id);
    expect(texts()).toEqual(["first"]);
    expect((await stored(id))?.state).toBe("sent");
  });

  it("does not wait for ever for a Slack that never answers", async () => {
    const id = await say("inc_1/root", "first");
    const mute: Chat = { ...chat, post: () => new Promise(() => undefined) };
    expect(await send(id, mute)).toMatchObject({ kind: "later" });
    expect(await stored(id)).toMatchObject({ state: "due", attempts: 1, lastError: expect.stringContaining("300 ms") });
  });

  it("sends plain text when Slack refuses the blocks", async () => {
    const id = await say("inc_1/root", "plain words");
    chat.refuseNext("post", new ChatRefusal("message-refused", "invalid_blocks"));
    await send(id);
    expect(chat.posts()).toMatchObject([{ message: { text: "plain words", blocks: [] } }]);
  });

  it("posts anew when the message that it should edit is gone", async () => {
    const id = await say("inc_1/root", "first");
    await send(id);
    await say("inc_1/root", "second");
    chat.refuseNext("update", new ChatRefusal("message-gone", "message_not_found"));
    chat.refuseNext("update", new ChatRefusal("message-gone", "message_not_found"));
    const forgetful: Chat = { ...chat, find: async () => undefined };
    await send(id, forgetful);
    expect(texts()).toEqual(["first", "second"]);
    expect(await stored(id)).toMatchObject({ state: "sent", ts: chat.posts()[1]?.ts });
  });

  it.each(["channel_not_found", "not_in_channel"])("says at once to whom it concerns that it could not be delivered: %s", async (error) => {
    const id = await say("inc_1/outcome", "the flush succeeded", { onBehalfOf: REQUESTER });
    chat.refuseNext("post", new ChatRefusal("no-such-place", error));
    await send(id);
    expect(await stored(id)).toMatchObject({ state: "failed", lastError: error });
    expect(await test.auditKinds()).toEqual(["delivery-failed"]);
    await sendAll();
    expect(
      chat
        .posts()
        .map((post) => post.place.channel)
        .toSorted(),
    ).toEqual([FALLBACK, REQUESTER]);
    expect(JSON.stringify(chat.posts()[0]?.message.blocks)).toContain("the flush succeeded");
  });

  it("says it once for a thread whose root cannot be posted, and not of a notice", async () => {
    const { id: incidentId } = await test.incident();
    const root = await say(`${incidentId}/root`, "root", { incidentId });
    const reply = await say(`${incidentId}/report`, "report", { incidentId, thread: { slot: `${incidentId}/root` } });
    chat.refuseNext("post", new ChatRefusal("no-such-place", "is_archived"));
    await send(root);
    await send(reply);
    expect((await stored(reply))?.state).toBe("failed");
    chat.refuseNext("post", new ChatRefusal("no-such-place", "the fallback is gone too"));
    await sendAll();
    await sendAll();
    expect(chat.posts()).toEqual([]);
    expect((await test.desk.store.outbox.counts()).due).toBe(0);
    expect((await test.auditKinds()).filter((kind) => kind === "delivery-failed")).toHaveLength(3);
  });

  it("gives up after hours, and says so", async () => {
    const id = await say("inc_1/outcome", "late", { onBehalfOf: REQUESTER });
    chat.refuseNext("post", new ChatRefusal("unavailable", "503"));
    await send(id);
    test.moveOn(4 * HOUR_MS);
    chat.refuseNext("post", new ChatRefusal("unavailable", "503"));
    await send(id);
    expect((await stored(id))?.state).toBe("failed");
    await sendAll();
    expect(texts()).toHaveLength(2);
  });

  it("has as long for an edit of what stands for hours already, and for what is said again after it was given up", async () => {
    const id = await say("inc_1/root", "first");
    await send(id);
    test.moveOn(5 * HOUR_MS);
    await say("inc_1/root", "second");
    chat.refuseNext("update", new ChatRefusal("unavailable", "503"));
    expect(await send(id)).toMatchObject({ kind: "later" });
    test.moveOn(4 * HOUR_MS);
    chat.refuseNext("update", new ChatRefusal("unavailable", "503"));
    expect(await send(id)).toEqual({ kind: "done" });
    expect(await stored(id)).toMatchObject({ state: "failed" });
    await say("inc_1/root", "third");
    chat.refuseNext("update", new ChatRefusal("unavailable", "503"));
    expect(await send(id)).toMatchObject({ kind: "later" });
    test.moveOn(60_000);
    await send(id);
    expect(texts()).toContain("third");
  });

  it("comes soon after the app was given the right to", async () => {
    const id = await say("inc_1/root", "first");
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      chat.refuseNext("post", new ChatRefusal("no-rights", "missing_scope"));
      const outcome = await send(id);
      if (outcome.kind === "later") pauses.push(outcome.delayMs);
      test.moveOn(TIMES.lastRightsRetryMs);
    }
    expect(pauses).toEqual([750, 1_500, 1_500]);
    await send(id);
    expect(texts()).toEqual(["first"]);
  });

  it("is not given up with what it said before, where that alone is refused", async () => {
    const id = await say("inc_1/outcome", "first");
    const slow: Chat = {
      ...chat,
      async post(place, message, key) {
        if (!JSON.stringify(message).includes("first")) return chat.post(place, message, key);
        await say("inc_1/outcome", "second");
        throw new ChatRefusal("no-such-place", "a place that was not there yet");
      },
    };
    await send(id, slow);
    expect(texts()).toEqual(["second"]);
    expect(await test.auditKinds()).toEqual([]);
  });

  it("looks for the post of a sender that began, and died, while this one asked the pacer", async () => {
    const id = await say("inc_1/root", "first");
    const outbox = { ...test.desk.store.outbox, sent: () => Promise.reject(new Error("killed")) };
    const dying = { ...depsOf(), desk: { ...test.desk, store: { ...test.desk.store, outbox } } };
    let asked = 0;
    const waitMs = async (): Promise<number> => {
      asked += 1;
      if (asked > 1) return 0;
      await expect(deliver(dying, id, NOT_ABORTED)).rejects.toThrow("killed");
      test.moveOn(TIMES.claimMs);
      return 0;
    };
    await deliver({ ...depsOf(), pacer: { ...depsOf().pacer, waitMs } }, id, NOT_ABORTED);
    expect(texts()).toEqual(["first"]);
    const { claimedUntilMs } = (await stored(id)) ?? {};
    expect([asked, claimedUntilMs]).toEqual([1, undefined]);
  });

  describe("a mark", () => {
    let post: { readonly channel: string; readonly ts: string };
    beforeEach(async () => {
      post = await chat.post({ channel: CHANNEL }, message("an alert"), "of another");
    });
    const mark = (says: "open" | "over") => say("post/mark", "", { priority: 3, content: { kind: "mark", ts: post.ts, mark: says } });

    it("is set once, and another takes its place", async () => {
      await send(await mark("open"));
      await send(await mark("open"));
      expect(chat.marks(post)).toEqual(["open"]);
      const id = await mark("over");
      await send(id);
      expect(chat.marks(post)).toEqual(["over"]);
      expect(await stored(id)).toMatchObject({ state: "sent", sentRevision: 2 });
    });

    it("is one when several pile up, and takes nothing back that was never set", async () => {
      const asked: boolean[] = [];
      await mark("open");
      await send(await mark("over"), { ...chat, mark: async (_posted, _mark, { replaces }) => void asked.push(replaces) });
      expect(asked).toEqual([false]);
    });

    it("is set after all when the answer to an earlier one was lost", async () => {
      const id = await mark("open");
      chat.refuseNext("mark", new ChatRefusal("unavailable", "connection reset"), { arrives: true });
      expect(await send(id)).toMatchObject({ kind: "later" });
      await mark("over");
      test.moveOn(60_000);
      await send(id);
      expect(chat.marks(post)).toEqual(["over"]);
    });

    it("stops no posts and edits when Slack says that there are too many", async () => {
      const id = await mark("open");
      chat.refuseNext("mark", new ChatRefusal("rate-limited", "slow down", { retryAfterMs: 7_000 }));
      expect(await send(id)).toEqual({ kind: "later", delayMs: 7_000 });
      expect(await send(await say("inc_1/root", "first"))).toEqual({ kind: "done" });
    });

    it.each(["no-rights", "message-gone", "message-refused", "no-such-place"] as const)(
      "that Slack refuses for good (%s) is left, and nobody is told but the log",
      async (code) => {
        const id = await mark("open");
        chat.refuseNext("mark", new ChatRefusal(code, "no"));
        expect(await send(id)).toEqual({ kind: "done" });
        expect(await stored(id)).toMatchObject({ state: "failed", lastError: "no" });
        expect((await test.desk.store.outbox.counts()).due).toBe(0);
        expect(await test.auditKinds()).toEqual([]);
      },
    );
  });

  it("uploads a file once", async () => {
    const base64 = Buffer.from("a chart").toString("base64");
    const id = await say("inc_1/chart", "", { content: { kind: "file", name: "chart.png", title: "Memory", base64 } });
    await send(id);
    await send(id);
    expect(chat.files.map((file) => Buffer.from(file.content).toString())).toEqual(["a chart"]);
  });
});

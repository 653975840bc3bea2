import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Mark } from "../../src/domain/delivery.ts";
import type { Message, Modal } from "../../src/domain/message.ts";
import { ChatRefusal, type Chat, type Place, type Posted } from "../../src/ports/chat.ts";

/** A Chat with what a test must know of the world behind it. */
export type ChatUnderTest = {
  readonly chat: Chat;
  /** Channel and people that exist, and a group of exactly these members. */
  readonly channel: string;
  readonly userId: string;
  readonly group: { readonly id: string; readonly members: readonly string[] };
  readonly unknownChannel: string;
  /** Good for one dialog. */
  triggerId(): string;
  responseUrl(): string;
  /** Texts in a channel's root or in a thread, oldest first, as everybody sees them. */
  texts(place: Place): Promise<readonly string[]>;
  whispered(): readonly { readonly userId: string; readonly text: string }[];
  responded(): readonly string[];
  openedModals(): readonly string[];
  uploaded(): Promise<readonly { readonly name: string; readonly content: string }[]>;
  /** What is marked on a message that stands there. */
  marked(posted: Posted): Promise<readonly Mark[]>;
  /** The next post is done, and its answer lost. */
  loseNextAnswer(): void;
  close(): Promise<void>;
};

/** What every Chat must do, whatever is behind it. */
export function describeChat(name: string, open: () => Promise<ChatUnderTest>): void {
  describe(`Chat: ${name}`, () => {
    let world: ChatUnderTest;
    beforeAll(async () => {
      world = await open();
    });
    afterAll(() => world.close());

    test("posts, and edits in place", async () => {
      const posted = await world.chat.post({ channel: world.channel }, says("first"), "key-1");
      expect(posted.channel).toBe(world.channel);
      await world.chat.update(posted, says("second"));
      const texts = await world.texts({ channel: world.channel });
      expect(texts).toContain("second");
      expect(texts).not.toContain("first");
    });

    test("posts into a thread, not into the channel", async () => {
      const root = await world.chat.post({ channel: world.channel }, says("root"), "key-root");
      await world.chat.post({ channel: world.channel, threadTs: root.ts }, says("reply"), "key-reply");
      expect(await world.texts({ channel: world.channel, threadTs: root.ts })).toContain("reply");
      expect(await world.texts({ channel: world.channel })).not.toContain("reply");
    });

    test("finds a post by its key, in a channel and in a thread", async () => {
      const place = { channel: world.channel };
      const sinceMs = Date.now();
      const root = await world.chat.post(place, says("to be found"), "key-find");
      const thread = { ...place, threadTs: root.ts };
      const reply = await world.chat.post(thread, says("found too"), "key-find-reply");
      expect(await world.chat.find(place, "key-find", sinceMs)).toEqual(root);
      expect(await world.chat.find(thread, "key-find-reply", sinceMs)).toEqual(reply);
      expect(await world.chat.find(place, "key-of-nothing", sinceMs)).toBeUndefined();
      expect(await world.chat.find(thread, "key-find-2", sinceMs)).toBeUndefined();
    });

    test("a post whose answer was lost is refused as unavailable, and can be found", async () => {
      const place = { channel: world.channel };
      const sinceMs = Date.now();
      world.loseNextAnswer();
      expect(await refusalOf(world.chat.post(place, says("lost answer"), "key-lost"))).toBe("unavailable");
      expect(await world.chat.find(place, "key-lost", sinceMs)).toMatchObject({ channel: world.channel });
    });

    test("refuses a place that is not there", async () => {
      expect(await refusalOf(world.chat.post({ channel: world.unknownChannel }, says("x"), "key-x"))).toBe("no-such-place");
    });

    test("refuses to edit a message that is not there", async () => {
      expect(await refusalOf(world.chat.update({ channel: world.channel, ts: "1.000001" }, says("x")))).toBe("message-gone");
    });

    test("marks a message, once however often it is told to, and puts another mark in its place", async () => {
      const posted = await world.chat.post({ channel: world.channel }, says("marked"), "key-mark");
      for (const replaces of [false, true, true]) await world.chat.mark(posted, "open", { replaces });
      expect(await world.marked(posted)).toEqual(["open"]);
      for (const replaces of [true, true]) await world.chat.mark(posted, "over", { replaces });
      expect(await world.marked(posted)).toEqual(["over"]);
    });

    test("refuses to mark a message that is not there", async () => {
      const call = world.chat.mark({ channel: world.channel, ts: "1.000001" }, "open", { replaces: false });
      expect(await refusalOf(call)).toBe("message-gone");
    });

    test("whispers to one person, which nobody else sees", async () => {
      await world.chat.whisper({ channel: world.channel }, world.userId, says("for you only"));
      expect(world.whispered()).toContainEqual({ userId: world.userId, text: "for you only" });
      expect(await world.texts({ channel: world.channel })).not.toContain("for you only");
    });

    test("answers at a response_url", async () => {
      await world.chat.respond(world.responseUrl(), says("an answer"));
      expect(world.responded()).toContain("an answer");
    });

    test("opens a dialog", async () => {
      await world.chat.openModal(world.triggerId(), dialog("confirm"));
      expect(world.openedModals()).toContain("confirm");
    });

    test("uploads a file", async () => {
      await world.chat.upload({ channel: world.channel }, { name: "chart.txt", title: "Chart", content: new TextEncoder().encode("data") });
      expect(await world.uploaded()).toContainEqual({ name: "chart.txt", content: "data" });
    });

    test("finds a file that stands there, by its name and title and since when, until it is removed", async () => {
      const place = { channel: world.channel };
      const sinceMs = Date.now();
      const id = await world.chat.upload(place, { name: "found.txt", title: "Found", content: new TextEncoder().encode("data") });
      expect(await world.chat.findFile(place, { name: "found.txt", title: "Found" }, sinceMs)).toBe(id);
      expect(await world.chat.findFile(place, { name: "found.txt", title: "Another" }, sinceMs)).toBeUndefined();
      expect(await world.chat.findFile(place, { name: "another.txt", title: "Found" }, sinceMs)).toBeUndefined();
      await world.chat.removeFile(id);
      expect(await world.chat.findFile(place, { name: "found.txt", title: "Found" }, sinceMs)).toBeUndefined();
      expect(await refusalOf(world.chat.removeFile(id))).toBe("message-gone");
    });

    test("knows the members of a group, and says so when there is no such group", async () => {
      expect(await world.chat.groupMembers(world.group.id)).toEqual(world.group.members);
      expect(await refusalOf(world.chat.groupMembers("S0NOBODY"))).toBe("no-such-place");
    });

    test("gives a link to a message, and none to a message that is not there", async () => {
      const posted = await world.chat.post({ channel: world.channel }, says("linked"), "key-link");
      expect(await world.chat.permalink(posted)).toMatch(new RegExp(`^https?://.+/archives/${world.channel}/p\\d+$`));
      expect(await refusalOf(world.chat.permalink({ channel: world.channel, ts: "1.000001" }))).toBe("message-gone");
    });

    test("knows itself", async () => {
      expect(await world.chat.self()).toEqual({ userId: "U0OOMPH", botId: "B0OOMPH", teamId: "T000000001" });
    });
  });
}

/** Code of the refusal with which a call ends; fails the test when it does not end with one. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => new Error("expected a refusal, the call went through"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof ChatRefusal) return error.code;
  throw error;
}

export function says(text: string): Message {
  return { text, blocks: [{ type: "section", text: { type: "mrkdwn", text: text === "" ? "-" : text } }] };
}

export function dialog(callbackId: string): Modal {
  return {
    type: "modal",
    callback_id: callbackId,
    private_metadata: "req_1",
    title: { type: "plain_text", text: "Flush database 2" },
    submit: { type: "plain_text", text: "Flush" },
    blocks: [
      {
        type: "input",
        block_id: "name",
        label: { type: "plain_text", text: "Name" },
        element: { type: "plain_text_input", action_id: "name" },
      },
    ],
  };
}

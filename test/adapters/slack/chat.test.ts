import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startSlack, type LabFault, type LabSlack } from "../../../scripts/lab/slack/index.ts";
import { checkToken, createChat } from "../../../src/adapters/slack/slack.ts";
import { ChatRefusal, type Chat, type ChatRefusalCode } from "../../../src/ports/chat.ts";
import { dialog, refusalOf, says } from "../../contract/chat.ts";
import { collectLog, slackSettings } from "../../support/slack-app.ts";

// What every Chat does is in test/contract; here is what only Slack does.
describe("Slack's faults", () => {
  let lab: LabSlack;
  let chat: Chat;
  let channel: string;
  beforeAll(async () => {
    lab = await startSlack();
    channel = lab.id("incidents");
  });
  beforeEach(() => {
    chat = createChat(slackSettings(lab, "http", 10_000), collectLog([]));
  });
  afterAll(() => lab.stop());

  const CASES: readonly [LabFault["does"], ChatRefusalCode][] = [
    [{ kind: "status", status: 500 }, "unavailable"],
    [{ kind: "status", status: 503 }, "unavailable"],
    [{ kind: "answer-lost" }, "unavailable"],
    [{ kind: "rate-limited", retryAfterSeconds: Number.NaN }, "rate-limited"],
    [{ kind: "error", error: "internal_error" }, "unavailable"],
    [{ kind: "error", error: "channel_not_found" }, "no-such-place"],
    [{ kind: "error", error: "not_in_channel" }, "no-such-place"],
    [{ kind: "error", error: "is_archived" }, "no-such-place"],
    [{ kind: "error", error: "invalid_blocks" }, "message-refused"],
    [{ kind: "error", error: "msg_too_long" }, "message-refused"],
    [{ kind: "error", error: "token_revoked" }, "no-rights"],
    [{ kind: "error", error: "missing_scope" }, "no-rights"],
    [{ kind: "error", error: "something_new" }, "message-refused"],
  ];
  test.each(CASES)("%o is told as %s, after one attempt", async (does, code) => {
    const before = lab.calls("chat.postMessage").length;
    lab.fault({ method: "chat.postMessage", channel: "incidents", does });
    expect(await refusalOf(chat.post({ channel }, says("x"), "key"))).toBe(code);
    expect(lab.calls("chat.postMessage").length).toBe(before + 1);
  });

  test("a Slack that never answers is given up after the time-out", async () => {
    const hasty = createChat(slackSettings(lab, "http", 300), collectLog([]));
    const url = `${lab.apiUrl.replace("/api/", "/response/")}${lab.tickets.response({ user: lab.id("responder"), channel })}`;
    lab.fault({ method: "chat.postMessage", does: { kind: "hang" } });
    lab.fault({ method: "response_url", does: { kind: "hang" } });
    expect(await refusalOf(hasty.post({ channel }, says("x"), "key"))).toBe("unavailable");
    expect(await refusalOf(hasty.respond(url, says("x")))).toBe("unavailable");
  });

  test("a rate limit is told at once, with Slack's own waiting time", async () => {
    lab.fault({ method: "chat.update", does: { kind: "rate-limited", retryAfterSeconds: 7 } });
    const posted = await chat.post({ channel }, says("x"), "key");
    const error = await chat.update(posted, says("y")).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ChatRefusal);
    expect(error).toMatchObject({ code: "rate-limited", retryAfterMs: 7000 });
  });

  test("a Slack that nobody listens at is unavailable", async () => {
    const log = collectLog([]);
    const away = createChat({ ...slackSettings(lab, "http"), apiUrl: "http://127.0.0.1:9/api/" }, log);
    expect(await refusalOf(away.post({ channel }, says("x"), "key"))).toBe("unavailable");
    expect(await refusalOf(away.find({ channel }, "key", Date.now()))).toBe("unavailable");
    await checkToken(away, log); // Oomph must run while Slack is away
  });

  test("a wrong token stops the start", async () => {
    const log = collectLog([]);
    const chatOfNobody = createChat({ ...slackSettings(lab, "http"), botToken: "xoxb-wrong" }, log);
    expect(await refusalOf(checkToken(chatOfNobody, log))).toBe("no-rights");
  });

  test("response_url: rate limits, failures and used-up addresses are told apart", async () => {
    const asker = { user: lab.id("responder"), channel };
    const url = `${lab.apiUrl.replace("/api/", "/response/")}${lab.tickets.response(asker)}`;
    lab.fault({ method: "response_url", does: { kind: "rate-limited", retryAfterSeconds: 2 } });
    expect(await refusalOf(chat.respond(url, says("x")))).toBe("rate-limited");
    lab.fault({ method: "response_url", does: { kind: "status", status: 500 } });
    expect(await refusalOf(chat.respond(url, says("x")))).toBe("unavailable");
    for (let use = 0; use < 5; use += 1) await chat.respond(url, says(`answer ${use}`));
    expect(await refusalOf(chat.respond(url, says("one too many")))).toBe("too-late");
    expect(await refusalOf(chat.respond("http://169.254.169.254/latest/meta-data", says("x")))).toBe("no-such-place");
  });

  test("a dialog needs a trigger that is fresh and unused", async () => {
    const trigger = lab.tickets.trigger({ user: lab.id("responder"), channel });
    await chat.openModal(trigger, dialog("a"));
    expect(await refusalOf(chat.openModal(trigger, dialog("b")))).toBe("too-late");
    expect(await refusalOf(chat.openModal("made-up", dialog("c")))).toBe("too-late");
  });

  test("a failed upload is unavailable", async () => {
    const file = { name: "a.txt", title: "A", content: new TextEncoder().encode("a") };
    lab.fault({ method: "files.getUploadURLExternal", does: { kind: "status", status: 500 } });
    expect(await refusalOf(chat.upload({ channel }, file))).toBe("unavailable");
    lab.fault({ method: "files.completeUploadExternal", does: { kind: "error", error: "channel_not_found" } });
    expect(await refusalOf(chat.upload({ channel }, file))).toBe("no-such-place");
  });

  test("a message far beyond Slack's limits arrives, made to fit, and a file with all of it", async () => {
    const line = `${"x".repeat(120)} &amp; &lt;!channel&gt;\n`;
    const blocks = Array.from({ length: 80 }, () => ({ type: "section", text: { type: "mrkdwn", text: line.repeat(40) } }) as const);
    const button = { type: "button", action_id: "a", value: "v", text: { type: "plain_text", text: "b".repeat(200) } } as const;
    const { messages, whole = "" } = chat.fit({ text: "long", blocks: [...blocks, { type: "actions", elements: [button] }] }, "below");
    await chat.post({ channel }, messages[0], "long");
    const posted = (await lab.messages("incidents")).at(-1);
    expect(posted?.blocks?.at(-1)?.type).toBe("actions");
    expect(JSON.stringify(posted?.blocks)).toContain("the file below has all of this message");
    const file = { name: "long.txt", title: "long", content: new TextEncoder().encode(whole) };
    const sinceMs = Date.now();
    const id = await chat.upload({ channel, threadTs: posted?.ts ?? "" }, file);
    expect(await chat.findFile({ channel, threadTs: posted?.ts ?? "" }, file, sinceMs)).toBe(id);
    expect(await chat.findFile({ channel, threadTs: posted?.ts ?? "" }, { ...file, title: "another" }, sinceMs)).toBeUndefined();
    expect(await chat.findFile({ channel }, file, sinceMs)).toBeUndefined();
    const [shared] = (await lab.thread("incidents", posted?.ts ?? "")).flatMap(({ files = [] }) => files);
    expect((await lab.fileContent(shared?.id ?? "")).byteLength).toBe(file.content.byteLength);
  });

  test("an edit to plain words takes the blocks away that stood there", async () => {
    const posted = await chat.post({ channel }, says("with blocks"), "to-be-plain");
    await chat.update(posted, { text: "plain words", blocks: [] });
    expect((await lab.messages("incidents")).find(({ ts }) => ts === posted.ts)).toMatchObject({ text: "plain words", blocks: [] });
  });

  test("a file for one person goes to their direct messages", async () => {
    await chat.upload({ channel: lab.id("approver") }, { name: "a.txt", title: "A", content: new TextEncoder().encode("a") });
    expect((await lab.messages("approver")).flatMap(({ files = [] }) => files.map(({ name }) => name))).toEqual(["a.txt"]);
  });

  test("a direct message reaches the person", async () => {
    await chat.post({ channel: lab.id("responder") }, says("your request has ended"), "dm");
    expect((await lab.messages("responder")).map(({ text }) => text)).toEqual(["your request has ended"]);
    expect((await lab.messages("approver")).filter(({ text }) => text === "your request has ended")).toEqual([]);
  });

  test("a direct message is edited in place; one of another process is gone, so that it is posted anew", async () => {
    const person = lab.id("second_approver");
    const { ts } = await chat.post({ channel: person }, says("first"), "dm-1");
    await chat.update({ channel: person, ts }, says("second"));
    expect((await lab.messages("second_approver")).map(({ text }) => text)).toEqual(["second"]);
    const another = createChat(slackSettings(lab, "http"), collectLog([]));
    expect(await refusalOf(another.update({ channel: person, ts }, says("third")))).toBe("message-gone");
  });

  test("links in messages are not unfolded, and the key goes along", async () => {
    await chat.post({ channel }, says("see <https://example.com>"), "key-metadata");
    expect(lab.calls("chat.postMessage").at(-1)?.params).toMatchObject({
      unfurl_links: "false",
      unfurl_media: "false",
      metadata: { event_type: "oomph", event_payload: { key: "key-metadata" } },
    });
  });

  test("the pace of the real Slack: a burst goes through, then it asks to wait", async () => {
    const paced = await startSlack({ paced: true });
    const pacedChat = createChat(slackSettings(paced, "http"), collectLog([]));
    const codes: string[] = [];
    for (let post = 0; post < 30 && !codes.includes("rate-limited"); post += 1) {
      codes.push(
        await pacedChat.post({ channel: paced.id("incidents") }, says("x"), `k${post}`).then(
          () => "sent",
          (error: unknown) => (error instanceof ChatRefusal ? error.code : "?"),
        ),
      );
    }
    expect(codes.slice(0, 4)).toEqual(["sent", "sent", "sent", "sent"]);
    expect(codes).toContain("rate-limited");
    await pacedChat.post({ channel: paced.id("alerts") }, says("another channel"), "other");
    await paced.stop();
  });

  test("find reads on over several pages, and not before the attempt", async () => {
    const sinceMs = Date.now();
    const first = await chat.post({ channel: lab.id("alerts") }, says("wanted"), "key-deep");
    for (let post = 0; post < 230; post += 1) await chat.post({ channel: lab.id("alerts") }, says("later"), `key-later-${post}`);
    expect(await chat.find({ channel: lab.id("alerts") }, "key-deep", sinceMs)).toEqual(first);
    expect(await chat.find({ channel: lab.id("alerts") }, "key-deep", sinceMs + 120_000)).toBeUndefined();
    expect(await chat.find({ channel: lab.id("responder") }, "key-deep", sinceMs)).toBeUndefined();
  });
});

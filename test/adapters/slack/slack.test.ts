import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { startSlack, type LabSlack } from "../../../scripts/lab/slack/index.ts";
import { NOT_STARTED } from "../../../src/adapters/slack/reply.ts";
import type { Answer, Inbound } from "../../../src/ports/inbound.ts";
import { dialog, says } from "../../contract/chat.ts";
import { type SlackApp, startSlackApp, type Transport } from "../../support/slack-app.ts";
import { PATIENCE } from "../../support/patience.ts";

// The machine may be busy: a condition gets time, and costs none when it holds.

let lab: LabSlack;
beforeAll(async () => {
  lab = await startSlack();
});
afterAll(() => lab.stop());

// The same suite over both transports: what comes in, and what goes back, must not depend on the way.
describe.each<Transport>(["http", "socket"])("Slack over %s", (transport) => {
  let app: SlackApp;
  const only = (): Inbound => {
    expect(app.inbounds).toHaveLength(1);
    const [inbound] = app.inbounds;
    if (inbound === undefined) throw new Error("expected one inbound");
    return inbound;
  };
  beforeEach(async () => {
    app = await startSlackApp(lab, transport);
  });
  afterEach(() => app.stop());

  test("says that it is connected", () => {
    expect(app.slack.connection()).toMatchObject({ state: "connected" });
  });

  test("a command, its words as typed", async () => {
    const sent = await app.client.command("responder", "incidents", "/oom investigate `redis/sessions` --since 30m");
    expect(sent).toMatchObject({ status: 200, body: "" });
    expect(only()).toMatchObject({
      kind: "command",
      userId: lab.id("responder"),
      channel: lab.id("incidents"),
      text: "investigate `redis/sessions` --since 30m",
      responseUrl: expect.stringContaining("/response/"),
    });
  });

  test("words for the sender of a command go back in the acknowledgement", async () => {
    app.answerWith(async () => ({ kind: "say", text: "Which one?" }));
    const sent = await app.client.command("responder", "incidents", "/oom investigate x");
    expect(sent.body).toEqual({ response_type: "ephemeral", text: "Which one?" });
  });

  test("a mention, without the mention", async () => {
    const sent = await app.client.mention("responder", "incidents", "investigate redis/sessions");
    expect(sent.status).toBe(200);
    expect(only()).toMatchObject({ kind: "mention", userId: lab.id("responder"), ts: sent.message.ts, text: "investigate redis/sessions" });
  });

  test("words for the sender of a mention are whispered where it stands", async () => {
    app.answerWith(async () => ({ kind: "say", text: "whispered to the mention" }));
    await app.client.mention("responder", "incidents", "hello");
    await vi.waitFor(
      () =>
        expect(lab.ephemerals()).toContainEqual(expect.objectContaining({ user: lab.id("responder"), text: "whispered to the mention" })),
      PATIENCE,
    );
  });

  test("a click on a button and a choice in a menu", async () => {
    const message = await postWithButtons(app);
    await app.client.click("approver", message, "Approve");
    expect(only()).toMatchObject({
      kind: "click",
      userId: lab.id("approver"),
      channel: lab.id("incidents"),
      messageTs: message.ts,
      actionId: "approve",
      value: "req_1",
      triggerId: expect.stringMatching(/./),
      responseUrl: expect.stringContaining("/response/"),
    });
    await app.client.click("approver", message, "Show the audit");
    expect(app.inbounds[1]).toMatchObject({ kind: "click", actionId: "more", value: "audit_1" });
  });

  test("a forged button value comes in as it was sent: it is only an id to look up", async () => {
    const message = await postWithButtons(app);
    await app.client.sending({ forgedValue: "req_other'; drop" }).click("bystander", message, "Approve");
    expect(only()).toMatchObject({ kind: "click", value: "req_other'; drop" });
  });

  test("words for who clicked go to the click's response_url", async () => {
    app.answerWith(async () => ({ kind: "say", text: "you are not an approver" }));
    await app.client.click("bystander", await postWithButtons(app), "Approve");
    await vi.waitFor(
      () =>
        expect(lab.responses()).toContainEqual(
          expect.objectContaining({ user: lab.id("bystander"), text: "you are not an approver", ephemeral: true, replacesOriginal: false }),
        ),
      PATIENCE,
    );
  });

  test("a dialog is opened by a click's trigger, and its fields come in by block_id", async () => {
    const opened = new Promise<void>((resolve, reject) => {
      app.answerWith(async (inbound): Promise<Answer> => {
        if (inbound.kind === "click") app.chat.openModal(inbound.triggerId ?? "", dialog("confirm_flush")).then(resolve, reject);
        return { kind: "ok" };
      });
    });
    await app.client.click("approver", await postWithButtons(app), "Approve");
    await opened;
    const modal = lab.modals().at(-1);
    if (modal === undefined) throw new Error("expected an open dialog");
    await app.client.submit(modal, { name: "sessions 2" });
    expect(app.inbounds.at(-1)).toMatchObject({
      kind: "submission",
      userId: lab.id("approver"),
      callbackId: "confirm_flush",
      privateMetadata: "req_1",
      values: { name: "sessions 2" },
    });
    app.answerWith(async () => ({ kind: "field-errors", errors: { name: "type sessions 2" } }));
    const refused = await app.client.submit(modal, { name: "sessions" });
    expect(refused.body).toEqual({ response_action: "errors", errors: { name: "type sessions 2" } });
    const corrected = await app.client.submit(modal, { name: "sessions 2" });
    expect(corrected.status).toBe(200);
    const ids = app.inbounds.flatMap((inbound) => (inbound.kind === "submission" ? [inbound.id] : []));
    expect(new Set(ids).size).toBe(3);
  });

  test("the message shortcut, with the post that it was used on", async () => {
    const { message } = await app.client.postAsBot("alerts", { text: "OOM command not allowed" });
    await app.client.shortcut("responder", message);
    expect(app.inbounds.at(-1)).toMatchObject({
      kind: "shortcut",
      userId: lab.id("responder"),
      post: { channel: lab.id("alerts"), ts: message.ts, text: "OOM command not allowed", botId: "B0ALERTS" },
    });
  });

  test("a post of another bot, attachments and all; its edit is the same post with new words", async () => {
    const { message } = await app.client.postAsBot("alerts", {
      text: "",
      attachments: [
        {
          title: "[FIRING:1] RedisFull",
          text: "*instance:* `10.0.0.5:6379` &lt;!channel&gt;",
          fields: [{ title: "severity", value: "critical" }],
        },
      ],
    });
    expect(only()).toMatchObject({
      kind: "post",
      post: { ts: message.ts, botId: "B0ALERTS", text: "[FIRING:1] RedisFull\n*instance:* `10.0.0.5:6379` <!channel>\nseverity: critical" },
    });
    await app.client.editAsBot(message, { text: "[RESOLVED] RedisFull", attachments: [] });
    expect(app.inbounds[1]).toMatchObject({ kind: "post", post: { ts: message.ts, text: "[RESOLVED] RedisFull" } });
    expect(app.inbounds[1]?.id).not.toBe(app.inbounds[0]?.id);
  });

  test("Oomph's own posts do not come in, so that it cannot talk to itself", async () => {
    const delivered = vi.fn<() => void>();
    const stop = lab.onOwnMessage(delivered);
    await app.chat.post({ channel: lab.id("alerts") }, says("OOM command not allowed when used memory > 'maxmemory'"), "own");
    expect(delivered).toHaveBeenCalledOnce();
    stop();
    await app.client.postAsUser("responder", "alerts", "a later post");
    expect(only()).toMatchObject({ kind: "post", post: { text: "a later post" } });
  });

  test("what Slack sends again has the same id", async () => {
    const command = await app.client.command("responder", "incidents", "/oom help");
    await app.client.again(command);
    const mention = await app.client.mention("responder", "incidents", "help");
    await app.client.again(mention);
    const click = await app.client.click("approver", await postWithButtons(app), "Approve");
    await app.client.again(click);
    const ids = app.inbounds.map(({ kind, id }) => `${kind} ${id}`);
    expect(ids).toHaveLength(6);
    expect(new Set(ids).size).toBe(3);
  });

  test("when receive throws, the sender is told that nothing has been started", async () => {
    app.answerWith(() => Promise.reject(new Error("queue is away")));
    const sent = await app.client.command("responder", "incidents", "/oom investigate x");
    expect(sent).toMatchObject({ status: 200, body: { response_type: "ephemeral", text: NOT_STARTED } });
    expect(app.logged).toContainEqual(
      expect.objectContaining({ level: "error", fields: expect.objectContaining({ because: "queue is away" }) }),
    );
    await app.client.click("approver", await postWithButtons(app), "Approve");
    await vi.waitFor(
      () => expect(lab.responses()).toContainEqual(expect.objectContaining({ user: lab.id("approver"), text: NOT_STARTED })),
      PATIENCE,
    );
  });

  test("when receive throws at an alert, the alert is not acknowledged: Slack sends it again", async () => {
    app.answerWith(() => Promise.reject(new Error("queue is away")));
    const first = await app.client.postAsBot("alerts", { text: "OOM" });
    expect(first.status).toBe(transport === "http" ? 503 : 0);
    app.answerWith(async () => ({ kind: "ok" }));
    expect(await app.client.again(first)).toMatchObject({ status: 200 });
    expect(app.inbounds[1]?.id).toBe(app.inbounds[0]?.id);
  });

  test("when receive hangs, the acknowledgement still goes out before Slack gives up", async () => {
    app.answerWith(() => new Promise<Answer>(() => undefined));
    const sent = await app.client.command("responder", "incidents", "/oom investigate x");
    expect(sent).toMatchObject({ status: 200, body: { response_type: "ephemeral", text: expect.stringContaining("/oom incidents") } });
  });

  test("a payload that does not fit is acknowledged and logged by field names only", async () => {
    const sent = await app.client.deliver({
      kind: "interactive",
      payload: { type: "block_actions", user: { id: "U1" }, actions: "secret words" },
    });
    expect(sent).toMatchObject({ status: 200, body: "" });
    expect(app.inbounds).toEqual([]);
    const warning = app.logged.find(({ level }) => level === "warn");
    expect(warning?.fields).toEqual({ because: expect.stringContaining("actions") });
    expect(JSON.stringify(app.logged)).not.toContain("secret words");
  });

  test("an alert of 100 kB comes in, cut with a note", async () => {
    const sent = await app.client.postAsBot("alerts", {
      text: "OOM",
      attachments: [{ text: "line of a log\u0000\u001b[31m &lt;@U1&gt;\n".repeat(10).concat("y".repeat(100_000)) }],
    });
    expect(sent.status).toBe(200);
    const inbound = only();
    expect(inbound.kind === "post" && inbound.post.text).toMatch(/^OOM\nline of a log\[31m <@U1>\ny+\n… cut, \d+ more characters$/);
  });

  test("stop lets what was taken be acknowledged, and takes nothing more", async () => {
    let finish: (answer: Answer) => void = () => undefined;
    app.answerWith(
      () =>
        new Promise<Answer>((resolve) => {
          finish = resolve;
        }),
    );
    const underway = app.client.command("responder", "incidents", "/oom help");
    await vi.waitFor(() => expect(app.inbounds).toHaveLength(1), PATIENCE);
    const stopped = app.slack.stop();
    finish({ kind: "say", text: "done in time" });
    expect(await underway).toMatchObject({ status: 200, body: { text: "done in time" } });
    await stopped;
    expect(app.slack.connection().state).toBe("disconnected");
    const late = await app.client.command("responder", "incidents", "/oom help").catch(() => ({ status: 0 }));
    expect(late.status).toBe(transport === "http" ? 503 : 0);
    expect(app.inbounds).toHaveLength(1);
  });
});

async function postWithButtons(app: SlackApp) {
  await app.chat.post(
    { channel: lab.id("incidents") },
    {
      text: "A plan",
      blocks: [
        { type: "section", text: { type: "mrkdwn", text: "Flush database 2?" } },
        {
          type: "actions",
          elements: [
            { type: "button", action_id: "approve", text: { type: "plain_text", text: "Approve" }, value: "req_1", style: "primary" },
            { type: "overflow", action_id: "more", options: [{ text: { type: "plain_text", text: "Show the audit" }, value: "audit_1" }] },
          ],
        },
      ],
    },
    "card",
  );
  const message = (await lab.messages("incidents")).at(-1);
  if (message === undefined) throw new Error("expected a message in the channel");
  return message;
}

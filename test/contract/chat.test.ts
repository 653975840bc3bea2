import { randomUUID } from "node:crypto";
import { startSlack } from "../../scripts/lab/slack/index.ts";
import { createChat } from "../../src/adapters/slack/slack.ts";
import { ChatRefusal } from "../../src/ports/chat.ts";
import { createFakeChat } from "../support/fake-chat.ts";
import { collectLog, slackSettings } from "../support/slack-app.ts";
import { describeChat } from "./chat.ts";

describeChat("in memory", async () => {
  const chat = createFakeChat({ channels: ["C1"], groups: { S1: ["U1", "U2"] } });
  return {
    chat,
    channel: "C1",
    userId: "U1",
    group: { id: "S1", members: ["U1", "U2"] },
    unknownChannel: "C404",
    triggerId: randomUUID,
    responseUrl: () => "https://hooks.slack.com/actions/1",
    texts: async (place) =>
      chat
        .posts()
        .filter((post) => post.place.threadTs === place.threadTs)
        .map(({ message }) => message.text),
    whispered: () => chat.whispers.map(({ userId, message }) => ({ userId, text: message.text })),
    responded: () => chat.responses.map(({ message }) => message.text),
    openedModals: () => chat.modals.map(({ modal }) => modal.callback_id),
    uploaded: async () => chat.files.map(({ name, content }) => ({ name, content: new TextDecoder().decode(content) })),
    marked: async (posted) => chat.marks(posted),
    loseNextAnswer: () => chat.refuseNext("post", new ChatRefusal("unavailable", "no answer"), { arrives: true }),
    close: async () => undefined,
  };
});

describeChat("Slack's Web API on a local Slack", async () => {
  const lab = await startSlack({ groups: { oncall: ["responder", "approver"] } });
  const chat = createChat(slackSettings(lab, "http"), collectLog([]));
  const asker = { user: lab.id("responder"), channel: lab.id("incidents") };
  return {
    chat,
    channel: lab.id("incidents"),
    userId: asker.user,
    group: { id: lab.id("oncall"), members: [lab.id("responder"), lab.id("approver")] },
    unknownChannel: "C404",
    triggerId: () => lab.tickets.trigger(asker),
    responseUrl: () => `${lab.apiUrl.replace("/api/", "/response/")}${lab.tickets.response(asker)}`,
    texts: async ({ channel, threadTs }) =>
      (threadTs === undefined ? await lab.messages(channel) : await lab.thread(channel, threadTs)).map(({ text }) => text),
    whispered: () => lab.ephemerals().map(({ user, text }) => ({ userId: user, text })),
    responded: () => lab.responses().map(({ text }) => text),
    openedModals: () => lab.modals().map(({ view }) => view.callback_id),
    uploaded: async () => {
      const files = (await lab.messages("incidents")).flatMap((message) => message.files ?? []);
      return Promise.all(files.map(async ({ id, name }) => ({ name, content: new TextDecoder().decode(await lab.fileContent(id)) })));
    },
    marked: async ({ ts }) => {
      const names = (await lab.messages("incidents")).find((message) => message.ts === ts)?.reactions?.map(({ name }) => name) ?? [];
      return (["open", "over"] as const).filter((mark) => names.includes({ open: "eyes", over: "white_check_mark" }[mark]));
    },
    loseNextAnswer: () => void lab.fault({ method: "chat.postMessage", does: { kind: "answer-lost" } }),
    close: () => lab.stop(),
  };
});

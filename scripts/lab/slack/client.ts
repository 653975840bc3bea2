import type { ActionsBlock, Block, Button, Overflow, StaticSelect } from "../../../src/domain/message.ts";
import { createDeliver, type Deliver } from "./delivery.ts";
import { createPayloads } from "./payloads.ts";
import { toMessage } from "./own-methods.ts";
import type { LabSlack } from "./start-slack.ts";
import type { Delivered, LabMessage, LabModal, SendOptions } from "./types.ts";

/** What people and other bots do in the local Slack, as the app gets to know of it. People and channels by name or id. */
export type SlackClient = {
  /** `text` with the command in front: `/oom investigate redis/sessions`. */
  command(user: string, channel: string, text: string, options?: SendOptions): Promise<Delivered>;
  /** Presses the button, or chooses the option, with this label or action_id. `value`: forges another value. */
  click(user: string, message: LabMessage, control: string, options?: SendOptions & { readonly value?: string }): Promise<Delivered>;
  /** Submits a dialog with values by block_id. */
  submit(modal: LabModal, values: Readonly<Record<string, string>>, options?: SendOptions): Promise<Delivered>;
  shortcut(user: string, message: LabMessage, options?: SendOptions & { readonly callbackId?: string }): Promise<Delivered>;
  /** `text` is what follows the mention. */
  mention(user: string, channel: string, text: string, options?: SendOptions & { readonly threadTs?: string }): Promise<PostDelivered>;
  postAsUser(user: string, channel: string, text: string, options?: SendOptions & { readonly threadTs?: string }): Promise<PostDelivered>;
  /** As Alertmanager and its like do. */
  postAsBot(channel: string, content: BotContent, options?: SendOptions): Promise<PostDelivered>;
  editAsBot(message: LabMessage, content: BotContent, options?: SendOptions): Promise<PostDelivered>;
  /** Sends the same thing once more. */
  again(delivered: Delivered, options?: SendOptions): Promise<Delivered>;
  deliver: Deliver;
  /** Stops telling the app of its own posts. */
  close(): void;
};

export type PostDelivered = Delivered & { readonly message: LabMessage };
export type BotContent = { readonly text?: string; readonly attachments?: readonly unknown[]; readonly blocks?: readonly unknown[]; readonly threadTs?: string };

export type SlackClientOptions = {
  readonly slack: LabSlack;
  /** Where the app takes events over HTTP; absent: Socket Mode. */
  readonly url?: string;
};

/** Slack also tells an app of its own posts: this does so from now on, until it is closed. */
export function createSlackClient({ slack, url }: SlackClientOptions): SlackClient {
  const payloads = createPayloads(slack);
  const deliver = createDeliver(slack, url);
  const who = (user: string, channel: string) => ({ user: slack.id(user), channel: slack.id(channel) });
  const post = async (poster: string, channel: string, content: BotContent): Promise<LabMessage> => {
    const { threadTs, ...rest } = content;
    const reply = await slack.callAs(poster, "chat.postMessage", { ...rest, channel: slack.id(channel), ...(threadTs && { thread_ts: threadTs }) });
    return toMessage({ ...(reply["message"] ?? {}) }, String(reply["channel"]));
  };
  const stopEcho = slack.onOwnMessage((message) => {
    deliver(payloads.message(message)).catch(() => undefined); // the app may be gone, which is no concern of Slack's
  });

  return {
    deliver,
    close: stopEcho,
    again: (delivered, options = { retryNum: 1 }) => deliver(delivered.sent, options),
    command(user, channel, text, options) {
      const [, name = "", rest = ""] = /^(\/\S*)\s*([\s\S]*)$/.exec(text) ?? [];
      return deliver(payloads.command(who(user, channel), name, rest), options);
    },
    click: (user, message, control, options = {}) =>
      deliver(payloads.click(who(user, message.channel), message, pressed(findControl(message.blocks ?? [], control), options.value)), options),
    submit: (modal, values, options) => deliver(payloads.submission(modal, values), options),
    shortcut: (user, message, options = {}) =>
      deliver(payloads.shortcut(who(user, message.channel), message, options.callbackId ?? "investigate_message"), options),
    async mention(user, channel, text, options = {}) {
      const message = await post(slack.id(user), channel, { text: `<@${slack.self.userId}> ${text}`, ...(options.threadTs && { threadTs: options.threadTs }) });
      await deliver(payloads.message(message));
      return { ...(await deliver(payloads.mention(message), options)), message };
    },
    async postAsUser(user, channel, text, options = {}) {
      const message = await post(slack.id(user), channel, { text, ...(options.threadTs && { threadTs: options.threadTs }) });
      return { ...(await deliver(payloads.message(message), options)), message };
    },
    async postAsBot(channel, content, options) {
      const message = await post("alerts", channel, content);
      return { ...(await deliver(payloads.message(message, "bot_message"), options)), message };
    },
    async editAsBot(previous, content, options = {}) {
      const reply = await slack.callAs("alerts", "chat.update", { ...content, channel: previous.channel, ts: previous.ts });
      const message = toMessage({ ...previous, ...content, text: reply["text"], edited: { user: previous.user, ts: previous.ts } }, previous.channel);
      return { ...(await deliver(payloads.changed(message, previous), options)), message };
    },
  };
}

/** Every button, menu option and select option that a reader could press, in reading order. */
export function controlsOf(blocks: readonly Block[]): readonly { readonly label: string; readonly actionId: string; readonly value: string; readonly style?: string }[] {
  return blocks.flatMap(elementsOf).flatMap(choicesOf).map(({ label, element, value }) => ({
    label,
    actionId: element.action_id,
    value,
    ...(element.type === "button" && element.style !== undefined && { style: element.style }),
  }));
}

type Element = ActionsBlock["elements"][number];
type Choice = { readonly label: string; readonly element: Button | Overflow | StaticSelect; readonly value: string };

function findControl(blocks: readonly Block[], wanted: string): Choice {
  const choices = blocks.flatMap(elementsOf).flatMap(choicesOf);
  const found = choices.find(({ label }) => label === wanted) ?? choices.find(({ element }) => element.action_id === wanted);
  if (found === undefined) throw new Error(`expected a button or option "${wanted}", the message has: ${choices.map(({ label }) => label).join(", ") || "none"}`);
  return found;
}

function elementsOf(block: Block): readonly Element[] {
  if (block.type === "actions") return block.elements;
  return block.type === "section" && block.accessory !== undefined ? [block.accessory] : [];
}

function choicesOf(element: Element): readonly Choice[] {
  if (element.type === "button") return [{ label: element.text.text, element, value: element.value }];
  return element.options.map((option) => ({ label: option.text.text, element, value: option.value }));
}

function pressed({ label, element, value }: Choice, forgedValue: string | undefined) {
  const sent = forgedValue ?? value;
  const common = { type: element.type, action_id: element.action_id };
  return element.type === "button" ? { ...common, value: sent, text: element.text } : { ...common, selected_option: { text: { type: "plain_text", text: label }, value: sent } };
}

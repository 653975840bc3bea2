import type { ActionsBlock, Block, Button, Overflow, StaticSelect } from "../../../src/domain/message.ts";
import { createDeliver, type Deliver } from "./delivery.ts";
import { asParams, textOf } from "./http.ts";
import { createPayloads, type Payloads } from "./payloads.ts";
import { toMessage } from "./own-methods.ts";
import type { LabSlack } from "./start-slack.ts";
import type { Delivered, LabMessage, LabModal, Sendable, SendOptions } from "./types.ts";

/** What people and other bots do in the local Slack, as the app gets to know of it. People and channels by name or id. */
export type SlackClient = {
  /** The same client, with everything that it sends sent like this. */
  sending(how: SendOptions): SlackClient;
  /** `text` with the command in front: `/oom investigate redis/sessions`. */
  command(user: string, channel: string, text: string): Promise<Delivered>;
  /** Presses the button, or chooses the option, with this label or action_id. */
  click(user: string, message: LabMessage, control: string): Promise<Delivered>;
  /** Submits a dialog with values by block_id. */
  submit(modal: LabModal, values: Readonly<Record<string, string>>): Promise<Delivered>;
  /** "Investigate with Oomph" on a message. */
  shortcut(user: string, message: LabMessage): Promise<Delivered>;
  /** `text` is what follows the mention. */
  mention(user: string, place: PlaceName, text: string): Promise<PostDelivered>;
  postAsUser(user: string, place: PlaceName, text: string): Promise<PostDelivered>;
  /** As Alertmanager and its like do. */
  postAsBot(place: PlaceName, content: BotContent): Promise<PostDelivered>;
  editAsBot(message: LabMessage, content: BotContent): Promise<PostDelivered>;
  /** Sends the same thing once more, as the first repetition. */
  again(delivered: Delivered): Promise<Delivered>;
  /** Sends any payload. */
  deliver(sent: Sendable): Promise<Delivered>;
  /** Stops telling the app of its own posts, and of others'. */
  close(): void;
};

/** A channel, or a thread in it. */
export type PlaceName = string | { readonly channel: string; readonly threadTs: string };
export type PostDelivered = Delivered & { readonly message: LabMessage };
export type BotContent = { readonly text?: string; readonly attachments?: readonly unknown[]; readonly blocks?: readonly unknown[] };

export type SlackClientOptions = {
  readonly slack: LabSlack;
  /** Where the app takes events over HTTP; absent: Socket Mode. */
  readonly url?: string;
};

/** Slack also tells an app of its own posts, and of what others post: this does so from now on, until it is closed. */
export function createSlackClient({ slack, url }: SlackClientOptions): SlackClient {
  const payloads = createPayloads(slack);
  const deliver = createDeliver(slack, url);
  const stopEcho = slack.onOwnMessage((message) => {
    deliver(payloads.message(message), {}).catch(() => undefined); // the app may be gone, which is no concern of Slack's
  });
  const stopOthers = slack.onOthersMessage((message) => {
    deliver(payloads.message(message, "bot_message"), {}).catch(() => undefined);
  });
  const close = (): void => [stopEcho, stopOthers].forEach((stop) => stop());
  return clientSending({ slack, payloads, deliver, close }, {});
}

type ClientParts = { readonly slack: LabSlack; readonly payloads: Payloads; readonly deliver: Deliver; readonly close: () => void };

function clientSending(parts: ClientParts, how: SendOptions): SlackClient {
  const { slack, payloads, close } = parts;
  const who = (user: string, channel: string) => ({ user: slack.id(user), channel: slack.id(channel) });
  const deliver = (sent: Sendable): Promise<Delivered> => parts.deliver(sent, how);

  return {
    sending: (more) => clientSending(parts, { ...how, ...more }),
    deliver,
    close,
    again: (delivered) => parts.deliver(delivered.sent, { retryNum: 1, ...how }),
    command(user, channel, text) {
      const [, name = "", rest = ""] = /^(\/\S*)\s*([\s\S]*)$/.exec(text) ?? [];
      return deliver(payloads.command(who(user, channel), name, rest));
    },
    click: (user, message, control) =>
      deliver(payloads.click(who(user, message.channel), message, pressed(findControl(message.blocks ?? [], control), how.forgedValue))),
    submit: (modal, values) => deliver(payloads.submission(modal, values)),
    shortcut: (user, message) => deliver(payloads.shortcut(who(user, message.channel), message, "investigate_message")),
    async mention(user, place, text) {
      const message = await post(slack, user, { place, text: `<@${slack.self.userId}> ${text}` });
      await deliver(payloads.message(message));
      return { ...(await deliver(payloads.mention(message))), message };
    },
    async postAsUser(user, place, text) {
      const message = await post(slack, user, { place, text });
      return { ...(await deliver(payloads.message(message))), message };
    },
    async postAsBot(place, content) {
      const message = await post(slack, "alerts", { place, ...content });
      return { ...(await deliver(payloads.message(message, "bot_message"))), message };
    },
    async editAsBot(previous, content) {
      const reply = await slack.callAs("alerts", "chat.update", { ...content, channel: previous.channel, ts: previous.ts });
      const message = toMessage(
        { ...previous, ...content, text: reply["text"], edited: { user: previous.user, ts: previous.ts } },
        previous.channel,
      );
      return { ...(await deliver(payloads.changed(message, previous))), message };
    },
  };
}

async function post(
  slack: LabSlack,
  poster: string,
  { place, ...content }: BotContent & { readonly place: PlaceName },
): Promise<LabMessage> {
  const { channel, threadTs } = typeof place === "string" ? { channel: place, threadTs: undefined } : place;
  const reply = await slack.callAs(poster, "chat.postMessage", {
    ...content,
    channel: slack.id(channel),
    ...(threadTs !== undefined && { thread_ts: threadTs }),
  });
  return toMessage(asParams(reply["message"]), textOf(reply["channel"]));
}

/** Every button, menu option and select option that a reader could press, in reading order. */
export function controlsOf(
  blocks: readonly Block[],
): readonly { readonly label: string; readonly actionId: string; readonly value: string; readonly style?: string }[] {
  return blocks
    .flatMap(elementsOf)
    .flatMap(choicesOf)
    .map(({ label, element, value }) => ({
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
  if (found === undefined)
    throw new Error(`expected a button or option "${wanted}", the message has: ${choices.map(({ label }) => label).join(", ") || "none"}`);
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
  return element.type === "button"
    ? { ...common, value: sent, text: element.text }
    : { ...common, selected_option: { text: { type: "plain_text", text: label }, value: sent } };
}

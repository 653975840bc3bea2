import type { Post } from "../../domain/alert.ts";
import type { Inbound } from "../../ports/inbound.ts";
import { flattenPost } from "./flatten-post.ts";
import {
  ChangedEvent,
  ClickPayload,
  CommandPayload,
  EventEnvelope,
  MentionEvent,
  MessageEvent,
  type MessagePayload,
  type Schema,
  ShortcutPayload,
  SubmissionPayload,
} from "./schema.ts";

export type Reading =
  | { readonly kind: "inbound"; readonly inbound: Inbound }
  /** Not for Oomph: its own post, a channel's new topic, ... */
  | { readonly kind: "ignored" }
  /** Oomph should have understood it. `because` names fields, never their values. */
  | { readonly kind: "unfit"; readonly because: string };

// Other subtypes are the channel talking about itself.
const READ_SUBTYPES = new Set([undefined, "bot_message", "file_share", "thread_broadcast", "me_message"]);

/** What Slack sent (the same over HTTP and Socket Mode) as an Inbound. Pure; the same event sent again gets the same id. */
export function readInbound(body: unknown, receivedAtMs: number): Reading {
  const { type, command } = fieldsOf(body);
  if (command !== undefined) return parsed(CommandPayload, body, (payload) => readCommand(payload, receivedAtMs));
  switch (type) {
    case "block_actions":
      return parsed(ClickPayload, body, (payload) => readClick(payload, receivedAtMs));
    case "view_submission":
      return parsed(SubmissionPayload, body, (payload) => readSubmission(payload, receivedAtMs));
    case "message_action":
      return parsed(ShortcutPayload, body, (payload) => readShortcut(payload, receivedAtMs));
    case "event_callback":
      return parsed(EventEnvelope, body, (envelope) => readEvent(envelope, receivedAtMs));
    default:
      return { kind: "ignored" };
  }
}

function readCommand(payload: CommandPayload, receivedAtMs: number): Reading {
  return inbound({
    kind: "command",
    id: payload.trigger_id,
    userId: payload.user_id,
    channel: payload.channel_id,
    text: payload.text,
    responseUrl: payload.response_url,
    receivedAtMs,
  });
}

function readClick(payload: ClickPayload, receivedAtMs: number): Reading {
  const [action] = payload.actions;
  if (action === undefined) return { kind: "ignored" };
  const threadTs = payload.container.thread_ts ?? payload.message?.thread_ts;
  return inbound({
    kind: "click",
    id: payload.trigger_id ?? `${payload.user.id}-${action.action_ts}`,
    userId: payload.user.id,
    channel: payload.channel?.id ?? payload.container.channel_id ?? "",
    actionId: action.action_id,
    value: action.value ?? action.selected_option?.value ?? "",
    receivedAtMs,
    ...(payload.container.message_ts !== undefined && { messageTs: payload.container.message_ts }),
    ...(threadTs !== undefined && { threadTs }),
    ...(payload.response_url !== undefined && { responseUrl: payload.response_url }),
    ...(payload.trigger_id !== undefined && { triggerId: payload.trigger_id }),
  });
}

function readSubmission({ user, trigger_id, view }: SubmissionPayload, receivedAtMs: number): Reading {
  const fields = Object.entries(view.state.values).map(([blockId, states]): [string, string] => {
    const [state] = Object.values(states);
    return [blockId, state?.value ?? state?.selected_option?.value ?? ""];
  });
  return inbound({
    kind: "submission",
    // A dialog that is sent again after a complaint keeps its id and hash: only the trigger tells the two apart.
    id: `${view.id}-${trigger_id ?? view.hash}`,
    userId: user.id,
    callbackId: view.callback_id,
    privateMetadata: view.private_metadata,
    values: Object.fromEntries(fields),
    receivedAtMs,
  });
}

function readShortcut(payload: ShortcutPayload, receivedAtMs: number): Reading {
  return inbound({
    kind: "shortcut",
    id: payload.trigger_id,
    userId: payload.user.id,
    post: postOf(payload.channel.id, payload.message),
    receivedAtMs,
    ...(payload.response_url !== undefined && { responseUrl: payload.response_url }),
  });
}

function readEvent(envelope: EventEnvelope, receivedAtMs: number): Reading {
  const { event } = envelope;
  if (event.type === "app_mention") return parsed(MentionEvent, event, (mention) => readMention(envelope, mention, receivedAtMs));
  if (event.type !== "message") return { kind: "ignored" };
  if (event.subtype === "message_changed") return parsed(ChangedEvent, event, (changed) => readChange(envelope, changed, receivedAtMs));
  if (!READ_SUBTYPES.has(event.subtype)) return { kind: "ignored" };
  return parsed(MessageEvent, event, (message) => readPost(envelope, { channel: message.channel, message }, receivedAtMs));
}

function readMention(envelope: EventEnvelope, mention: MentionEvent, receivedAtMs: number): Reading {
  // Only people talk to Oomph: a bot that mentions it could make the two talk for ever.
  if (mention.user === undefined || mention.bot_id !== undefined || isOwn(envelope, mention)) return { kind: "ignored" };
  return inbound({
    kind: "mention",
    id: envelope.event_id,
    userId: mention.user,
    channel: mention.channel,
    ts: mention.ts,
    text: withoutMention(mention.text, ownUserId(envelope)),
    receivedAtMs,
    ...(mention.thread_ts !== undefined && { threadTs: mention.thread_ts }),
  });
}

function readChange(envelope: EventEnvelope, { channel, message, previous_message }: ChangedEvent, receivedAtMs: number): Reading {
  // A link preview or a reply also counts as a change of the message.
  if (previous_message !== undefined && flattenPost(previous_message) === flattenPost(message)) return { kind: "ignored" };
  return readPost(envelope, { channel, message }, receivedAtMs);
}

type PlacedMessage = { readonly channel: string; readonly message: MessagePayload };

function readPost(envelope: EventEnvelope, { channel, message }: PlacedMessage, receivedAtMs: number): Reading {
  if (isOwn(envelope, message)) return { kind: "ignored" };
  // What a person says to Oomph comes as a mention too.
  if (message.bot_id === undefined && message.text?.includes(`<@${ownUserId(envelope)}`) === true) return { kind: "ignored" };
  return inbound({ kind: "post", id: envelope.event_id, post: postOf(channel, message), receivedAtMs });
}

function postOf(channel: string, message: MessagePayload): Post {
  return {
    channel,
    ts: message.ts,
    text: flattenPost(message),
    ...(message.thread_ts !== undefined && { threadTs: message.thread_ts }),
    ...(message.user !== undefined && { userId: message.user }),
    ...(message.bot_id !== undefined && { botId: message.bot_id }),
  };
}

function isOwn(envelope: EventEnvelope, message: { readonly user?: string | undefined; readonly app_id?: string | undefined }): boolean {
  return (
    (message.app_id !== undefined && message.app_id === envelope.api_app_id) ||
    (message.user !== undefined && message.user === ownUserId(envelope))
  );
}

/** Oomph's own user id: the envelope says for whom the event is meant. */
function ownUserId({ authorizations }: EventEnvelope): string | undefined {
  return authorizations.find(({ is_bot }) => is_bot === true)?.user_id;
}

function withoutMention(text: string, userId: string | undefined): string {
  const mention = userId === undefined ? /^\s*<@[^>]+>/ : new RegExp(`<@${userId.replaceAll(/\W/g, "")}(?:\\|[^>]*)?>`);
  return text.replace(mention, " ").trim();
}

function inbound(value: Inbound): Reading {
  return { kind: "inbound", inbound: value };
}

function parsed<Payload>(schema: Schema<Payload>, value: unknown, read: (payload: Payload) => Reading): Reading {
  const result = schema.safeParse(value);
  if (result.success) return read(result.data);
  return { kind: "unfit", because: result.error.issues.map(({ path, code }) => `${path.join(".")}: ${code}`).join("; ") };
}

function fieldsOf(body: unknown): { readonly type?: unknown; readonly command?: unknown } {
  return typeof body === "object" && body !== null ? body : {};
}

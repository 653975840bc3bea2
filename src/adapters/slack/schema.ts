import { z } from "zod";

// Only what Oomph needs of each payload; the rest passes unseen.
// Source: Slack, "Slash commands", "Interaction payloads", "Events API", and the Web API methods' responses.

/** A schema by what it makes of a value, so that zod stays in this file. */
export type Schema<Payload> = z.ZodType<Payload>;

const Id = z.string().min(1).max(200);

export const CommandPayload = z.object({
  command: z.string(),
  text: z.string().default(""),
  user_id: Id,
  channel_id: Id,
  response_url: z.string(),
  trigger_id: Id,
});
export type CommandPayload = z.infer<typeof CommandPayload>;

const Option = z.object({ value: z.string() });

export const ClickPayload = z.object({
  type: z.literal("block_actions"),
  user: z.object({ id: Id }),
  channel: z.object({ id: Id }).optional(),
  container: z.object({ channel_id: Id.optional(), message_ts: z.string().optional(), thread_ts: z.string().optional() }).default({}),
  message: z.object({ thread_ts: z.string().optional() }).optional(),
  actions: z
    .array(
      z.object({
        action_id: z.string(),
        value: z.string().optional(),
        selected_option: Option.nullish(),
        action_ts: z.string().default(""),
      }),
    )
    .min(1),
  response_url: z.string().optional(),
  trigger_id: Id.optional(),
});
export type ClickPayload = z.infer<typeof ClickPayload>;

const FieldState = z.object({ value: z.string().nullish(), selected_option: Option.nullish() });

export const SubmissionPayload = z.object({
  type: z.literal("view_submission"),
  user: z.object({ id: Id }),
  trigger_id: Id.optional(),
  view: z.object({
    id: Id,
    hash: z.string().default(""),
    callback_id: z.string(),
    private_metadata: z.string().default(""),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), FieldState)) }).default({ values: {} }),
  }),
});
export type SubmissionPayload = z.infer<typeof SubmissionPayload>;

/** A message as it stands in events, shortcuts and histories. Blocks and attachments are read by flatten-post.ts. */
export const MessagePayload = z.object({
  ts: Id,
  thread_ts: z.string().optional(),
  user: z.string().optional(),
  bot_id: z.string().optional(),
  app_id: z.string().optional(),
  text: z.string().nullish(),
  blocks: z.array(z.unknown()).nullish(),
  attachments: z.array(z.unknown()).nullish(),
  files: z.array(z.unknown()).nullish(),
});
export type MessagePayload = z.infer<typeof MessagePayload>;

export const ShortcutPayload = z.object({
  type: z.literal("message_action"),
  callback_id: z.string(),
  user: z.object({ id: Id }),
  channel: z.object({ id: Id }),
  message: MessagePayload,
  response_url: z.string().optional(),
  trigger_id: Id,
});
export type ShortcutPayload = z.infer<typeof ShortcutPayload>;

/** Says what an event is before it is read closer. */
export const EventEnvelope = z.object({
  type: z.literal("event_callback"),
  event_id: Id,
  api_app_id: z.string().optional(),
  authorizations: z.array(z.object({ user_id: z.string().optional(), is_bot: z.boolean().optional() })).default([]),
  event: z.looseObject({ type: z.string(), subtype: z.string().optional() }),
});
export type EventEnvelope = z.infer<typeof EventEnvelope>;

export const MentionEvent = z.object({
  user: Id.optional(),
  channel: Id,
  ts: Id,
  thread_ts: z.string().optional(),
  text: z.string(),
  app_id: z.string().optional(),
  bot_id: z.string().optional(),
});
export type MentionEvent = z.infer<typeof MentionEvent>;
export const MessageEvent = MessagePayload.extend({ channel: Id });
export const ChangedEvent = z.object({ channel: Id, message: MessagePayload, previous_message: MessagePayload.optional() });
export type ChangedEvent = z.infer<typeof ChangedEvent>;

export const PostReply = z.object({ channel: z.string(), ts: z.string() });
export const MessagesReply = z.object({
  messages: z
    .array(
      z.object({
        ts: z.string(),
        metadata: z.object({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()) }).optional(),
        files: z.array(z.object({ id: z.string(), name: z.string().nullish(), title: z.string().nullish() })).nullish(),
      }),
    )
    .default([]),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});
export const UploadReply = z.object({ upload_url: z.url(), file_id: z.string() });
export const GroupMembersReply = z.object({ users: z.array(z.string()) });
export const PermalinkReply = z.object({ permalink: z.string() });
export const SelfReply = z.object({ user_id: z.string(), bot_id: z.string(), team_id: z.string() });

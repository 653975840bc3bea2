import { z } from "zod";
import type { Block, Message } from "../../../domain/message.ts";

const PlainText = z.object({ type: z.literal("plain_text"), text: z.string(), emoji: z.boolean().exactOptional() });
const Mrkdwn = z.object({ type: z.literal("mrkdwn"), text: z.string() });
const Text = z.discriminatedUnion("type", [PlainText, Mrkdwn]);
const Option = z.object({ text: PlainText, value: z.string() });

const Button = z.object({
  type: z.literal("button"),
  action_id: z.string(),
  text: PlainText,
  value: z.string(),
  style: z.enum(["primary", "danger"]).exactOptional(),
});
const Overflow = z.object({ type: z.literal("overflow"), action_id: z.string(), options: z.array(Option) });
const StaticSelect = z.object({
  type: z.literal("static_select"),
  action_id: z.string(),
  placeholder: PlainText,
  options: z.array(Option),
});
const PlainTextInput = z.object({
  type: z.literal("plain_text_input"),
  action_id: z.string(),
  multiline: z.boolean().exactOptional(),
  min_length: z.number().exactOptional(),
  max_length: z.number().exactOptional(),
  placeholder: PlainText.exactOptional(),
});

const StoredBlock = z.discriminatedUnion("type", [
  z.object({ type: z.literal("header"), text: PlainText }),
  z.object({ type: z.literal("divider") }),
  z.object({
    type: z.literal("section"),
    text: Text.exactOptional(),
    fields: z.array(Text).exactOptional(),
    accessory: z.discriminatedUnion("type", [Button, Overflow]).exactOptional(),
  }),
  z.object({ type: z.literal("context"), elements: z.array(Text) }),
  z.object({ type: z.literal("actions"), elements: z.array(z.discriminatedUnion("type", [Button, Overflow, StaticSelect])) }),
  z.object({
    type: z.literal("input"),
    block_id: z.string(),
    label: PlainText,
    hint: PlainText.exactOptional(),
    optional: z.boolean().exactOptional(),
    element: PlainTextInput,
  }),
]) satisfies z.ZodType<Block>;

/** A message as the outbox keeps it. */
export const StoredMessage = z.object({ text: z.string(), blocks: z.array(StoredBlock) }) satisfies z.ZodType<Message>;

import type {
  ActionsBlock,
  Block,
  Button,
  ContextBlock,
  DividerBlock,
  HeaderBlock,
  Message,
  Option,
  Overflow,
  PlainText,
  SectionBlock,
} from "../domain/message.ts";
import { escapeMrkdwn } from "../domain/message.ts";
import { begin, visible } from "./words.ts";

/*
 * The pieces that all messages are made of. Slack's limits are not known here: the chat's adapter fits what is too long.
 * What is shortened here is shortened for readers.
 */

// What a phone shows of a notification, with room for a screen reader.
const NOTICE_LENGTH = 300;

/** `text` stands in notifications and screen readers, plain: it must be meaningful alone. */
export function message(text: string, blocks: readonly (Block | readonly Block[] | undefined)[]): Message {
  return { text: escapeMrkdwn(begin(visible(text), NOTICE_LENGTH)), blocks: blocks.flat().filter((block) => block !== undefined) };
}

/** Large plain text: nothing in it is formatted. */
export function header(text: string): HeaderBlock {
  return { type: "header", text: plain(text) };
}

/** One section of `mrkdwn`, with a button or menu beside it. */
export function section(text: string, accessory?: Button | Overflow): SectionBlock {
  const body = { type: "section", text: { type: "mrkdwn", text } } as const;
  return accessory === undefined ? body : { ...body, accessory };
}

/** Lines of `mrkdwn`; nothing at all without lines. */
export function lines(texts: readonly string[]): readonly SectionBlock[] {
  return texts.length === 0 ? [] : [section(texts.join("\n"))];
}

/** A heading and its lines; nothing at all without lines. */
export function titled(title: string, texts: readonly string[]): readonly SectionBlock[] {
  return texts.length === 0 ? [] : lines([`*${title}*`, ...texts]);
}

/** Label and value, two columns where there is room. Both are `mrkdwn`. */
export function facts(rows: readonly { readonly label: string; readonly value: string }[]): readonly SectionBlock[] {
  if (rows.length === 0) return [];
  return [{ type: "section", fields: rows.map((row) => ({ type: "mrkdwn", text: `*${row.label}*\n${row.value}` }) as const) }];
}

/** Small grey print. */
export function context(text: string): ContextBlock {
  return { type: "context", elements: [{ type: "mrkdwn", text }] };
}

export function divider(): DividerBlock {
  return { type: "divider" };
}

/** A row of buttons; nothing without buttons. Within a row each needs an `action_id` of its own. */
export function buttons(elements: ActionsBlock["elements"]): readonly ActionsBlock[] {
  return elements.length === 0 ? [] : [{ type: "actions", elements }];
}

export type Press = {
  readonly actionId: string;
  /** Opaque, and all that a click sends back. */
  readonly id: string;
  readonly style?: "primary" | "danger";
};

export function button(label: string, { actionId, id, style }: Press): Button {
  const unstyled = { type: "button", action_id: actionId, text: plain(label), value: id } as const;
  return style === undefined ? unstyled : { ...unstyled, style };
}

/** A menu behind three dots. */
export function overflow(actionId: string, entries: readonly { readonly label: string; readonly id: string }[]): Overflow {
  return { type: "overflow", action_id: actionId, options: entries.map((entry) => option(entry.label, entry.id)) };
}

/** Behind three dots of what tells of an incident. */
export function snoozeMenu(incidentId: string): Overflow {
  return overflow("incident_snooze", [{ label: "Snooze 1 h", id: incidentId }]);
}

export function option(label: string, id: string): Option {
  return { text: plain(label), value: id };
}

export function plain(text: string): PlainText {
  return { type: "plain_text", text: visible(text), emoji: false };
}

import type { ActionsBlock, Block, Button, ContextBlock, DividerBlock, HeaderBlock, Message, Option, Overflow, PlainText, SectionBlock } from "../domain/message.ts";
import { escapeMrkdwn } from "../domain/message.ts";
import { clip, visible } from "./words.ts";

/*
 * The pieces that all messages are made of, and the one place where Slack's limits are kept.
 * Source: Slack's Block Kit reference. 50 blocks and about 13,000 characters a message, 3,000 characters a section,
 * 150 a header, 75 a button or option, 10 fields of 2,000 characters, 10 context elements, 5 overflow options.
 */
const LIMITS = { blocks: 48, message: 12_000, section: 2900, header: 150, label: 75, fields: 10, field: 1900, options: 5, notice: 300 };

/** A message within Slack's limits; what did not fit is said at its end. `text` must be meaningful alone. */
export function message(text: string, blocks: readonly (Block | readonly Block[] | undefined)[]): Message {
  const wanted = blocks.flat().filter((block): block is Block => block !== undefined);
  const fitting = wanted.slice(0, fittingCount(wanted));
  const left = wanted.length - fitting.length;
  const more = left === 0 ? [] : [context(`${left} more parts did not fit into one message.`)];
  return { text: escapeMrkdwn(clip(visible(text), LIMITS.notice)), blocks: [...fitting, ...more] };
}

/** Plain large text: nothing in it is formatted. */
export function header(text: string): HeaderBlock {
  return { type: "header", text: { type: "plain_text", text: clip(visible(text), LIMITS.header), emoji: true } };
}

/** Lines of `mrkdwn`, spread over as many sections as they need. */
export function sections(lines: readonly string[]): readonly SectionBlock[] {
  const texts: string[] = [];
  for (const line of lines.flatMap(brokenUp)) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + line.length < LIMITS.section) texts[texts.length - 1] = `${last}\n${line}`;
    else texts.push(line);
  }
  return texts.map((text) => section(text));
}

/** One section of `mrkdwn`, with a button or menu beside it. */
export function section(text: string, accessory?: Button | Overflow): SectionBlock {
  const body = { type: "section", text: { type: "mrkdwn", text: cut(text, LIMITS.section) } } as const;
  return accessory === undefined ? body : { ...body, accessory };
}

/** A heading and its lines; nothing at all without lines. */
export function titled(title: string, lines: readonly string[]): readonly SectionBlock[] {
  return lines.length === 0 ? [] : sections([`*${title}*`, ...lines]);
}

/** Label and value side by side, ten at the most in one section; more go into the next. Both are `mrkdwn`. */
export function facts(rows: readonly { readonly label: string; readonly value: string }[]): readonly SectionBlock[] {
  const blocks: SectionBlock[] = [];
  for (let start = 0; start < rows.length; start += LIMITS.fields) {
    const fields = rows
      .slice(start, start + LIMITS.fields)
      .map((row) => ({ type: "mrkdwn", text: cut(`*${row.label}*\n${row.value}`, LIMITS.field) }) as const);
    blocks.push({ type: "section", fields });
  }
  return blocks;
}

/** Small grey print. */
export function context(...texts: readonly string[]): ContextBlock {
  return { type: "context", elements: texts.map((text) => ({ type: "mrkdwn", text: cut(text, LIMITS.section) }) as const) };
}

export function divider(): DividerBlock {
  return { type: "divider" };
}

/** A row of buttons; nothing without buttons. Within a row each needs an `action_id` of its own. */
export function buttons(elements: ActionsBlock["elements"]): readonly ActionsBlock[] {
  return elements.length === 0 ? [] : [{ type: "actions", elements }];
}

/** `id` is all that a click sends back. */
export function button(label: string, press: { readonly actionId: string; readonly id: string; readonly style?: "primary" | "danger" }): Button {
  const plainButton = { type: "button", action_id: press.actionId, text: plain(label, LIMITS.label), value: press.id } as const;
  return press.style === undefined ? plainButton : { ...plainButton, style: press.style };
}

/** A menu behind three dots: five entries at the most. */
export function overflow(actionId: string, options: readonly { readonly label: string; readonly id: string }[]): Overflow {
  return { type: "overflow", action_id: actionId, options: options.slice(0, LIMITS.options).map((entry) => option(entry.label, entry.id)) };
}

export function option(label: string, id: string): Option {
  return { text: plain(label, LIMITS.label), value: id };
}

export function plain(text: string, length = 150): PlainText {
  return { type: "plain_text", text: clip(visible(text), length), emoji: false };
}

/** Columns of equal width in a code block. Cells are shortened in the middle to `cellLength` characters. */
export function table(rows: readonly (readonly string[])[], cellLength = 28): string {
  const cells = rows.map((row) => row.map((cell) => clip(visible(cell).replaceAll("`", "ˋ"), cellLength)));
  const widths: number[] = [];
  for (const row of cells) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, lengthOf(cell))));
  const lines = cells.map((row) => escapeMrkdwn(row.map((cell, column) => pad(cell, widths[column] ?? 0)).join("  ").trimEnd()));
  return `\`\`\`\n${fittingLines(lines).join("\n")}\n\`\`\``;
}

function fittingLines(lines: readonly string[]): readonly string[] {
  let characters = 0;
  const fits = lines.findIndex((line) => (characters += line.length + 1) > LIMITS.section - 100);
  return fits < 0 ? lines : [...lines.slice(0, fits), `… and ${lines.length - fits} more`];
}

function fittingCount(blocks: readonly Block[]): number {
  let characters = 0;
  let count = 0;
  for (const block of blocks) {
    characters += JSON.stringify(block).length;
    if (count === LIMITS.blocks || characters > LIMITS.message) break;
    count += 1;
  }
  return count;
}

function brokenUp(line: string): readonly string[] {
  if (line.length <= LIMITS.section) return [line];
  const pieces: string[] = [];
  for (let start = 0; start < line.length; start += LIMITS.section) pieces.push(line.slice(start, start + LIMITS.section));
  return pieces;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}

function pad(cell: string, width: number): string {
  return cell + " ".repeat(width - lengthOf(cell));
}

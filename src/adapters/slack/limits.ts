import type {
  ActionsBlock,
  Block,
  Button,
  ContextBlock,
  Message,
  Modal,
  Option,
  Overflow,
  PlainText,
  SectionBlock,
  StaticSelect,
} from "../../domain/message.ts";
import { cutText, fitPlain, fitText, splitText } from "./cut-text.ts";

// Source: Slack, "Block Kit reference" and chat.postMessage, "Truncating content".
const MAX_TEXT = 40_000;
const MAX_BLOCKS = 50;
const MAX_MODAL_BLOCKS = 100;
const MAX_HEADER = 150;
const MAX_SECTION = 3000;
const MAX_FIELDS = 10;
const MAX_FIELD = 2000;
const MAX_CONTEXT_ELEMENTS = 10;
const MAX_CONTEXT = 2000;
const MAX_ACTIONS = 25;
const MAX_LABEL = 75;
const MAX_OVERFLOW_OPTIONS = 5;
const MAX_SELECT_OPTIONS = 100;
const MAX_MODAL_TITLE = 24;
const MAX_PLACEHOLDER = 150;
// Not documented: above about 13,200 characters in all blocks Slack says msg_blocks_too_long.
const MAX_IN_ALL = 13_000;

/**
 * The same message within Slack's limits: long texts are split over several blocks where that helps, and cut with a
 * visible note where it does not. Buttons and menus are never dropped.
 */
export function fitMessage({ text, blocks }: Message): Message {
  return { text: cutText(text, MAX_TEXT), blocks: fitInAll(blocks.flatMap(fitBlock)) };
}

/** The same for a dialog. */
export function fitModal(modal: Modal): Modal {
  return {
    ...modal,
    title: fitTitle(modal.title),
    ...(modal.submit !== undefined && { submit: fitTitle(modal.submit) }),
    ...(modal.close !== undefined && { close: fitTitle(modal.close) }),
    blocks: modal.blocks.flatMap(fitBlock).slice(0, MAX_MODAL_BLOCKS),
  };
}

function fitBlock(block: Block): readonly Block[] {
  switch (block.type) {
    case "header":
      return block.text.text === "" ? [] : [{ ...block, text: fitPlain(block.text, MAX_HEADER) }];
    case "section":
      return fitSection(block);
    case "context":
      return fitContext(block);
    case "actions":
      return chunks(block.elements.map(fitElement), MAX_ACTIONS).map((elements): ActionsBlock => ({ ...block, elements }));
    case "input":
      return [
        { ...block, label: fitPlain(block.label, MAX_FIELD), ...(block.hint !== undefined && { hint: fitPlain(block.hint, MAX_FIELD) }) },
      ];
    case "divider":
      return [block];
  }
}

function fitSection({ text, fields, accessory, ...rest }: SectionBlock): readonly Block[] {
  const texts = text === undefined || text.text === "" ? [] : splitText(text, MAX_SECTION);
  const groups = chunks(
    (fields ?? []).filter((field) => field.text !== ""),
    MAX_FIELDS,
  ).map((group) => group.map((field) => fitText(field, MAX_FIELD)));
  const sections: readonly SectionBlock[] = [
    ...texts.map((part) => ({ ...rest, text: part })),
    ...groups.map((group) => ({ ...rest, fields: group })),
  ];
  if (accessory === undefined) return sections;

  const element = fitElement(accessory);
  const [first, ...others] = sections;
  // A menu that has grown into a select does not fit beside a text here: it goes below.
  if (first === undefined || element.type === "static_select") return [...sections, { type: "actions", elements: [element] }];
  return [{ ...first, accessory: element }, ...others];
}

function fitContext({ elements, ...rest }: ContextBlock): readonly Block[] {
  const texts = elements.filter(({ text }) => text !== "").map((text) => fitText(text, MAX_CONTEXT));
  return chunks(texts, MAX_CONTEXT_ELEMENTS).map((group): ContextBlock => ({ ...rest, elements: group }));
}

function fitElement<Element extends Button | Overflow | StaticSelect>(element: Element): Element | StaticSelect;
function fitElement(element: Button | Overflow | StaticSelect): Button | Overflow | StaticSelect {
  if (element.type === "button") return { ...element, text: fitPlain(element.text, MAX_LABEL) };
  const options = element.options.map((option): Option => ({ ...option, text: fitPlain(option.text, MAX_LABEL) }));
  if (element.type === "overflow" && options.length <= MAX_OVERFLOW_OPTIONS) return { ...element, options };
  const placeholder: PlainText =
    element.type === "overflow" ? { type: "plain_text", text: "More" } : fitPlain(element.placeholder, MAX_PLACEHOLDER);
  return { type: "static_select", action_id: element.action_id, placeholder, options: options.slice(0, MAX_SELECT_OPTIONS) };
}

/** Leaves out texts at the end of a message that is too long as a whole, and says so in their place. */
function fitInAll(blocks: readonly Block[]): readonly Block[] {
  const sizes = blocks.map(sizeOf);
  if (blocks.length <= MAX_BLOCKS && sum(sizes) <= MAX_IN_ALL) return blocks;

  const actions = blocks.filter(isControl);
  let blocksLeft = MAX_BLOCKS - actions.length - 1; // one for the note
  let charsLeft = MAX_IN_ALL - sum(actions.map(sizeOf)) - 100;
  const kept: Block[] = [];
  const dropped: Block[] = [];
  for (const block of blocks) {
    if (isControl(block)) {
      kept.push(block);
    } else if (dropped.length === 0 && blocksLeft > 0 && sizeOf(block) <= charsLeft) {
      kept.push(block);
      blocksLeft -= 1;
      charsLeft -= sizeOf(block);
    } else {
      if (dropped.length === 0) kept.push(noteAbout(blocks.slice(blocks.indexOf(block))));
      dropped.push(block);
    }
  }
  return kept.slice(0, MAX_BLOCKS);
}

function noteAbout(rest: readonly Block[]): Block {
  const characters = sum(rest.filter((block) => !isControl(block)).map(sizeOf));
  return { type: "context", elements: [{ type: "mrkdwn", text: `… cut, ${characters} more characters` }] };
}

function isControl(block: Block): boolean {
  return block.type === "actions" || block.type === "input" || (block.type === "section" && block.accessory !== undefined);
}

function sizeOf(block: Block): number {
  switch (block.type) {
    case "header":
      return block.text.text.length;
    case "section":
      return (block.text?.text.length ?? 0) + sum((block.fields ?? []).map(({ text }) => text.length));
    case "context":
      return sum(block.elements.map(({ text }) => text.length));
    case "actions":
      return sum(
        block.elements.map((element) =>
          element.type === "button" ? element.text.text.length : sum(element.options.map(({ text }) => text.text.length)),
        ),
      );
    case "input":
      return block.label.text.length;
    case "divider":
      return 0;
  }
}

function fitTitle(title: PlainText): PlainText {
  return title.text.length <= MAX_MODAL_TITLE ? title : { ...title, text: `${title.text.slice(0, MAX_MODAL_TITLE - 1)}…` };
}

function chunks<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

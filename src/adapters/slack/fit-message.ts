import type { Block, Message, Modal, PlainText } from "../../domain/message.ts";
import { messageText, plainText } from "../../domain/message-text.ts";
import type { Fitted } from "../../ports/chat.ts";
import { cutText, splitText } from "./cut-text.ts";
import { fitBlock } from "./fit-block.ts";

// Source: Slack, chat.postMessage ("Truncating content": 4,000 characters are recommended, 40,000 is the end) and
// chat.update, which refuses a text of more than 4,000.
const MAX_TEXT = 4000;
const MAX_BLOCKS = 50;
const MAX_MODAL_BLOCKS = 100;
const MAX_MODAL_TITLE = 24;
// Not documented: above about 13,200 characters in all blocks Slack says msg_blocks_too_long.
const MAX_IN_ALL = 13_000;
// For the line that says how it goes on.
const MARK_BLOCKS = 2;
const MARK_CHARACTERS = 200;
// Beside a file: what is long is left to that, what is short stays.
const BEGINNING = { blocks: MAX_BLOCKS, characters: 5000 };
// Four screens can still be read in a thread. What is longer is looked up, not read: that is what files are for.
const MOST_MESSAGES = 4;

/**
 * A message within Slack's limits, with nothing of it lost: what is a little too long goes on in further messages, what
 * would take more than four becomes a file, and the message says so and keeps its beginning and what can be pressed.
 * `fileIs` says where: "below". What has been made to fit stays as it is.
 */
export function fitMessage(message: Message, fileIs: string): Fitted {
  const pages = message.blocks.length > 0 ? blockPages(message.blocks.flatMap(fitBlock)) : textPages(message.text);
  const text = message.blocks.length > 0 ? cutText(message.text, MAX_TEXT) : "";
  if (pages.length > MOST_MESSAGES) {
    const whole = plainText(messageText(message));
    return {
      messages: [
        beginning(
          message,
          `📎 Too long to show here: the file ${fileIs} has all of this message (${whole.length.toLocaleString("en-US")} characters).`,
        ),
      ],
      whole,
    };
  }
  const [first = { text: "", blocks: [] }, ...more] = pages.map((page, index) =>
    marked(page, { text, number: index + 1, of: pages.length }),
  );
  return { messages: [first, ...more] };
}

/** The same for a dialog, which has no second page: texts give way to what can be filled in. */
export function fitModal(modal: Modal): Modal {
  return {
    ...modal,
    title: fitTitle(modal.title),
    ...(modal.submit !== undefined && { submit: fitTitle(modal.submit) }),
    ...(modal.close !== undefined && { close: fitTitle(modal.close) }),
    blocks: shorten(
      modal.blocks.flatMap(fitBlock),
      { blocks: MAX_MODAL_BLOCKS, characters: Number.POSITIVE_INFINITY },
      "… More does not fit here: the thread has all of it.",
    ),
  };
}

function blockPages(blocks: readonly Block[]): readonly Message[] {
  if (isWithin(blocks, { blocks: MAX_BLOCKS, characters: MAX_IN_ALL })) return [{ text: "", blocks }];
  const pages: Block[][] = [];
  let charactersLeft = 0;
  for (const block of blocks) {
    const last = pages.at(-1);
    const size = sizeOf(block);
    if (last !== undefined && last.length < MAX_BLOCKS - MARK_BLOCKS && size <= charactersLeft) {
      last.push(block);
      charactersLeft -= size;
    } else if (block.type !== "divider") {
      pages.push([block]);
      charactersLeft = MAX_IN_ALL - MARK_CHARACTERS - size;
    }
  }
  return pages.map((page) => ({ text: "", blocks: page }));
}

function textPages(text: string): readonly Message[] {
  if (text.length <= MAX_TEXT) return [{ text, blocks: [] }];
  return splitText({ type: "mrkdwn", text }, MAX_TEXT - MARK_CHARACTERS).map((part) => ({ text: part.text, blocks: [] }));
}

type Mark = { readonly text: string; readonly number: number; readonly of: number };

/** Says where it goes on, and where it comes from: messages of others may stand between. */
function marked({ text: own, blocks }: Message, { text, number, of }: Mark): Message {
  if (of === 1) return { text: own === "" ? text : own, blocks };
  const from = number === 1 ? [] : [`Continued, ${number} of ${of}`];
  const on = number === of ? [] : [`${number} of ${of}, goes on below`];
  if (blocks.length === 0) return { text: [...from, own, ...on].map((line) => (line === own ? line : `_${line}_`)).join("\n"), blocks };
  return {
    text: number === 1 ? text : `${cutText(text, MAX_TEXT - MARK_CHARACTERS)} (${number} of ${of})`,
    blocks: [...from.map(small), ...blocks, ...on.map(small)],
  };
}

function beginning({ text, blocks }: Message, says: string): Message {
  if (blocks.length === 0)
    return { text: `${splitText({ type: "mrkdwn", text }, MAX_TEXT - MARK_CHARACTERS)[0]?.text ?? ""}\n_${says}_`, blocks };
  return { text: cutText(text, MAX_TEXT), blocks: shorten(blocks, BEGINNING, says) };
}

type Room = { readonly blocks: number; readonly characters: number };

/** Leaves out each text that there is no room for, and says so in the place of the first. Buttons and menus stay as long as there is any room. */
function shorten(blocks: readonly Block[], room: Room, says: string): readonly Block[] {
  const fitted = blocks.map(fitBlock);
  if (isWithin(fitted.flat(), room)) return fitted.flat();
  const controls = fitted.flat().filter(isControl);
  let blocksLeft = room.blocks - controls.length - 1;
  let charactersLeft = room.characters - sum(controls.map(sizeOf));
  const kept: Block[] = [];
  let isSaid = false;
  for (const parts of fitted) {
    const texts = parts.filter((part) => !isControl(part));
    const fits = texts.length <= blocksLeft && sum(texts.map(sizeOf)) <= charactersLeft;
    if (!fits && !isSaid) kept.push(small(says));
    isSaid ||= !fits;
    kept.push(...(fits ? parts : parts.filter(isControl)));
    blocksLeft -= fits ? texts.length : 0;
    charactersLeft -= fits ? sum(texts.map(sizeOf)) : 0;
  }
  if (isSaid && kept.length <= room.blocks) return kept;
  return [...kept.slice(0, room.blocks - 1), small(says)];
}

function small(says: string): Block {
  return { type: "context", elements: [{ type: "mrkdwn", text: says }] };
}

function isWithin(blocks: readonly Block[], { blocks: most, characters }: Room): boolean {
  return blocks.length <= most && sum(blocks.map(sizeOf)) <= characters;
}

function isControl(block: Block): boolean {
  return block.type === "actions" || block.type === "input" || (block.type === "section" && block.accessory !== undefined);
}

function sizeOf(block: Block): number {
  return messageText({ text: "", blocks: [block] }).length;
}

function fitTitle(title: PlainText): PlainText {
  return title.text.length <= MAX_MODAL_TITLE ? title : { ...title, text: `${title.text.slice(0, MAX_MODAL_TITLE - 1)}…` };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

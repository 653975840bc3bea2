import { escapeMrkdwn, type ActionsBlock, type Block, type Message, type Text } from "./message.ts";

/** All that a reader sees of a message, as one `mrkdwn` text: a paragraph per block, buttons and choices in brackets. */
export function messageText({ text, blocks }: Message): string {
  const said = blocks.map(blockText).filter((paragraph) => paragraph !== "");
  return said.length === 0 ? text : said.join("\n\n");
}

/** The same message without blocks, for where they are not taken. What can be pressed is lost, and it says so. */
export function withoutBlocks(message: Message): Message {
  const lost = message.blocks.some((block) => controlsOf(block).length > 0);
  const note =
    "\n\n_Slack refused the layout of this message: what stands in [brackets] would be a button. `/oom approvals` and `/oom incidents` show buttons again._";
  return { text: `${messageText(message)}${lost ? note : ""}`, blocks: [] };
}

/** `mrkdwn` as the characters that a reader would see: for files, which Slack does not format. */
export function plainText(mrkdwn: string): string {
  return mrkdwn
    .replaceAll(/<!date\^[^|>]*\|([^>]*)>/g, "$1")
    .replaceAll(/<(https?:[^|>]*)\|([^>]*)>/g, "$2 ($1)")
    .replaceAll(/<!subteam\^([^|>]*)(?:\|[^>]*)?>/g, "@$1")
    .replaceAll(/<([@#]?)([^|>]*)(?:\|[^>]*)?>/g, "$1$2")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

function blockText(block: Block): string {
  const labels = controlsOf(block).flatMap((control) =>
    control.type === "button" ? [control.text] : control.options.map(({ text }) => text),
  );
  return [...textsOf(block).map(inMrkdwn), labels.map((label) => `[${inMrkdwn(label)}]`).join(" ")]
    .filter((text) => text !== "")
    .join("\n");
}

function textsOf(block: Block): readonly Text[] {
  switch (block.type) {
    case "header":
      return [block.text];
    case "section":
      return [...(block.text === undefined ? [] : [block.text]), ...(block.fields ?? [])];
    case "context":
      return block.elements;
    case "input":
      return [block.label];
    case "actions":
    case "divider":
      return [];
  }
}

function controlsOf(block: Block): ActionsBlock["elements"] {
  if (block.type === "actions") return block.elements;
  return block.type === "section" && block.accessory !== undefined ? [block.accessory] : [];
}

function inMrkdwn({ type, text }: Text): string {
  return type === "mrkdwn" ? text : escapeMrkdwn(text);
}

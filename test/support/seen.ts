import type { Block, Message, Modal, Text } from "../../src/domain/message.ts";

/** What a reader sees of a message, as lines; controls as `[label]`. Slack's markup stays. */
export function seen({ blocks }: Pick<Message | Modal, "blocks">): readonly string[] {
  return blocks.flatMap(seenBlock).flatMap((text) => text.split("\n"));
}

/** Labels of everything that can be pressed, in order, with what a press sends. */
export function pressable({ blocks }: Pick<Message | Modal, "blocks">): readonly {
  readonly label: string;
  readonly actionId: string;
  readonly value: string;
  readonly style?: string;
}[] {
  return blocks.flatMap(controls).flatMap((control) => {
    if (control.type !== "button")
      return control.options.map((option) => ({ label: option.text.text, actionId: control.action_id, value: option.value }));
    const pressed = { label: control.text.text, actionId: control.action_id, value: control.value };
    return [control.style === undefined ? pressed : { ...pressed, style: control.style }];
  });
}

function controls(block: Block) {
  if (block.type === "actions") return [...block.elements];
  return block.type === "section" && block.accessory !== undefined ? [block.accessory] : [];
}

function seenBlock(block: Block): readonly string[] {
  const labels = pressable({ blocks: [block] }).map(({ label }) => `[${label}]`);
  return [...textsOf(block).map(({ text }) => text), ...labels];
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

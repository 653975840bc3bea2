import { textOf } from "./http.ts";

type Part = Readonly<Record<string, unknown>>;

/**
 * What Slack would say to a message or dialog that breaks its limits; undefined: it fits. The local Slack below takes
 * anything. Source: Slack, "Block Kit reference".
 */
export function refusalOf(
  method: string,
  params: Part,
): "invalid_blocks" | "msg_too_long" | "msg_blocks_too_long" | "invalid_arguments" | undefined {
  if (method === "views.open") return isFine(partsOf(partOf(params["view"])["blocks"]), 100) ? undefined : "invalid_arguments";
  if (!method.startsWith("chat.") && method !== "response_url") return undefined;
  if (textOf(params["text"]).length > (method === "chat.update" ? 4_000 : 40_000)) return "msg_too_long";
  const blocks = partsOf(params["blocks"]);
  if (!isFine(blocks, 50)) return "invalid_blocks";
  return blocks.reduce((sum, block) => sum + charactersOf(block), 0) > MOST_IN_ALL ? "msg_blocks_too_long" : undefined;
}

// Not documented, found by trying.
const MOST_IN_ALL = 13_200;

function charactersOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + charactersOf(one), 0);
  return Object.entries(partOf(value)).reduce(
    (sum, [name, inner]) => sum + (name === "text" ? textOf(inner).length : 0) + charactersOf(inner),
    0,
  );
}

function isFine(blocks: readonly Part[], most: number): boolean {
  return blocks.length <= most && blocks.every((block) => isFineBlock(block) && hasIdsOfItsOwn(partsOf(block["elements"])));
}

/** Within a block each control needs an action_id of its own. */
function hasIdsOfItsOwn(elements: readonly Part[]): boolean {
  const ids = elements.map((element) => element["action_id"]).filter((id) => id !== undefined);
  return new Set(ids).size === ids.length;
}

function isFineBlock(block: Part): boolean {
  const elements = partsOf(block["elements"]);
  switch (block["type"]) {
    case "header":
      return isFineText(block["text"], 150);
    case "section":
      return isFineSection(block);
    case "context":
      return elements.length >= 1 && elements.length <= 10 && elements.every((element) => isFineText(element, 3000));
    case "actions":
      return elements.length >= 1 && elements.length <= 25 && elements.every(isFineElement);
    case "divider":
      return true;
    case "input":
      return isFineText(block["label"], 2000);
    default:
      return false;
  }
}

function isFineSection(block: Part): boolean {
  const fields = partsOf(block["fields"]);
  const hasText = block["text"] !== undefined;
  return (
    (hasText || fields.length > 0) &&
    (!hasText || isFineText(block["text"], 3000)) &&
    fields.length <= 10 &&
    fields.every((field) => isFineText(field, 2000)) &&
    (block["accessory"] === undefined || isFineElement(partOf(block["accessory"])))
  );
}

function isFineElement(element: Part): boolean {
  const options = partsOf(element["options"]);
  const id = textOf(element["action_id"]);
  const isNamed = id.length >= 1 && id.length <= 255;
  switch (element["type"]) {
    case "button":
      return isNamed && isFineText(element["text"], 75) && textOf(element["value"]).length <= 2000;
    case "overflow":
      return isNamed && options.length >= 1 && options.length <= 5 && options.every(isFineOption);
    case "static_select":
      return isNamed && options.length >= 1 && options.length <= 100 && options.every(isFineOption);
    default:
      return false;
  }
}

function isFineOption(option: Part): boolean {
  return isFineText(option["text"], 75) && textOf(option["value"]).length <= 150;
}

function isFineText(text: unknown, most: number): boolean {
  const says = textOf(partOf(text)["text"]);
  return says.length >= 1 && says.length <= most;
}

function partOf(value: unknown): Part {
  return isPart(value) ? value : {};
}

function partsOf(value: unknown): readonly Part[] {
  return Array.isArray(value) ? value.map(partOf) : [];
}

function isPart(value: unknown): value is Part {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

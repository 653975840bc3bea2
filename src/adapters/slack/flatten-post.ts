import type { MessagePayload } from "./schema.ts";

// Slack's own limit for a message's text; attachments can make it longer.
const MAX_CHARS = 40_000;
const MAX_DEPTH = 6;

/**
 * All that a reader sees of a message, as plain lines: text, blocks, attachments and the preview that Slack shows of a
 * text file or snippet (not buttons), Slack's markup undone. What blocks and attachments say again is left out; what one
 * alert says like another (`severity: critical`) is not. At most 40,000 characters.
 */
export function flattenPost(message: Pick<MessagePayload, "text" | "blocks" | "attachments" | "files">): string {
  const kinds = [
    [undoMarkup(message.text ?? "")],
    (message.blocks ?? []).map((block) => linesOfBlock(block)),
    (message.attachments ?? []).map(linesOfAttachment),
    (message.files ?? []).map((file) => textOf(partOf(file)["preview"])), // as it is in the file, without markup
  ];
  const before = new Set<string>();
  const lines = kinds.flatMap((parts) => {
    const own = new Set<string>();
    const kept = linesIn(parts).filter((line) => isNew(line, before, own));
    for (const line of own) before.add(line);
    return kept;
  });
  const text = lines.join("\n");
  return text.length <= MAX_CHARS ? text : `${text.slice(0, MAX_CHARS)}\n… cut, ${text.length - MAX_CHARS} more characters`;
}

function linesIn(parts: readonly string[]): readonly string[] {
  return parts
    .join("\n")
    .split("\n")
    .map((line) => withoutInvisible(line).trimEnd());
}

// `severity: critical`, `- pod = web-1`: what several alerts in a message say alike.
const ONE_OF_SEVERAL = /^\W{0,12}[\w./ -]{1,60}\W{0,6}[:=]./;

/** A post's text is often its blocks said again, with or without asterisks. */
function isNew(line: string, before: ReadonlySet<string>, own: Set<string>): boolean {
  const bare = line.replaceAll(/[*_~`\s]/g, "");
  if (bare === "" || before.has(bare) || (own.has(bare) && !ONE_OF_SEVERAL.test(line))) return false;
  own.add(bare);
  return true;
}

/** `<https://x|shown>` → `shown`, `<!date^1650508980^...|...>` → ISO 8601, `<@U1>` → `@U1`, `<!channel>` → `@channel`, `&lt;` → `<`. */
export function undoMarkup(text: string): string {
  return text
    .replaceAll(/<([^<>\s][^<>\n]{0,2000})>/g, (_, inside: string) => shown(inside))
    .replaceAll(/&(amp|lt|gt);/g, (_, name: string) => ENTITIES[name] ?? "");
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">" };

function shown(inside: string): string {
  const bar = inside.indexOf("|");
  const label = bar < 0 ? "" : inside.slice(bar + 1);
  const target = bar < 0 ? inside : inside.slice(0, bar);
  if (/^!date\^\d{1,10}\^/.test(target)) return timeOf(target.split("^")[1]);
  if (label !== "") return target.startsWith("#") ? `#${label}` : label;
  if (target.startsWith("!")) return `@${target.slice(1).replace(/^subteam\^/, "")}`;
  return target.replace(/^mailto:/, "");
}

function linesOfAttachment(value: unknown): string {
  const attachment = partOf(value);
  const fields = partsOf(attachment["fields"]).map((field) => `${markup(field["title"])}: ${markup(field["value"])}`);
  const blocks = partsOf(attachment["blocks"]).map((block) => linesOfBlock(block));
  const leadsTo = textOf(attachment["title_link"]);
  const lines = [
    ...["pretext", "author_name", "title"].map((name) => markup(attachment[name])),
    ...(leadsTo === "" || textOf(attachment["title"]) === "" ? [] : [`Link: ${leadsTo}`]),
    markup(attachment["text"]),
    ...fields,
    ...blocks,
    markup(attachment["footer"]),
    timeOf(attachment["ts"]),
  ].filter((line) => line !== "");
  return lines.length > 0 ? lines.join("\n") : markup(attachment["fallback"]);
}

function linesOfBlock(value: unknown, depth = 0): string {
  const block = partOf(value);
  if (depth > MAX_DEPTH || block["type"] === "actions") return "";
  switch (block["type"]) {
    case "rich_text":
    case "rich_text_list":
      return partsOf(block["elements"])
        .map((element) => linesOfBlock(element, depth + 1))
        .join("\n");
    case "rich_text_section":
    case "rich_text_preformatted":
    case "rich_text_quote":
      return partsOf(block["elements"]).map(inlineText).join("");
    case "table":
      return rowsOf(block["rows"])
        .map((row) => row.map((cell) => linesOfBlock(cell, depth + 1)).join(" | "))
        .join("\n");
    case "raw_text":
      return textOf(block["text"]);
    default:
      return [block["title"], block["text"], ...listOf(block["fields"]), ...listOf(block["elements"])]
        .map(textObject)
        .filter((line) => line !== "")
        .join("\n");
  }
}

/** A piece of a rich text. Its text comes unescaped. */
function inlineText(element: Part): string {
  switch (element["type"]) {
    case "link":
      return textOf(element["text"]) || textOf(element["url"]);
    case "user":
      return `@${textOf(element["user_id"])}`;
    case "usergroup":
      return `@${textOf(element["usergroup_id"])}`;
    case "channel":
      return `#${textOf(element["channel_id"])}`;
    case "broadcast":
      return `@${textOf(element["range"])}`;
    case "emoji":
      return `:${textOf(element["name"])}:`;
    case "date":
      return timeOf(element["timestamp"]) || textOf(element["fallback"]);
    default:
      return textOf(element["text"]);
  }
}

/** Seconds since 1970, which Slack shows beside the footer, as ISO 8601. */
function timeOf(seconds: unknown): string {
  const number = typeof seconds === "string" || typeof seconds === "number" ? Math.floor(Number(seconds)) : 0;
  return number > 0 && number < 1e10 ? new Date(number * 1000).toISOString() : "";
}

function textObject(value: unknown): string {
  return typeof value === "string" ? undoMarkup(value) : markup(partOf(value)["text"]);
}

function markup(value: unknown): string {
  return undoMarkup(textOf(value));
}

// Control characters, and those that turn the direction of reading: they hide what a text says. Line ends are gone already.
function withoutInvisible(line: string): string {
  return line.replaceAll("\t", " ").replaceAll(/[\p{Cc}\p{Bidi_Control}\u200b\ufeff]/gu, "");
}

type Part = Readonly<Record<string, unknown>>;

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function partsOf(value: unknown): readonly Part[] {
  return listOf(value).map(partOf);
}

function rowsOf(value: unknown): readonly (readonly unknown[])[] {
  return listOf(value).map(listOf);
}

function partOf(value: unknown): Part {
  return isPart(value) ? value : {};
}

function isPart(value: unknown): value is Part {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

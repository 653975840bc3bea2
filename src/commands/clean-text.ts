/** More than anybody types; longer input is cut before anything looks at it. */
const MOST_CHARACTERS = 4000;

/**
 * Undoes what Slack, phones and wikis do to typed text: link markup, entities, curly quotes, dashes made of two hyphens,
 * non-breaking and zero-width spaces, backticks. Takes time linear in the length.
 */
export function cleanText(text: string): string {
  return text
    .slice(0, MOST_CHARACTERS)
    .replace(/<([^<>|]+)(?:\|([^<>]*))?>/g, (_, address: string, label: string | undefined) => unlink(address, label))
    .replace(/&(amp|lt|gt);/g, (_, name: string) => ENTITIES[name] ?? "")
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]/g, "")
    .replace(/[\s\u00a0\u2000-\u200a\u3000]+/g, " ")
    .replace(/[\u201c\u201d\u201e\u00ab\u00bb]/g, '"')
    .replace(/[\u2018\u2019\u201a]/g, "'")
    .replace(/(^| )[\u2012-\u2015\u2212](?=[a-z])/gi, "$1--")
    .replaceAll("`", "")
    .replace(/[\p{Cc}\p{Cs}]/gu, "")
    .trim();
}

/** Words; what stands in quotes is one. */
export function wordsOf(text: string): readonly string[] {
  const words = text.match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  return words.map((word) => word.replace(/^["']|["']$/g, "")).filter((word) => word !== "");
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">" };

/** `http://redis.example|redis.example` → `redis.example`; `@U123|bob` → `@U123`; `mailto:a@b|a@b` → `a@b`. */
function unlink(address: string, label: string | undefined): string {
  if (/^[@#!]/.test(address)) return address;
  if (label !== undefined && label !== "") return label;
  return address.replace(/^(?:https?:\/\/|mailto:)/, "").replace(/\/$/, "");
}

import { clip, visible } from "./words.ts";

// What GitHub's Markdown would format, link, or read as HTML.
const SPECIAL = /[\\`*_[\]~|$]/g;
// What GitHub would make a link of: a mention pings people, a number is another issue. Parted by a space that nobody sees.
const LINKED = /@|#(?=\d)|\bgh-(?=\d)|:(?=\/\/)|\bwww(?=\.)/gi;
const APART = "&#8203;";

/**
 * Prose for GitHub's Markdown that may hold words from outside, as one line: nothing in it is formatted, no mention
 * pings, no comment, HTML, issue number or address is taken for one.
 */
export function markdown(text: string): string {
  return visible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(SPECIAL, (character) => `\\${character}`)
    .replaceAll(LINKED, (linked) => `${linked}${APART}`);
}

/** A name from outside (container, target) as code, whatever is inside it: nothing in code is a mention or a link. */
export function markdownCode(text: string, length = 200): string {
  const inside = clip(visible(text).replaceAll("`", "ˋ"), length);
  return `\`${inside === "" ? " " : inside}\``;
}

/** `2026-11-22 03:00:12 UTC`: mail and issues are read in many time zones and cannot show the reader's own. */
export function utc(atMs: number): string {
  return new Date(atMs)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, " UTC");
}

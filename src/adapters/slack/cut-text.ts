import type { PlainText, Text } from "../../domain/message.ts";

// Room for "… cut, 1,234,567 more characters" and the end of a code block.
const NOTE_ROOM = 40;
const FENCE = "```";
// Markup such as <!date^…|…> is never longer; a "<" further back is a plain character.
const LONGEST_MARKUP = 400;

/** At most `max` characters, ending in a note when some had to go. Never cuts an escape, a link or a character in two. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const kept = closeFence(text.slice(0, safeEnd(text, Math.max(1, max - NOTE_ROOM))));
  return `${kept}… cut, ${text.length - safeEnd(text, Math.max(1, max - NOTE_ROOM))} more characters`;
}

/** Like `cutText`; labels of buttons are too short for the note and end in "…". */
export function fitPlain(text: PlainText, max: number): PlainText {
  if (text.text.length <= max) return text;
  return { ...text, text: max > 100 ? cutText(text.text, max) : `${text.text.slice(0, safeEnd(text.text, max - 1))}…` };
}

/** Several texts of at most `max` characters with everything in them, cut between lines or words where there are any. */
export function splitText<Kind extends Text>(text: Kind, max: number): readonly Kind[] {
  const parts: Kind[] = [];
  let rest = text.text;
  while (rest.length > max) {
    const end = niceEnd(rest, max - 2 * (FENCE.length + 1));
    const part = rest.slice(0, end);
    const isOpen = hasOpenFence(part);
    parts.push({ ...text, text: isOpen ? `${part}\n${FENCE}` : part });
    rest = `${isOpen ? `${FENCE}\n` : ""}${rest.slice(end).replace(/^\n/, "")}`;
  }
  return rest === "" ? parts : [...parts, { ...text, text: rest }];
}

function niceEnd(text: string, most: number): number {
  const line = text.lastIndexOf("\n", most);
  if (line > most / 2) return line;
  const word = text.lastIndexOf(" ", most);
  return safeEnd(text, word > most / 2 ? word : most);
}

function safeEnd(text: string, end: number): number {
  const markup = text.lastIndexOf("<", end - 1);
  const close = markup < 0 ? -1 : text.indexOf(">", markup);
  if (markup > 0 && close >= end && close - markup <= LONGEST_MARKUP) return markup;
  const escape = text.lastIndexOf("&", end - 1);
  const escaped = escape < 0 ? undefined : /^&(?:amp|lt|gt);/.exec(text.slice(escape, escape + 5))?.[0];
  if (escape > 0 && escaped !== undefined && escape + escaped.length > end) return escape;
  return end > 1 && /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) ? end - 1 : end;
}

function closeFence(text: string): string {
  return hasOpenFence(text) ? `${text}\n${FENCE}` : text;
}

function hasOpenFence(text: string): boolean {
  return text.split(FENCE).length % 2 === 0;
}

import { withoutColours } from "../terminal-colours.ts";

/** A line of what somebody pasted, without what their terminal and their chat put around it. */
export type Line = {
  /** Spaces before it; a tab counts two. */
  readonly indent: number;
  readonly text: string;
};

const FENCE = /^\s*(?:```|~~~)\w*\s*$/;
const QUOTED = /^\s*(?:>|&gt;) ?/;
// `$ kubectl describe pod web`, `root@node:~# kubectl ...`, `PS C:\> kubectl ...`
const PROMPT = /^\s*(?:\S{0,80}[$#%>❯]|PS \S{0,80}>)\s+(?:sudo\s+)?(?:kubectl|k|oc|watch)\s/;
const ONE_LINE_STATE = /\bState:\s+\w+[,;]?\s+Reason:/;
const BEFORE_FIELD =
  /[,;]?\s+(?=(?:Last State|State|Reason|Message|Exit Code|Signal|Started|Finished|Ready|Restart Count|Limits|Requests):\s)/;
// A line of megabytes is data, not a description.
const MOST_CHARACTERS = 4_000;

/** The text without colours, fences, quotation marks, prompts and carriage returns, line by line. */
export function plainLines(text: string): readonly string[] {
  const plain = withoutColours(text)
    .replaceAll("\u00A0", " ")
    .replaceAll(/\u200B|\uFEFF/g, "");
  const raw = plain.split(/\r\n|\n|\r/).filter((line) => !FENCE.test(line));
  const quoted = raw.some((line) => line.trim() !== "") && raw.every((line) => line.trim() === "" || QUOTED.test(line));
  const lines = quoted ? raw.map((line) => line.replace(QUOTED, "")) : raw;
  return lines.filter((line) => !PROMPT.test(line));
}

/** The same, with how deep each line stands. Linear. */
export function linesOf(text: string): readonly Line[] {
  return plainLines(text).flatMap(stateApart).map(lineOf);
}

/** `State: Terminated Reason: OOMKilled Exit Code: 137` in one line, as web pages and chats make of it. */
function stateApart(raw: string): readonly string[] {
  return ONE_LINE_STATE.test(raw) ? raw.split(BEFORE_FIELD) : [raw];
}

function lineOf(raw: string): Line {
  const cut = raw.slice(0, MOST_CHARACTERS);
  const before = cut.slice(0, cut.length - cut.trimStart().length);
  let indent = 0;
  for (const character of before) indent += character === "\t" ? 2 : 1;
  return { indent, text: cut.trim() };
}

/** `Restart Count:   3` → its key and value. Undefined: the line is none of the kind. */
export function fieldOf({ text }: Line): { readonly key: string; readonly value: string } | undefined {
  const at = text.indexOf(":");
  // A key of kubectl's has no more than a few words.
  if (at < 1 || at > 60) return undefined;
  const after = text[at + 1];
  if (after !== undefined && !/\s/.test(after)) return undefined;
  return { key: text.slice(0, at), value: text.slice(at + 1).trim() };
}

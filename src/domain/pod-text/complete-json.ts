const CLOSES: Readonly<Record<string, string>> = { "{": "}", "[": "]" };

/**
 * JSON of which the beginning or the end is missing, as far as it goes: what is open at the end is closed after the last
 * value that is whole; a part that begins with a key is put into an object. Undefined: there is no JSON in it. Linear.
 */
export function completeJson(text: string): string | undefined {
  const begin = text.search(/[[{]|"[\w.-]{1,100}"\s*:/);
  if (begin === -1) return undefined;
  const part = text.slice(begin);
  return closed(part.startsWith('"') ? `{${part}` : part);
}

function closed(text: string): string | undefined {
  const stack: string[] = [];
  let whole: { readonly end: number; readonly depth: number } | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === '"') {
      at = endOfString(text, at);
      continue;
    }
    const closing = CLOSES[character];
    if (closing !== undefined) stack.push(closing);
    else if (character === ",") whole = { end: at, depth: stack.length };
    else if (character === "}" || character === "]") {
      // One that closes what was never opened ends the part.
      if (stack.at(-1) !== character) break;
      stack.pop();
      whole = { end: at + 1, depth: stack.length };
      if (stack.length === 0) break;
    }
  }
  if (whole === undefined) return undefined;
  return text.slice(0, whole.end) + stack.slice(0, whole.depth).toReversed().join("");
}

/** Where the string that begins at `from` ends; the end of the text where it does not. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

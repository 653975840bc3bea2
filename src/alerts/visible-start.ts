const MOST_CHARACTERS = 160;

/** The beginning of a text from outside, on one line, for a sentence that quotes it. */
export function visibleStart(text: string): string {
  const line = text
    .slice(0, MOST_CHARACTERS * 4)
    .replace(/\s+/g, " ")
    .trim();
  return line.length <= MOST_CHARACTERS ? line : `${line.slice(0, MOST_CHARACTERS)}…`;
}

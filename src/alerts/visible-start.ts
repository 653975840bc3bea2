const MOST_CHARACTERS = 160;

/** The beginning of a text from outside, on one line, for a sentence that quotes it. */
export function visibleStart(text: string, most = MOST_CHARACTERS): string {
  const line = text
    .slice(0, most * 4)
    .replace(/\s+/g, " ")
    .trim();
  return line.length <= most ? line : `${line.slice(0, most)}…`;
}

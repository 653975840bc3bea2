/*
 * Patterns of rules, without regular expressions: `*` stands for anything, everything else for itself. Each runs in time
 * linear in the text, whoever wrote the pattern.
 */

/** A pattern made ready to be asked often: what stands before, between and behind its stars. `last` absent: it has none. */
type Pattern = { readonly first: string; readonly between: readonly string[]; readonly last?: string };

function patternOf(pattern: string): Pattern {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  return last === undefined ? { first, between: [] } : { first, between: rest, last };
}

/** Finds a pattern's pieces one after the other, the first at the start and the last at the end: no piece is looked for twice. */
function fitsPattern(text: string, { first, between, last }: Pattern): boolean {
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const piece of between) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= text.length - last.length;
}

/** Patterns that are asked together: those without a star are looked up. */
export type Patterns = { readonly exact: ReadonlySet<string>; readonly others: readonly Pattern[] };

export function patternsOf(patterns: readonly string[]): Patterns {
  const made = patterns.map(patternOf);
  const isExact = ({ last }: Pattern): boolean => last === undefined;
  return { exact: new Set(made.filter(isExact).map(({ first }) => first)), others: made.filter((pattern) => !isExact(pattern)) };
}

export function fitsAny(text: string, { exact, others }: Patterns): boolean {
  return exact.has(text) || others.some((pattern) => fitsPattern(text, pattern));
}

/** Whole words; `kube*` and `*memory` may go on at their open end. Both in lower case. */
export type Phrase = {
  readonly words: string;
  readonly isOpenBefore: boolean;
  readonly isOpenBehind: boolean;
  /** The longest of its words that is whole: a text without it does not hold the phrase. Absent: none is. */
  readonly whole?: string;
};

export function phraseOf(pattern: string): Phrase {
  const lower = pattern.toLowerCase().replace(/\s+/g, " ");
  const [whole] = wordsIn(lower.replace(/^\*[\p{L}\p{N}_]*|[\p{L}\p{N}_]*\*$/gu, " ")).toSorted(
    (left, right) => right.length - left.length,
  );
  return {
    words: lower.replace(/^\*|\*$/g, ""),
    isOpenBefore: lower.startsWith("*") || !isWord(lower[0]),
    isOpenBehind: lower.endsWith("*") || !isWord(lower.at(-1)),
    ...(whole === undefined ? {} : { whole }),
  };
}

/** The words of a text, each once: what phrases are asked of first. */
export function wordsOf(text: string): ReadonlySet<string> {
  return new Set(wordsIn(text));
}

/** What `isWord` calls words: letters beyond the first 65,536 are two characters to it, and none of them a word's. */
function wordsIn(text: string): readonly string[] {
  return text.replaceAll(/[\u{10000}-\u{10FFFF}]/gu, " ").match(/[\p{L}\p{N}_]+/gu) ?? [];
}

/** May a text of these words hold the phrase? */
export function mayHold(words: ReadonlySet<string>, { whole }: Phrase): boolean {
  return whole === undefined || words.has(whole);
}

/** Where a phrase stands in a text, from a place on; -1: nowhere. */
export function findPhrase(text: string, { words, isOpenBefore, isOpenBehind }: Phrase, from = 0): number {
  if (words === "") return -1;
  for (let at = text.indexOf(words, from); at >= 0; at = text.indexOf(words, at + 1)) {
    if ((isOpenBefore || !isWord(text[at - 1])) && (isOpenBehind || !isWord(text[at + words.length]))) return at;
  }
  return -1;
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_]/u.test(character);
}

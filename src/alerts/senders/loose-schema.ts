import { z } from "zod";

/*
 * Kinds of fields for what senders send: nothing in them makes a message unfit. What is not of the expected kind reads as
 * absent, so that one broken field or one broken alert does not lose the others.
 */

// A thing with more names than this is no thing for people; what comes after is left out.
const MOST_WORDS = 256;

/** Text; a number, true or false where text is expected is read as text. */
export const Word = z.union([z.string(), z.number(), z.boolean()]).transform(String).optional().catch(undefined);

/** Names with a word each. */
export const Words = z.unknown().transform(wordsIn).prefault(null);

/** A list; what is not one is empty. Its items are looked at one by one. */
export const Items = z
  .unknown()
  .transform((value): readonly unknown[] => (isList(value) ? value : []))
  .prefault(null);

/** A list of words: what else it holds is left out. */
export const WordList = Items.transform((items) => items.slice(0, MOST_WORDS).flatMap((item) => Word.parse(item) ?? []));

/** A part of a message with fields of its own. */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .unknown()
    .transform((value) => (isRecord(value) ? value : {}))
    .prefault(null)
    .pipe(z.object(shape));
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** An object with names; no list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wordsIn(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) return {};
  const found: (readonly [string, string])[] = [];
  for (const name of Object.keys(value)) {
    if (found.length === MOST_WORDS) break;
    const word = Word.parse(value[name]);
    if (word !== undefined && name !== "__proto__") found.push([name, word]);
  }
  return Object.fromEntries(found);
}

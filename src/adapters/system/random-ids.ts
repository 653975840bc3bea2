import { randomBytes } from "node:crypto";
import type { Ids } from "../../ports/clock.ts";

// Without i, l, o and u: nothing that looks like something else, and no words.
const LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";
const BITS_PER_LETTER = 5;

/** Ids from the system's random source. */
export const randomIds: Ids = {
  next: (prefix) => `${prefix}_${letters(26)}`,
  nextShort: (prefix) => `${prefix}_${letters(8)}`,
};

/** One byte per letter: 256 is a multiple of 32, so that each letter is as likely as the others. */
function letters(count: number): string {
  return Array.from(randomBytes(count), (byte) => LETTERS[byte % 2 ** BITS_PER_LETTER]).join("");
}

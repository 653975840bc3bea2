import type { AlertSource, AlertStatus } from "../domain/alert.ts";
import { RESOLVED, RESOLVED_ABROAD, RESOLVED_BEGINNINGS, SENDERS, STILL_FIRING } from "./post-words.ts";
import { SIGNS } from "./title-marks.ts";

/** A post's text as parsers look at it. */
export type Said = {
  readonly asWritten: string;
  /** In lower case, with single spaces, line by line. */
  readonly text: string;
};

export function saidIn(asWritten: string): Said {
  return { asWritten, text: asWritten.toLowerCase().replace(/[^\S\n]+/g, " ") };
}

const FRONT = new RegExp(`^${SIGNS}[*_\`~]{0,3}`);

export function statusOf({ text }: Said): AlertStatus {
  if (has(text, STILL_FIRING)) return "firing";
  const start = text.trimStart();
  const bare = start.slice(0, 40).replace(/^[^\p{L}]{1,12}/u, "");
  const unsigned = start.slice(0, 400).replace(FRONT, "");
  const begins =
    RESOLVED_BEGINNINGS.some((beginning) => start.startsWith(beginning) || unsigned.startsWith(beginning)) ||
    RESOLVED_ABROAD.some((word) => bare.startsWith(word));
  return begins || has(text, RESOLVED) ? "resolved" : "firing";
}

export function sourceOf({ text }: Said): AlertSource {
  return SENDERS.find((sender) => has(text, sender.looks))?.source ?? "text";
}

export function has(text: string, phrases: readonly string[]): boolean {
  return phrases.some((phrase) => text.includes(phrase));
}

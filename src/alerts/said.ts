import type { AlertSource, AlertStatus, Severity } from "../domain/alert.ts";
import { severityOf } from "./facts.ts";
import { RESOLVED, RESOLVED_BEGINNINGS, SENDERS, STILL_FIRING } from "./post-words.ts";

/** A post's text as parsers look at it. */
export type Said = {
  readonly asWritten: string;
  /** In lower case, with single spaces, line by line. */
  readonly text: string;
};

export function saidIn(asWritten: string): Said {
  return { asWritten, text: asWritten.toLowerCase().replace(/[^\S\n]+/g, " ") };
}

export function statusOf({ text }: Said): AlertStatus {
  if (has(text, STILL_FIRING)) return "firing";
  const start = text.trimStart();
  return has(text, RESOLVED) || RESOLVED_BEGINNINGS.some((beginning) => start.startsWith(beginning)) ? "resolved" : "firing";
}

/** The first of the usual words, wherever it stands. */
export function severityIn({ text }: Said): Severity | null {
  return severityOf(
    /(?<![\p{L}\p{N}_])(?:critical|warning|info|warnung|kritisch|critique|avertissement|crítico|crítica|advertencia|警告|严重|緊急)(?![\p{L}\p{N}_])/u.exec(
      text,
    )?.[0],
  );
}

export function sourceOf({ text }: Said): AlertSource {
  return SENDERS.find((sender) => has(text, sender.looks))?.source ?? "text";
}

export function has(text: string, phrases: readonly string[]): boolean {
  return phrases.some((phrase) => text.includes(phrase));
}

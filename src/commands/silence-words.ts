import { parseDuration } from "../domain/duration.ts";
import { nearest } from "../domain/nearest.ts";

/** What `snooze` and `mute` were asked for; `what` is still as typed. */
export type SilenceAsked = {
  readonly what: string;
  readonly until: { readonly ms: number } | "resolved";
  readonly kills: boolean;
  readonly reason?: string;
};

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const LONGEST_MS = 30 * DAY_MS;
const EXPECTED = "a time from 1m to 30d with its unit, such as 30m, 2h or 3d";
const MOST_REASON = 500;

/** `docker/kong 30m being worked on`; a sentence where that is not what was typed. */
export function readSnoozeWords(words: readonly string[]): SilenceAsked | string {
  const [what, ...rest] = withTimes(words);
  if (what === undefined) return "expected a target or an incident's id and a time, got neither";
  const [first, ...after] = rest[0]?.toLowerCase() === "for" ? rest.slice(1) : rest;
  if (first === undefined) return `expected ${EXPECTED} after "${what.slice(0, 60)}", got none`;
  const ms = timeOf(first);
  return ms === undefined ? `expected ${EXPECTED}, got "${first.slice(0, 40)}"` : { what, until: { ms }, kills: false, ...reasonOf(after) };
}

/** `severity=warning for 2d`, `docker/kong until resolved with kills known bug`; without a time for a day. */
export function readMuteWords(words: readonly string[]): SilenceAsked | string {
  const [what, ...rest] = withTimes(words);
  if (what === undefined) return "expected a target, a label, a problem or a channel, got none";
  let asked: SilenceAsked = { what, until: { ms: DAY_MS }, kills: false };
  let left: readonly string[] = rest;
  for (;;) {
    const read = readTerm(left);
    if (typeof read === "string") return read;
    if (read === undefined) return { ...asked, ...reasonOf(left) };
    asked = { ...asked, ...read.term };
    left = left.slice(read.taken);
  }
}

/** `1 hour` and `10 min` as one word: `1h`, `10m`. */
function withTimes(words: readonly string[]): readonly string[] {
  const unit = (word = ""): string | undefined =>
    /^(?:(m)(?:ins?|inutes?)?|(h)(?:rs?|ours?)?|(d)(?:ays?)?)$/i.exec(word)?.slice(1).find(Boolean);
  return words.flatMap((word, index) => {
    const [, number, after] = /^(\d+(?:\.\d+)?)([a-z]*)$/i.exec(word) ?? [];
    const isNumber = (at: number): boolean => /^\d+(?:\.\d+)?$/.test(words[at] ?? "");
    if (isNumber(index - 1) && unit(word) !== undefined) return [];
    const meant = after === "" ? unit(words[index + 1]) : unit(after);
    return [number === undefined || meant === undefined ? word : `${number}${meant}`];
  });
}

type Term = { readonly term: Partial<Pick<SilenceAsked, "until" | "kills">>; readonly taken: number };

// A time that is none, such as `-1h`, `45d` or `2w`, is no reason: who typed it would be silenced for a day.
const TIME_LIKE = /^[-+]?\d+(?:\.\d+)?(?:ms|s|m|h|d|w|y)$/i;

/** The next term; undefined: what is left is the reason. */
function readTerm([first = "", second = ""]: readonly string[]): Term | string | undefined {
  if (TIME_LIKE.test(first)) {
    const ms = timeOf(first);
    return ms === undefined ? `expected ${EXPECTED}, got "${first.slice(0, 40)}"` : { term: { until: { ms } }, taken: 1 };
  }
  const got = second === "" ? "nothing" : `"${second.slice(0, 40)}"`;
  switch (first.toLowerCase()) {
    case "for": {
      const ms = timeOf(second);
      return ms === undefined ? `expected ${EXPECTED} after \`for\`, got ${got}` : { term: { until: { ms } }, taken: 2 };
    }
    case "until":
      return /^resolved?$/i.test(second) ? { term: { until: "resolved" }, taken: 2 } : `expected \`resolved\` after \`until\`, got ${got}`;
    case "with":
      return /^kills?$/i.test(second) ? { term: { kills: true }, taken: 2 } : mistyped(second, "kills");
    default:
      return undefined;
  }
}

/** `with kils` was meant; `with regards to ...` is a reason. */
function mistyped(word: string, meant: string): string | undefined {
  return nearest(word, [meant]).length === 0 ? undefined : `expected \`${meant}\` after \`with\`, got "${word.slice(0, 40)}"`;
}

function timeOf(word: string): number | undefined {
  const ms = parseDuration(word);
  return ms === undefined || ms < MINUTE_MS || ms > LONGEST_MS ? undefined : ms;
}

function reasonOf(words: readonly string[]): { readonly reason?: string } {
  const reason = words.join(" ").slice(0, MOST_REASON);
  return reason === "" ? {} : { reason };
}

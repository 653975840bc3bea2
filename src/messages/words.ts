import type { Actor } from "../domain/actor.ts";
import { escapeMrkdwn } from "../domain/message.ts";
import { formatSilenced, type Silence, type Silenced } from "../domain/silence.ts";

// Control, format (zero-width, right-to-left), surrogate, private and line-separating characters: none of them is for
// readers, and some make a key look like another one.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;
// What Slack would turn into bold, struck, italic or an emoji: `user:*`, `job:lock:7`, `_tmp_`.
const FORMATTING = /[*~]|:[\w+'-]+:|(?:^|[^\p{L}\p{N}])_|_(?:[^\p{L}\p{N}]|$)/u;

/** Text from outside with its invisible characters written out (`\u202e`) and its white space made single spaces. */
export function visible(text: string): string {
  return text
    .replace(/[\s\u0085]+/gu, " ")
    .replace(INVISIBLE, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`)
    .trim();
}

/**
 * Prose for `mrkdwn` that may hold words from outside: escaped, and words that Slack would format stand in backticks.
 * Backticks that come in pairs stay as they are.
 */
export function prose(text: string): string {
  const parts = visible(text).split("`");
  const paired = parts.length % 2 === 1;
  const safe = parts.map((part, index) => (paired && index % 2 === 1 ? escapeMrkdwn(part) : guardWords(part)));
  return safe.join(paired ? "`" : "'");
}

/** A name from outside (key, target, alert text) in backticks, whatever is inside it; at most `length` characters. */
export function code(text: string, length = 200): string {
  const inside = clip(visible(text).replaceAll("`", "ˋ"), length);
  return `\`${inside === "" ? " " : escapeMrkdwn(inside)}\``;
}

/** Shortened in the middle, where names differ least. */
export function clip(text: string, length: number): string {
  const characters = Array.from(text);
  if (characters.length <= length) return text;
  const head = Math.ceil((length - 1) * 0.6);
  return `${characters.slice(0, head).join("")}…${characters.slice(characters.length - (length - 1 - head)).join("")}`;
}

/** A sentence as far as there is room for it, to the end of a word. */
export function begin(text: string, length: number): string {
  const characters = Array.from(text);
  if (characters.length <= length) return text;
  const kept = characters.slice(0, length - 1).join("");
  const end = kept.lastIndexOf(" ");
  return `${end > length / 2 ? kept.slice(0, end) : kept}…`;
}

const FIGURE = /(?<![\w.-])\d[\d.,]{0,14} ?(?:%|[KMGT]i?B\b)/;

/** The same, and where it is cut off before its first share or size, that behind it. */
export function beginWithFigure(text: string, length: number): string {
  const kept = begin(text, length);
  const [figure] = FIGURE.exec(text) ?? [];
  return kept === text || figure === undefined || kept.includes(figure) ? kept : `${begin(text, length - figure.length - 1)} ${figure}`;
}

/** The reader's own date and time; ISO where Slack cannot say it. */
export function time(atMs: number): string {
  const iso = new Date(atMs).toISOString().replace(/\.\d+Z$/, "Z");
  return `<!date^${Math.floor(atMs / 1000)}^{date_short_pretty} {time_secs}|${iso}>`;
}

/** `0.97` → `very sure, 97%`. Never says 100%: nothing that Oomph concludes is certain. */
export function confidence(share: number): string {
  const percent = Math.min(99, Math.max(0, Math.round(share * 100)));
  return `${sureness(share)}, ${percent}%`;
}

/** A person by Slack id, as a mention; anything else than an id is shown as a name. */
export function person(id: string): string {
  if (/^[UW][A-Z0-9]{2,20}$/.test(id)) return `<@${id}>`;
  return /^S[A-Z0-9]{2,20}$/.test(id) ? `<!subteam^${id}>` : code(id);
}

/** An address as a link; undefined where there is none, or none that Slack would take. */
export function link(url: string | undefined, label: string): string | undefined {
  return url !== undefined && /^https?:\/\/[^\s<>|]+$/.test(url) ? `<${url}|${label}>` : undefined;
}

/** Who did something, for people. */
export function who(actor: Actor): string {
  switch (actor.kind) {
    case "user":
      return person(actor.id);
    case "alert":
      return `an alert (${prose(actor.source)})`;
    case "cli":
      return `${code(actor.login)} on the command line`;
    case "oomph":
      return "Oomph";
  }
}

/** Until when a silence holds, for people. */
export function untilWords({ untilMs }: Pick<Silence, "untilMs">): string {
  return untilMs === undefined ? "until it is resolved" : `until ${time(untilMs)}`;
}

/** What becomes of kills that it covers, in a sentence. */
export function killWords({ kills }: Pick<Silence, "kills">): string {
  return kills ? "Kills are counted and not told either." : "Kills are told all the same.";
}

/** What is silenced, for people: `deploy/shop/*`, the label `severity=warning`, a channel. */
export function silenceWords(what: Silenced): string {
  if (what.kind === "channel") return /^[CG][A-Z0-9]{2,20}$/.test(what.channel) ? `All in <#${what.channel}>` : code(what.channel);
  return what.kind === "storm" ? `The storm ${code(what.stormId)}` : code(formatSilenced(what));
}

/** `a`, `a and b`, `a, b and c`; with `or` on request. */
export function listed(items: readonly string[], word: "and" | "or" = "and"): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} ${word} ${items.at(-1)}`;
}

function sureness(share: number): string {
  if (share >= 0.95) return "very sure";
  if (share >= 0.8) return "fairly sure";
  if (share >= 0.6) return "likely";
  return share >= 0.35 ? "uncertain" : "a guess";
}

function guardWords(text: string): string {
  const words = text.split(" ");
  return words.map((word, at) => guardWord(word, at < words.length - 1)).join(" ");
}

// What follows a word, and is none of it.
const CLOSED = /^([("']*)(.*?)([)"'.,;!?]+:|[)"'.,;!?]*|(?<=\.\d+:\d+):)$/;
/** A colon before another word introduces that; at the end it may be of a key's prefix, and of `:name:` it is half. */
const INTRODUCING = /^([("']*)(?![("':])(.*?)([)"'.,;!?]*:?)$/;

function guardWord(word: string, isFollowed: boolean): string {
  if (!FORMATTING.test(word)) return escapeMrkdwn(word);
  const parts = (isFollowed ? INTRODUCING.exec(word) : null) ?? CLOSED.exec(word);
  const [, open = "", inner = "", close = ""] = parts ?? [];
  // Backticks stand in the place of quotes, not inside them.
  const quoted = open.endsWith('"') && close.startsWith('"');
  return quoted ? `${open.slice(0, -1)}\`${escapeMrkdwn(inner)}\`${close.slice(1)}` : `${open}\`${escapeMrkdwn(inner)}\`${close}`;
}

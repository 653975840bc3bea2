import type { AlertReading, Post } from "../domain/alert.ts";
import { namesIn } from "./names-in.ts";
import {
  ABOUT_CONTAINERS,
  NAME_OF_SERVER,
  NAME_OF_TROUBLE,
  PART_OF_TROUBLE,
  PHRASES,
  RESOLVED,
  RESOLVED_BEGINNINGS,
  SENDERS,
  SENTENCE_REACH,
  STILL_FIRING,
  TROUBLE_IN_WORDS,
} from "./rules.ts";

/**
 * Is this post about the memory of a Redis, and which may it be? Everything in it is data, never a command. Pure, and
 * linear in the length of the text.
 */
export function readAlert(post: Post): AlertReading {
  const text = post.text.toLowerCase().replace(/[^\S\n]+/g, " ");
  if (!isAboutRedisMemory(text, post.text)) return { kind: "not-about-memory" };
  return {
    kind: "about-memory",
    problem: "redis-memory",
    source: sourceOf(text),
    names: namesIn(post.text),
    status: isResolved(text) ? "resolved" : "firing",
  };
}

function isAboutRedisMemory(text: string, asWritten: string): boolean {
  if (has(text, PHRASES)) return true;
  const words = asWritten.match(/[A-Za-z][A-Za-z0-9_]{4,127}/g) ?? [];
  if (words.some(isAlertName)) return true;
  return !has(text, ABOUT_CONTAINERS) && text.split("\n").some(isSentence);
}

/** `RedisMemoryHigh`, `redis_out_of_memory`, `RedisOOM`; not `RedisExporterMemoryHigh`. */
function isAlertName(word: string): boolean {
  const name = word.toLowerCase();
  if (!has(name, NAME_OF_SERVER) || name.includes("exporter")) return false;
  return has(name, NAME_OF_TROUBLE) || word.split(/_|(?<=[a-z])(?=[A-Z])/).some((part) => part.toLowerCase() === PART_OF_TROUBLE);
}

function isSentence(line: string): boolean {
  for (const match of line.matchAll(SERVER_WORD)) {
    const around = line.slice(Math.max(0, match.index - SENTENCE_REACH), match.index + SENTENCE_REACH);
    if (has(around, TROUBLE_IN_WORDS)) return true;
  }
  return false;
}

// The product itself or a thing called after it, but not its exporter.
const SERVER_WORD = /\b(?:redis|valkey|elasticache)\b(?![-_ ]exporter)/g;

function isResolved(text: string): boolean {
  if (has(text, STILL_FIRING)) return false;
  const start = text.trimStart();
  return has(text, RESOLVED) || RESOLVED_BEGINNINGS.some((beginning) => start.startsWith(beginning));
}

function sourceOf(text: string): string {
  return SENDERS.find((sender) => has(text, sender.looks))?.source ?? "text";
}

function has(text: string, phrases: readonly string[]): boolean {
  return phrases.some((phrase) => text.includes(phrase));
}

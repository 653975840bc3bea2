import { namesIn } from "./names-in.ts";
import { ABOUT_CONTAINERS, NAME_OF_SERVER, NAME_OF_TROUBLE, PART_OF_TROUBLE, PHRASES, SENTENCE_REACH, TROUBLE_IN_WORDS } from "./rules.ts";
import { has, namesTrouble, wordsIn, type Said } from "./said.ts";

/** About the memory of a Redis: its own words, an alert's name, or a sentence. Words that may name it; undefined: it is not. */
export function readRedisWords(said: Said): readonly string[] | undefined {
  return isAboutRedisMemory(said) ? namesIn(said.asWritten) : undefined;
}

function isAboutRedisMemory(said: Said): boolean {
  const { text } = said;
  if (has(text, PHRASES) || wordsIn(said).some(isAlertName)) return true;
  return !has(text, ABOUT_CONTAINERS) && text.split("\n").some(isSentence);
}

/** `RedisMemoryHigh`, `redis_out_of_memory`, `RedisOOM`; not `RedisExporterMemoryHigh`. */
function isAlertName(word: string): boolean {
  return namesTrouble(word, NAME_OF_SERVER, { anywhere: NAME_OF_TROUBLE, asPart: [PART_OF_TROUBLE] });
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

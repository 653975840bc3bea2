import type { AlertFacts } from "../domain/alert.ts";
import { everyMatch } from "./every-match.ts";

// Senders' own names for an alert, beside its title.
const NAME_LABELS = ["alertname", "alert_name", "rulename", "alert"] as const;
// A text of words can hold as many.
const MOST_NAMES = 400;

/** A name that rules are asked about. */
export type AlertName = {
  /** Letters and digits in lower case: `HighMemory Usage` → `highmemoryusage`. */
  readonly squeezed: string;
  /** `KubePodOOMKilled` → kube, pod, oom, killed. */
  readonly parts: readonly string[];
};

/**
 * What an alert may be called: its name and its sender's labels for it, each whole and word by word where a word is made of
 * several (`HighMemoryUsage` in a title); where it has no name, such words of its text.
 */
export function namesOf({ name, labels, text }: AlertFacts): readonly AlertName[] {
  const called = [name, ...NAME_LABELS.map((label) => labels[label])].flatMap((one) => one ?? []).filter((one) => one !== "");
  const words = (called.length === 0 ? [text] : called).flatMap(compoundWords);
  return [...new Set([...called, ...words])].slice(0, MOST_NAMES).flatMap(nameOf);
}

/** `redis_out_of_memory`, `HighMemoryUsage`, `node-memory-high`; not a word that is only one, and not what a label says. */
function compoundWords(text: string): readonly string[] {
  const labelled = everyMatch(text, NAMED).map(([, name = ""]) => name);
  const words = (text.match(WORD) ?? []).filter((word) => partsOf(word).length > 1 || word.length > 11);
  return [...labelled, ...words];
}

const NAMED = /\balert_?name["'`*]{0,3} ?[=:] ?["'`*]{0,3}([A-Za-z][\w-]{0,127})/gi;
const WORD = /(?<![=\w./:-]|=["'])[A-Za-z][A-Za-z0-9_-]{3,127}/g;

function nameOf(name: string): AlertName | [] {
  const squeezed = squeeze(name);
  return squeezed === "" ? [] : { squeezed, parts: partsOf(name) };
}

/** Of a pattern or a name: what is left when only letters, digits and `*` count. */
export function squeeze(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}*]+/gu, "");
}

// Its capitals divide no words: ElastiCacheEvictions is elasticache, evictions.
const BRAND = /ElastiCache/g;
const BETWEEN = /[^\p{L}\p{N}]+|(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;

function partsOf(name: string): readonly string[] {
  return name
    .replace(BRAND, "Elasticache")
    .split(BETWEEN)
    .filter((part) => part !== "")
    .map((part) => part.toLowerCase());
}

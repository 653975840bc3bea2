import type { AlertFacts } from "../domain/alert.ts";
import { podShape } from "./pod-shape.ts";

// `memory-cache-1`, `high-memory-worker-3`, `memory-service`: small letters, several parts; no piece of an address or a path.
const HYPHENATED = /(?<![\p{L}\p{N}_./:=-])[\p{Ll}\d]{1,60}(?:-[\p{Ll}\d]{1,60}){1,8}(?![\p{L}\p{N}_-])/gu;
const MEMORY = /(?<=^|-)(?:mem|memory|ram|oom|memoria|memória|mémoire|speicher)(?=-|$)/gu;
/** What programs are called at their end; a kind of trouble (`memory-leak`, `out-of-memory`) is called otherwise. */
const OF_A_PROGRAM = /-(?:api|app|cache|db|gateway|index|indexer|manager|proxy|server|service|store|svc|worker)$/u;

/**
 * An alert whose sentences no longer say memory where that is no more than what somebody is called. What a single word
 * calls the alert (`web-memory-1`) stays. Linear.
 */
export function withoutCallNames(facts: AlertFacts): AlertFacts {
  const { name, text } = facts;
  return { ...facts, name: name !== null && /\s/.test(name) ? without(name) : name, text: without(text) };
}

function without(text: string): string {
  return text.replaceAll(HYPHENATED, (word) => (isCallName(word) ? word.replaceAll(MEMORY, "x") : word));
}

function isCallName(word: string): boolean {
  return /-\d{1,4}$/.test(word) || OF_A_PROGRAM.test(word) || podShape(word) === "surely";
}

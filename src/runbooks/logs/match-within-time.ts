import { createContext, Script } from "node:vm";

// Long enough for 20,000 lines and an ordinary pattern; the process does nothing else meanwhile. The clock runs on while a
// busy machine does something else, so that a second time is given, and more of it.
const TIME_BOXES_MS = [250, 1000] as const;

export type Matched = { readonly kind: "matched"; readonly lines: readonly number[] } | { readonly kind: "given-up" };

/**
 * Indexes of the lines that a pattern from the configuration matches. Whatever the pattern, it ends: V8 breaks off a
 * match that goes back and forth for too long, and then the pattern is given up.
 */
export function matchWithinTime(pattern: string, lines: readonly string[], timeBoxesMs: readonly number[] = TIME_BOXES_MS): Matched {
  for (const timeBoxMs of timeBoxesMs) {
    const found = match(pattern, lines, timeBoxMs);
    if (found.kind === "matched") return found;
  }
  return { kind: "given-up" };
}

function match(pattern: string, lines: readonly string[], timeBoxMs: number): Matched {
  const context = createContext({ pattern, text: JSON.stringify(lines) });
  try {
    const found: unknown = new Script(MATCH).runInContext(context, { timeout: timeBoxMs });
    return { kind: "matched", lines: readIndexes(found) };
  } catch (error) {
    if (isUnusable(error)) return { kind: "given-up" };
    throw error;
  }
}

const MATCH = `
  const test = new RegExp(pattern, "u");
  JSON.stringify(JSON.parse(text).flatMap((line, at) => test.test(line) ? [at] : []));
`;

function readIndexes(found: unknown): readonly number[] {
  const indexes: unknown = JSON.parse(String(found));
  return Array.isArray(indexes) ? indexes.filter((index) => typeof index === "number") : [];
}

/** Too slow, or no pattern at all. Thrown by another context, these are no instances of this one's Error. */
function isUnusable(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const isTimeout = "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
  return isTimeout || ("name" in error && error.name === "SyntaxError");
}

import { nearest } from "../domain/nearest.ts";

/** One thing that is wrong with the configuration. All of them are told at once. */
export type Problem = {
  /** Where to mend it: `SLACK_BOT_TOKEN`, or `oomph.yaml:12 redis.connections.sessions.url`. */
  readonly key: string;
  /** What came; a secret is never shown. */
  readonly received: string;
  /** What was expected, and what to do where that is not obvious. */
  readonly expected: string;
};

const MAX_SHOWN = 80;

/** `OOMPH_HTTP_PORT: expected a whole number from 0 to 65535, got "http"`. */
export function formatProblem({ key, expected, received }: Problem): string {
  return `${key}: expected ${expected}, got ${received}`;
}

/** A value as it may be shown. */
export function show(value: unknown, secret: boolean): string {
  if (value === undefined || value === null || value === "") return "nothing";
  if (secret) return typeof value === "string" ? `a value of ${value.length} characters (not shown)` : "something else (not shown)";
  const text = JSON.stringify(value).replaceAll(/\/\/[^/@\s"]*@/g, "//***@");
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}

/** What to expect instead of an unknown key. */
export function knownKeys(unknown: string, known: readonly string[]): string {
  const [close] = nearest(unknown, known);
  return close === undefined ? `one of ${known.join(", ")}` : `a known name, perhaps ${close}`;
}

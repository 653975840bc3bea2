/*
 * Of a text that holds several things explain tells the first that it knows. What else is in it is said by its kind, so that
 * nobody takes the answer for all of it.
 */

/** What a part of a text is told as; undefined: nothing that is sure enough to be spoken of. */
export type KindOf = (part: string) => string | undefined;

// What is longer is one log.
const MOST_CHARACTERS = 2 ** 20;
const MOST_PARTS = 100;
// `Jun 11 14:22:20 node-7 `, `2026-06-11T14:22:20`, `[12345.678901]`: from there on it is a log.
const LOG_LINE = /^(?:[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d |\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d|\[ {0,8}\d{1,8}\.\d{6}\] )/;
const END_OF_JSON = /^[}\]]\s*$/;

// What kubectl says is one, whatever it is about.
const OF_KUBECTL: ReadonlySet<string> = new Set(["pod", "node", "events"]);

/** Kinds of what a text holds beside what it was told as, each once. Linear. */
export function kindsBeside(text: string, told: string, kindOf: KindOf): readonly string[] {
  const parts = text.length > MOST_CHARACTERS ? [] : partsOf(text);
  if (parts.length < 2) return [];
  const kinds = new Set(parts.slice(0, MOST_PARTS).map(kindOf));
  return [...kinds].flatMap((kind) => (kind === undefined || family(kind) === family(told) ? [] : kind));
}

/** The same for people. */
export function sayBeside(kinds: readonly string[]): string {
  const names = kinds.map((kind) => NAMES.get(kind) ?? kind);
  return `There is more in this text: ${names.join(", ")}. Give that alone to have it read.\n`;
}

const NAMES: ReadonlyMap<string, string> = new Map([
  ["alert", "an alert"],
  ["kernel_oom", "a kernel's log"],
  ["program_log", "a program's log"],
  ["redis_info", "what a Redis says of itself"],
  ...[...OF_KUBECTL].map((kind) => [kind, "what kubectl says"] as const),
]);

function family(kind: string): string {
  return OF_KUBECTL.has(kind) ? "kubectl" : kind;
}

/** Parts end at an empty line, where JSON ends, and where a log begins. */
function partsOf(text: string): readonly string[] {
  const parts: string[][] = [[]];
  const end = (): void => {
    if (parts.at(-1)?.length !== 0) parts.push([]);
  };
  let isInLog = false;
  for (const [index, line] of text.split("\n").entries()) {
    const isEmpty = line.trim() === "";
    const beginsLog: boolean = !isInLog && LOG_LINE.test(line);
    if (isEmpty || beginsLog) end();
    isInLog = !isEmpty && (isInLog || beginsLog);
    if (!isEmpty) parts.at(-1)?.push(line);
    if (END_OF_JSON.test(line) || (index === 0 && isWholeJson(line))) end();
  }
  return parts.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
}

/** As a sender's message; loggers write such lines as well, many of them. */
function isWholeJson(line: string): boolean {
  return line.startsWith("{") && line.trimEnd().endsWith("}");
}

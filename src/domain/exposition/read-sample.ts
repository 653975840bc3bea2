/** One number that a program tells, with its labels. */
export type Sample = { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly value: number };

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /\s*([a-zA-Z_][a-zA-Z0-9_]*|"(?:[^"\\\n]|\\.)*")\s*(?:=\s*"((?:[^"\\\n]|\\.)*)")?\s*(,|})/y;
// `NaN` and infinities are values too. A time and an exemplar may follow, which are not read.
const VALUE = /\s*([+-]?(?:\d[\d.]*(?:[eE][+-]?\d+)?|\.\d+|Inf(?:inity)?)|NaN)(?:\s|$)/iy;

/** Reads a line such as `http_requests_total{method="post",code="200"} 1027 1395066363000`. Undefined: it is none. Pure. */
export function readSample(line: string): Sample | undefined {
  NAME.lastIndex = 0;
  const written = NAME.exec(line)?.[0];
  const labels = readLabels(line, written?.length ?? 0);
  if (labels === undefined) return undefined;
  const name = written ?? labels.name;
  VALUE.lastIndex = labels.end;
  const value = VALUE.exec(line)?.[1];
  if (name === undefined || value === undefined) return undefined;
  return { name, labels: labels.pairs, value: numberOf(value) };
}

type Labels = { readonly pairs: Readonly<Record<string, string>>; readonly end: number; readonly name?: string };

/** From where the name ended. A name in quotes stands among the labels, without a value. */
function readLabels(line: string, start: number): Labels | undefined {
  if (line[start] !== "{") return { pairs: {}, end: start };
  const pairs = new Map<string, string>();
  let name: string | undefined;
  let at = start + 1;
  for (;;) {
    const empty = /\s*}/y;
    empty.lastIndex = at;
    if (empty.test(line)) return { pairs: Object.fromEntries(pairs), end: empty.lastIndex, ...(name === undefined ? {} : { name }) };
    LABEL.lastIndex = at;
    const found = LABEL.exec(line);
    if (found === null) return undefined;
    const [, key = "", value, mark] = found;
    if (value !== undefined) pairs.set(unquoted(key), unescaped(value));
    else if (key.startsWith('"') && name === undefined) name = unquoted(key);
    else return undefined;
    at = LABEL.lastIndex - (mark === "}" ? 1 : 0); // the end is read above
  }
}

function unquoted(key: string): string {
  return key.startsWith('"') ? unescaped(key.slice(1, -1)) : key;
}

function unescaped(text: string): string {
  return text.includes("\\") ? text.replaceAll(/\\(.)/g, (_all, letter: string) => (letter === "n" ? "\n" : letter)) : text;
}

function numberOf(text: string): number {
  const lower = text.toLowerCase();
  if (lower.endsWith("inf") || lower.endsWith("infinity"))
    return lower.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

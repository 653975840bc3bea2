import { OomphError } from "../domain/errors.ts";

export type GivenParams = {
  /** `-p name=value` each. */
  readonly param: readonly string[];
  /** What stood after action and target: `--limit`, `4g`, or `--limit=4g`. */
  readonly rest: readonly string[];
};

// Lists: given several times, each is a line of its own.
const REPEATABLE: ReadonlySet<string> = new Set(["set", "unset"]);

/** Parameters as `/oom run` takes them (`--limit 4g`), and as `-p limit=4g`, in the order given. Throws OomphError `bad-input`. */
export function readActionParams({ param, rest }: GivenParams): readonly (readonly [name: string, value: string])[] {
  const pairs = [...param.map(readPair), ...readFlags(rest)];
  const twice = pairs.find(([name], index) => !REPEATABLE.has(name) && pairs.findIndex(([other]) => other === name) < index);
  if (twice !== undefined) throw new OomphError("bad-input", `--${twice[0]} is given twice`);
  return pairs;
}

/** By name; what was given several times has a line each. */
export function asParams(pairs: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  const params = new Map<string, string>();
  for (const [name, value] of pairs) {
    const before = params.get(name);
    params.set(name, before === undefined ? value : `${before}\n${value}`);
  }
  return Object.fromEntries(params);
}

/** As they are typed after `/oom run`. */
export function typedParams(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([name, value]) => ` --${name} ${/\s/.test(value) ? JSON.stringify(value) : value}`).join("");
}

function readPair(text: string): readonly [string, string] {
  const equals = text.indexOf("=");
  if (equals < 1) throw new OomphError("bad-input", `--param expected name=value, got ${JSON.stringify(text)}`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

function readFlags(words: readonly string[]): readonly (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    const [, name, written] = /^--([a-z][a-z0-9-]*)(?:=(.*))?$/is.exec(word) ?? [];
    if (name === undefined)
      throw new OomphError("bad-input", `expected a parameter such as --limit 4g after action and target, got ${JSON.stringify(word)}`);
    const value = written ?? words[(index += 1)];
    if (value === undefined) throw new OomphError("bad-input", `expected a value after --${name}, got none`);
    pairs.push([name, value]);
  }
  return pairs;
}

import { z } from "zod";

// As POSIX has it; a shell could set no other.
const NAME = /^[A-Za-z_][A-Za-z0-9_.]*$/;
const MOST_VARIABLES = 50;
const MOST_VALUE = 32_768;

/** What each of the two parameters expects, for every refusal. */
export const EXPECTED_VARIABLES = {
  set: 'NAME=value, one per line, or as JSON: {"NAME": "value"}. A name is letters, digits and _, and is set once',
  unset: "names of variables, separated by spaces or commas",
};

/** Variables to be set: lines of text, a list, or names with values. */
export const setVariables = z
  .union([z.string(), z.array(z.string()), z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))])
  .transform((given, context): Readonly<Record<string, string>> => {
    const read = readVariables(given);
    if (read !== undefined) return read;
    context.addIssue({ code: "custom", message: EXPECTED_VARIABLES.set, input: given });
    return z.NEVER;
  });

/** Names of variables to be taken away. */
export const unsetVariables = z.union([z.string(), z.array(z.string())]).transform((given, context): readonly string[] => {
  const names = typeof given === "string" ? given.split(/[\s,]+/).filter((name) => name !== "") : given;
  if (names.length <= MOST_VARIABLES && names.every((name) => NAME.test(name))) return [...new Set(names)];
  context.addIssue({ code: "custom", message: EXPECTED_VARIABLES.unset, input: given });
  return z.NEVER;
});

/** Lines of text, a list, or names with values. A value goes on to the end of its line and is taken as it is. */
function readVariables(
  given: string | readonly string[] | Readonly<Record<string, string | number | boolean>>,
): Record<string, string> | undefined {
  if (typeof given === "string") {
    if (given.trimStart().startsWith("{")) return readJson(given);
    return readVariables(given.split(/\r?\n/).filter((line) => line.trim() !== ""));
  }
  const entries = isList(given) ? given.map(splitVariable) : Object.entries(given).map(([name, value]) => [name, String(value)] as const);
  const names = new Set(entries.map(([name]) => name));
  const fine = entries.every(
    ([name, value]) => NAME.test(name) && value !== undefined && value.length <= MOST_VALUE && !value.includes("\0"),
  );
  if (!fine || names.size < entries.length || names.size > MOST_VARIABLES) return undefined;
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? ""]));
}

function readJson(text: string): Record<string, string> | undefined {
  try {
    const parsed = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).safeParse(JSON.parse(text));
    return parsed.success ? readVariables(parsed.data) : undefined;
  } catch {
    return undefined; // said with what was expected
  }
}

function splitVariable(entry: string): readonly [name: string, value: string | undefined] {
  const at = entry.indexOf("=");
  return at === -1 ? [entry, undefined] : [entry.slice(0, at).trimStart(), entry.slice(at + 1)];
}

function isList<Item>(given: readonly Item[] | object): given is readonly Item[] {
  return Array.isArray(given);
}

import { z } from "zod";
import { paramKinds, readMemorySize, readWhole } from "../params-schema.ts";

/** What each parameter expects, for every refusal. */
const EXPECTED = {
  limit: "a size such as 4g, a number of bytes, or a rise such as +50%",
  forceBelow: "yes or no",
  set: 'NAME=value, one per line, or as JSON: {"NAME": "value"}. A name is letters, digits and _, and is set once',
  unset: "names of variables, separated by spaces or commas",
  workers: "a whole number from 1 to 512, such as 8",
  cache: "a size with its unit, such as 256m",
  run: "the id of the run that made it, run_..., as the thread names it",
  previous: "the id of a container, 12 to 64 hexadecimal digits",
};

const { field, yesNo, readParams } = paramKinds(EXPECTED);
export { readParams };

// As POSIX has it; a shell could set no other.
const NAME = /^[A-Za-z_][A-Za-z0-9_.]*$/;
const MOST_VARIABLES = 50;
const MOST_VALUE = 32_768;

const limit = field("limit", readMemorySize);

export const MemoryParams = z.strictObject({ limit, forceBelow: yesNo("forceBelow").default(false) });

export const RestartParams = z.strictObject({});

const set = z
  .union([z.string(), z.array(z.string()), z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))])
  .transform((given, context): Readonly<Record<string, string>> => {
    const read = readVariables(given);
    if (read !== undefined) return read;
    context.addIssue({ code: "custom", message: EXPECTED.set, input: given });
    return z.NEVER;
  });

const unset = z.union([z.string(), z.array(z.string())]).transform((given, context): readonly string[] => {
  const names = typeof given === "string" ? given.split(/[\s,]+/).filter((name) => name !== "") : given;
  if (names.length <= MOST_VARIABLES && names.every((name) => NAME.test(name))) return [...new Set(names)];
  context.addIssue({ code: "custom", message: EXPECTED.unset, input: given });
  return z.NEVER;
});

export const EnvironmentParams = z.strictObject({ set: set.default({}), unset: unset.default([]), limit: limit.optional() });
export type EnvironmentParams = z.output<typeof EnvironmentParams>;

/** What a Compose file shall say: as it was done to the container. */
export const ProposeParams = z.strictObject({
  set: set.default({}),
  unset: unset.default([]),
  limit: field("limit", (text) => {
    const size = readMemorySize(text);
    return size?.kind === "bytes" ? size.bytes : undefined;
  }).optional(),
});

const workers = field("workers", (text) => {
  const count = readWhole(text, 1);
  return count !== undefined && count <= 512 ? count : undefined;
});

export const KongParams = z.strictObject({
  workers,
  limit: limit.optional(),
  cache: field("cache", (text) => (/^[1-9]\d{0,5}[mg]$/i.test(text) ? text.toLowerCase() : undefined)).optional(),
});

export const WorkersParams = z.strictObject({ workers, limit: limit.optional() });

const previous = field("previous", (text) => (/^[0-9a-f]{12,64}$/.test(text) ? text : undefined));

export const RollbackParams = z.strictObject({
  run: field("run", (text) => (/^run_[\w-]{1,60}$/.test(text) ? text : undefined)).optional(),
  previous: previous.optional(),
});

export const RemovePreviousParams = z.strictObject({ previous: previous.optional() });

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

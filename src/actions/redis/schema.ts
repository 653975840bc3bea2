import { z } from "zod";
import { dashed } from "../../domain/dashed.ts";
import { parseBytes } from "../../domain/bytes.ts";
import { parseDuration } from "../../domain/duration.ts";
import type { ActionDoc } from "../../domain/plan.ts";
import type { Json } from "../../domain/json.ts";
import { received } from "../words.ts";

/** Params as people type them (all text) or as a plan froze them (numbers and text). */
export type ReadParams<Params> =
  | { readonly kind: "read"; readonly params: Params }
  | { readonly kind: "refused"; readonly because: string };

/** Source: redis.conf, maxmemory-policy. */
export const EVICTION_POLICIES = [
  "noeviction",
  "allkeys-lru",
  "allkeys-lfu",
  "allkeys-random",
  "volatile-lru",
  "volatile-lfu",
  "volatile-random",
  "volatile-ttl",
] as const;

export type EvictionPolicy = (typeof EVICTION_POLICIES)[number];

/** What each parameter expects, for every refusal. */
const EXPECTED = {
  database: "a whole number from 0 up, such as 2",
  atMostKeys: "a whole number from 0 up, such as 5000",
  boundKeys: "a whole number, as a plan computed it",
  keysPerSecond: "a whole number from 1 up, such as 5000",
  policy: `one of ${EVICTION_POLICIES.join(", ")}`,
  persist: "yes or no",
  unlimited: "yes or no",
  everything: "yes or no",
  maxmemory: "a size such as 512mb, a number of bytes, a rise such as +50%, or 0 for no limit",
  minimumBytes: "a size of 16kb or more, such as 1mb or 1048576",
  pattern: "a glob pattern of key names of up to 512 characters, such as session:*",
  ttl: "a time with its unit of at least 1s, such as 30m, 1h or 7d",
  resumeFrom: "a place to continue from, as an interrupted run named it, such as 1a2b3c4d:1792",
  expiresAtMs: "the exact time of expiry in milliseconds since 1970, as the run that set it named it",
  clients: "a list of clients, as a plan named them",
};

const yesNo = (name: keyof typeof EXPECTED) =>
  field(name, (text) => ({ yes: true, true: true, no: false, false: false })[text.toLowerCase()]);
const database = field("database", (text) => readWhole(text, 0));
const pattern = field("pattern", (text) => (text === "" || text.length > 512 ? undefined : text));

const bounds = {
  atMostKeys: field("atMostKeys", (text) => readWhole(text, 0)).optional(),
  boundKeys: field("boundKeys", (text) => readWhole(text, 0)).optional(),
};

export const FlushParams = z.strictObject({ database: database.optional(), ...bounds });
export type FlushParams = z.output<typeof FlushParams>;

export const PolicyParams = z.strictObject({
  policy: field("policy", (text) => EVICTION_POLICIES.find((name) => name === text.toLowerCase())),
  persist: yesNo("persist").default(false),
});
export type PolicyParams = z.output<typeof PolicyParams>;

export const MaxmemoryParams = z.strictObject({
  maxmemory: field("maxmemory", readMemorySize),
  persist: yesNo("persist").default(false),
  unlimited: yesNo("unlimited").default(false),
});
export type MaxmemoryParams = z.output<typeof MaxmemoryParams>;

const walk = {
  database: database.optional(),
  pattern,
  keysPerSecond: field("keysPerSecond", (text) => readWhole(text, 1)).default(10_000),
  resumeFrom: field("resumeFrom", (text) => (/^[0-9a-f]{8}:\d{1,20}$/.test(text) ? text : undefined)).optional(),
  ...bounds,
};

export const UnlinkParams = z.strictObject({ ...walk, everything: yesNo("everything").default(false) });
export type UnlinkParams = z.output<typeof UnlinkParams>;

export const ExpireParams = z.strictObject({ ...walk, pattern: pattern.default("*"), ttl: field("ttl", readTtl) });
export type ExpireParams = z.output<typeof ExpireParams>;

export const PersistParams = z.strictObject({
  ...walk,
  pattern: pattern.default("*"),
  expiresAtMs: field("expiresAtMs", (text) => readWhole(text, 1)),
});
export type PersistParams = z.output<typeof PersistParams>;

/** One connection to end: on which server (run_id), which id, from where. */
export const SlowClient = z.strictObject({ server: z.string(), id: z.string(), address: z.string() });
export type SlowClient = z.output<typeof SlowClient>;

export const KillParams = z.strictObject({
  minimumBytes: field("minimumBytes", readMinimum).default(1024 ** 2),
  clients: z.array(SlowClient).optional(),
});
export type KillParams = z.output<typeof KillParams>;

/** What `set-maxmemory` was asked for: an absolute size, or a share on top of the present one. */
export type MemorySize = { readonly kind: "bytes"; readonly bytes: number } | { readonly kind: "rise"; readonly percent: number };

/** Reads params; names may be written `keysPerSecond` or `keys-per-second`. Every problem is named at once. */
export function readParams<Params>(schema: z.ZodType<Params>, doc: ActionDoc, given: Readonly<Record<string, Json>>): ReadParams<Params> {
  const params = Object.fromEntries(Object.entries(given).map(([name, value]) => [camel(name), value]));
  const parsed = schema.safeParse(params);
  if (parsed.success) return { kind: "read", params: parsed.data };
  const problems = parsed.error.issues.flatMap((issue) => describeIssue(issue, params));
  return { kind: "refused", because: `${doc.id}: ${problems.join("; ")}. ${known(doc)}` };
}

function describeIssue(issue: z.core.$ZodIssue, params: Readonly<Record<string, Json>>): readonly string[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((name) => `there is no parameter --${dashed(name)}`);
  const name = String(issue.path[0] ?? "");
  return [`--${dashed(name)} expected ${expectedOf(name)}, got ${received(params[name])}`];
}

function known(doc: ActionDoc): string {
  if (doc.params.length === 0) return "It takes no parameters.";
  const list = doc.params.map(({ name, says, required }) => `--${dashed(name)}${required ? " (required)" : ""}: ${says}`);
  return `It takes ${list.join("; ")}.`;
}

function expectedOf(name: string): string {
  return Object.entries(EXPECTED).find(([known]) => known === name)?.[1] ?? "something else";
}

function field<Value>(name: keyof typeof EXPECTED, read: (text: string) => Value | undefined) {
  return z.union([z.string(), z.number(), z.boolean()]).transform((given, context): Value => {
    const value = read(String(given).trim());
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: EXPECTED[name], input: given });
    return z.NEVER;
  });
}

function readWhole(text: string, least: number): number | undefined {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) && number >= least ? number : undefined;
}

function readTtl(text: string): number | undefined {
  const ttlMs = parseDuration(text);
  return ttlMs !== undefined && ttlMs >= 1000 ? ttlMs : undefined;
}

/** Every client has a fixed 16 KiB for replies: below that nobody is slow. */
function readMinimum(text: string): number | undefined {
  const size = parseBytes(text);
  return size !== undefined && size >= 16 * 1024 ? size : undefined;
}

function readMemorySize(text: string): MemorySize | undefined {
  const rise = /^\+(\d{1,4})\s*%$/.exec(text)?.[1];
  if (rise !== undefined) return Number(rise) === 0 ? undefined : { kind: "rise", percent: Number(rise) };
  const size = parseBytes(text);
  return size === undefined ? undefined : { kind: "bytes", bytes: size };
}

function camel(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

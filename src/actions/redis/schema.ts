import { z } from "zod";
import { parseBytes } from "../../domain/bytes.ts";
import { parseDuration } from "../../domain/duration.ts";
import { paramKinds, readMemorySize, readWhole } from "../params-schema.ts";

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

const { field, yesNo, readParams } = paramKinds(EXPECTED);
export { readParams };

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

function readTtl(text: string): number | undefined {
  const ttlMs = parseDuration(text);
  return ttlMs !== undefined && ttlMs >= 1000 ? ttlMs : undefined;
}

/** Every client has a fixed 16 KiB for replies: below that nobody is slow. */
function readMinimum(text: string): number | undefined {
  const size = parseBytes(text);
  return size !== undefined && size >= 16 * 1024 ? size : undefined;
}

import { formatCount } from "../../domain/count.ts";
import { formatBytes } from "../../domain/bytes.ts";
import type { Advice } from "../../domain/finding.ts";
import { looksThrowAway } from "./looks-throw-away.ts";
import { occupancyOf, ttlShareOf } from "./occupancy.ts";
import type { NodePicture } from "./picture.ts";
import { shareOf, totalBytesOf } from "./sampling.ts";
import type { DatabaseCensus, PrefixCensus } from "./schema.ts";
import { oneLine, percent } from "./words.ts";

const TTL_FOR_KEPT_KEYS = { param: "24h", says: "24 h" };
const TTL_FOR_THROW_AWAY_KEYS = { param: "1h", says: "1 h" };
const WORTHWHILE_SHARE = 0.1;
const MOSTLY_WITHOUT_TTL = 0.9;
// Redis needs room beside maxmemory: for snapshots, fragmentation and buffers that are not counted.
const HOST_SHARE_FOR_REDIS = 0.75;
const MORE_MEMORY = 1.5;
const MIN_GAIN = 1.1;
const MEBIBYTE = 2 ** 20;

/** What helps a server that is full of keys, the recommended first. What may drop keys that somebody needs comes after what loses nothing. */
export function adviceForKeys(node: NodePicture): readonly Advice[] {
  const main = mainDatabase(node);
  const harmless = [...evictExpiring(node), ...moreMemory(node)];
  if (main === undefined) return withEvictAny(node, harmless);
  const throwAway = looksThrowAway(node, main);
  const gentle = withEvictAny(node, [...expireKeys(node, main, throwAway.kind === "throw-away"), ...harmless]);
  if (throwAway.kind === "keep") return gentle;
  if (throwAway.kind === "perhaps") return gentle.length === 0 ? [] : [...gentle, flush(node, main, throwAway.because)];
  const [prefix] = throwAway.prefixes;
  return [prefix === undefined ? flush(node, main, throwAway.because) : unlink(main, prefix), ...gentle];
}

/** The database that holds the most: by bytes where sizes were sampled, else by keys. */
export function mainDatabase(node: NodePicture): number | undefined {
  const sized = (node.census?.value ?? []).map((census) => ({
    database: census.database,
    size: totalBytesOf(census, census.keys)?.value ?? 0,
  }));
  const byBytes = sized.toSorted((left, right) => right.size - left.size)[0];
  if (byBytes !== undefined && byBytes.size > 0) return byBytes.database;
  return (node.info?.value.databases ?? []).toSorted((left, right) => right.keys - left.keys)[0]?.database;
}

/** Raising maxmemory, where the host has room for it. */
export function moreMemory(node: NodePicture): readonly Advice[] {
  const { usedBytes = 0, maxmemoryBytes, hostBytes, hostSure } = occupancyOf(node);
  if (maxmemoryBytes === undefined || maxmemoryBytes === 0 || hostBytes === undefined) return [];
  // A server can hold more than its limit (the limit was lowered, a script overran it): only what is above that helps.
  const neededBytes = Math.max(usedBytes, maxmemoryBytes);
  const bytes = Math.floor(Math.min(neededBytes * MORE_MEMORY, hostBytes * HOST_SHARE_FOR_REDIS) / MEBIBYTE) * MEBIBYTE;
  if (bytes < neededBytes * MIN_GAIN) return [];
  const room = hostSure
    ? `its container or host has ${formatBytes(hostBytes)}`
    : `its host has ${formatBytes(hostBytes)}; check first that no container limit is lower`;
  const why = `Raises maxmemory from ${formatBytes(maxmemoryBytes)} to ${formatBytes(bytes)} (${room}). It only buys time: whatever fills it goes on.`;
  return [{ actionId: "redis.set-maxmemory", params: { maxmemory: bytes }, why }];
}

/** An eviction policy under which Redis makes room by itself of what would go anyway. */
function evictExpiring(node: NodePicture): readonly Advice[] {
  const ttlShare = ttlShareOf(node) ?? 0;
  if (occupancyOf(node).policy !== "noeviction" || ttlShare < WORTHWHILE_SHARE) return [];
  const why = `Lets Redis drop keys that were going to expire anyway (${percent(ttlShare)} of all), those not used for longest first. Keys without a TTL stay.`;
  return [{ actionId: "redis.set-eviction-policy", params: { policy: "volatile-lru" }, why }];
}

/** Behind what loses nothing, and only where the policy was read: for a Redis of which a log line is all that is known it is a guess that drops data. */
function withEvictAny(node: NodePicture, advice: readonly Advice[]): readonly Advice[] {
  const { policy } = occupancyOf(node);
  if (policy === undefined || policy.startsWith("allkeys-")) return advice;
  const why =
    "Redis then makes room by itself, dropping what was not used for longest. Any key may go, also one that an application counts on: right for a cache, wrong for queues, locks or the only copy of something.";
  return [...advice, { actionId: "redis.set-eviction-policy", params: { policy: "allkeys-lru" }, why }];
}

/**
 * A pattern for SCAN MATCH that fits the keys beginning with `prefix`, which is written as the port writes key names: a
 * doubled backslash there means one in patterns too, and an escaped byte, which patterns cannot name, becomes any byte.
 */
export function patternOf(prefix: string): string {
  const escaped = prefix.replaceAll(/\\\\|\\x[0-9a-f]{2}|[*?[\]]/gi, (part) => {
    if (part.length === 1) return `\\${part}`;
    return part.length === 2 ? part : "?";
  });
  return `${escaped}*`;
}

function flush(node: NodePicture, database: number, because: string): Advice {
  const keys = node.info?.value.databases.find((each) => each.database === database)?.keys;
  const what = keys === undefined ? "every key" : `all ${formatCount(keys)} keys`;
  return {
    actionId: "redis.flush-db",
    params: { database },
    why: `Removes ${what} of database ${database} and frees their memory at once. It looks like throw-away data: ${because}. It cannot be undone, so be sure that nobody needs it.`,
  };
}

/** Where other keys share the database, only those that may go. */
function unlink(database: number, prefix: string): Advice {
  return {
    actionId: "redis.unlink-keys",
    params: { database, pattern: patternOf(prefix) },
    why: `Removes the keys "${oneLine(prefix)}*" of database ${database}, whose name says throw-away data, at a gentle pace; other keys there stay. It cannot be undone, so be sure that nobody needs them.`,
  };
}

function expireKeys(node: NodePicture, database: number, throwAway: boolean): readonly Advice[] {
  const census = node.census?.value.find((each) => each.database === database);
  const prefix = census === undefined ? undefined : unboundedPrefix(census);
  if (census === undefined || prefix === undefined) return [];
  const ttl = throwAway ? TTL_FOR_THROW_AWAY_KEYS : TTL_FOR_KEPT_KEYS;
  const keys = (prefix.sampled / census.sampled) * census.keys;
  const bytes = totalBytesOf(prefix, keys);
  const size = bytes === undefined ? "" : `, about ${formatBytes(Math.round(bytes.value))}`;
  const why = `Gives the keys "${oneLine(prefix.prefix)}*" of database ${database} that never expire (about ${formatCount(keys)}${size}) a TTL of ${ttl.says}: they go by themselves then. Until then nothing is lost, and no memory is freed. New keys need their TTL from the code that writes them.`;
  return [{ actionId: "redis.expire-keys", params: { database, pattern: patternOf(prefix.prefix), ttl: ttl.param }, why }];
}

/** The largest group with a name of its own that holds a good part and hardly ever expires. */
function unboundedPrefix({ prefixes, sampled, complete }: DatabaseCensus): PrefixCensus | undefined {
  return prefixes.find(
    (each) =>
      each.prefix !== "" &&
      each.sampled >= sampled * WORTHWHILE_SHARE &&
      shareOf(each.withoutTtl, each.sampled, complete).value >= MOSTLY_WITHOUT_TTL,
  );
}

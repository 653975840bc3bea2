import { formatCount } from "../../domain/count.ts";
import { formatBytes } from "../../domain/bytes.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { Diagnosis } from "../../domain/finding.ts";
import type { NodePicture, Picture } from "./picture.ts";
import { shareOf, totalBytesOf, type Estimate } from "./sampling.ts";
import type { DatabaseCensus, LargeKey, PrefixCensus } from "./schema.ts";
import { oneLine, percent } from "./words.ts";

const MAX_PREFIXES = 5;
const MAX_KEYS = 3;
const TIMES_THE_MEAN = 5;

/** The largest prefixes and keys over all databases. Their names come from outside: escape them where markup is read. */
export function suspectsIn({ nodes }: Picture, node: NodePicture): Diagnosis["suspects"] {
  const databases = node.census?.value ?? [];
  const prefixes = databases.flatMap((census) =>
    census.prefixes.map((prefix) => ({ census, prefix, bytes: bytesOf(census, prefix)?.value ?? 0 })),
  );
  const keys = databases.flatMap((census) => standingOut(census).map((key) => ({ database: census.database, key })));
  if (prefixes.length === 0 && keys.length === 0) return undefined;
  const exact = databases.every(({ complete }) => complete);
  return {
    title: `Largest prefixes and keys${nodes.length > 1 ? ` of ${node.address}` : ""}${exact ? "" : " (extrapolated from a sample, ranges hold 19 times out of 20)"}`,
    columns: ["Keys named", "Database", "Keys", "Without TTL", "Size", "Idle"],
    rows: [
      ...prefixes
        .toSorted((left, right) => right.bytes - left.bytes || right.prefix.sampled - left.prefix.sampled)
        .slice(0, MAX_PREFIXES)
        .map(({ census, prefix }) => prefixRow(census, prefix)),
      ...keys
        .toSorted((left, right) => right.key.sizeBytes - left.key.sizeBytes)
        .slice(0, MAX_KEYS)
        .map(({ database, key }) => keyRow(database, key)),
    ],
  };
}

/** The largest of keys that are all alike is nothing to look at. */
function standingOut({ largestKeys, sized, sizedBytes }: DatabaseCensus): readonly LargeKey[] {
  return largestKeys.filter(({ sizeBytes }) => sizeBytes * sized >= sizedBytes * TIMES_THE_MEAN);
}

function prefixRow(census: DatabaseCensus, prefix: PrefixCensus): readonly string[] {
  const keys = shareOf(prefix.sampled, census.sampled, census.complete);
  const withoutTtl = shareOf(prefix.withoutTtl, prefix.sampled, census.complete);
  const bytes = bytesOf(census, prefix);
  return [
    prefix.prefix === "" ? "(nothing in common)" : `${oneLine(prefix.prefix)}*`,
    String(census.database),
    census.complete
      ? formatCount(prefix.sampled)
      : `about ${formatCount(keys.value * census.keys)} (${percent(keys.low)} to ${percent(keys.high)})`,
    percent(withoutTtl.value),
    bytes === undefined ? "?" : sizeOf(bytes),
    idle(prefix.medianIdleSeconds),
  ];
}

function keyRow(database: number, { key, type, sizeBytes, ttlMs, idleSeconds }: LargeKey): readonly string[] {
  const ttl = ttlMs === undefined ? "no TTL" : `expires in ${formatDuration(ttlMs)}`;
  return [`${oneLine(key)} (${type})`, String(database), "1", ttl, formatBytes(sizeBytes), idle(idleSeconds)];
}

function bytesOf(census: DatabaseCensus, prefix: PrefixCensus): Estimate | undefined {
  if (census.sampled === 0) return undefined;
  return totalBytesOf(prefix, Math.round((prefix.sampled / census.sampled) * census.keys));
}

function sizeOf({ value, low, high }: Estimate): string {
  const size = formatBytes(Math.round(value));
  const [from, to] = [formatBytes(Math.round(low)), formatBytes(Math.round(high))];
  if (from === to) return low === high ? size : `about ${size}`;
  return `about ${size} (${from} to ${to})`;
}

function idle(seconds: number | undefined): string {
  return seconds === undefined ? "?" : formatDuration(seconds * 1000);
}

import { readInfo } from "./read-info.ts";
import type { NodePicture } from "./picture.ts";

/** What changed between the two readings, per second. Negative: it went down. */
export type Rates = {
  readonly usedBytes: number;
  readonly oomErrors: number;
  readonly evictedKeys: number;
  readonly hits: number;
  readonly misses: number;
  /** Only databases whose number of keys changed, the fastest growing first. */
  readonly databases: readonly { readonly database: number; readonly keys: number; readonly keysWithTtl: number }[];
};

/** Rates from the two readings of INFO; undefined when there were none. */
export function ratesOf(node: NodePicture): Rates | undefined {
  if (node.growth === undefined || node.growth.value.intervalMs <= 0) return undefined;
  const perSecond = 1000 / node.growth.value.intervalMs;
  const first = readInfo(node.growth.value.first);
  const second = readInfo(node.growth.value.second);
  const rate = (before: number | undefined, after: number | undefined): number => ((after ?? 0) - (before ?? 0)) * perSecond;
  // An empty database has no line in INFO: one that was emptied or filled meanwhile stands in one reading only.
  const numbers = new Set([...first.databases, ...second.databases].map(({ database }) => database));
  const databases = [...numbers].map((database) => {
    const before = first.databases.find((one) => one.database === database);
    const after = second.databases.find((one) => one.database === database);
    return { database, keys: rate(before?.keys, after?.keys), keysWithTtl: rate(before?.keysWithTtl, after?.keysWithTtl) };
  });
  return {
    usedBytes: rate(first.usedBytes, second.usedBytes),
    oomErrors: rate(first.oomErrors, second.oomErrors),
    evictedKeys: rate(first.evictedKeys, second.evictedKeys),
    hits: rate(first.hits, second.hits),
    misses: rate(first.misses, second.misses),
    databases: databases.filter(({ keys }) => keys !== 0).toSorted((left, right) => right.keys - left.keys),
  };
}

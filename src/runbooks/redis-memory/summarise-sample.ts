import type { KeyReading } from "../../ports/key-value-server.ts";
import { groupByPrefix } from "./group-keys.ts";
import type { DatabaseCensus, LargeKey, PrefixCensus } from "./schema.ts";

const LARGEST_PREFIXES = 10;
const LARGEST_KEYS = 5;

export type Sample = {
  readonly database: number;
  readonly keys: number;
  readonly readings: readonly KeyReading[];
  readonly complete: boolean;
};

/** Boils a sample down to what is stored: counts, sums, and the largest by name. Pure. */
export function summariseSample({ database, keys, readings, complete }: Sample): DatabaseCensus {
  const prefixes = groupByPrefix(readings).map(({ prefix, members }): PrefixCensus => ({ prefix, ...countUp(members) }));
  const meanBytes = (each: PrefixCensus): number => (each.sized === 0 ? 0 : each.sizedBytes / each.sized);
  return {
    database,
    // A walk to the end counts better than an INFO that is a moment old.
    keys: complete ? readings.length : Math.max(keys, readings.length),
    complete,
    ...countUp(readings),
    prefixes: prefixes
      .toSorted((left, right) => meanBytes(right) * right.sampled - meanBytes(left) * left.sampled || right.sampled - left.sampled)
      .slice(0, LARGEST_PREFIXES),
    largestKeys: readings
      .flatMap(asLargeKey)
      .toSorted((left, right) => right.sizeBytes - left.sizeBytes)
      .slice(0, LARGEST_KEYS),
  };
}

function countUp(readings: readonly KeyReading[]) {
  const sizes = readings.flatMap(({ sizeBytes }) => sizeBytes ?? []);
  const idle = readings.flatMap(({ idleSeconds }) => idleSeconds ?? []).toSorted((left, right) => left - right);
  const medianIdleSeconds = idle[Math.floor(idle.length / 2)];
  return {
    sampled: readings.length,
    withoutTtl: readings.filter(({ ttlMs }) => ttlMs === undefined).length,
    sized: sizes.length,
    sizedBytes: sizes.reduce((sum, size) => sum + size, 0),
    sizedSquares: sizes.reduce((sum, size) => sum + size * size, 0),
    ...(medianIdleSeconds === undefined ? {} : { medianIdleSeconds }),
  };
}

function asLargeKey({ key, type, sizeBytes, ttlMs, idleSeconds }: KeyReading): readonly LargeKey[] {
  if (sizeBytes === undefined) return [];
  return [{ key, type, sizeBytes, ...(ttlMs === undefined ? {} : { ttlMs }), ...(idleSeconds === undefined ? {} : { idleSeconds }) }];
}

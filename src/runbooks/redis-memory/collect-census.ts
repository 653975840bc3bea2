import type { Json } from "../../domain/json.ts";
import type { Clock } from "../../ports/clock.ts";
import type { KeyReading, KeyValueNode } from "../../ports/key-value-server.ts";
import { readInfo } from "./read-info.ts";
import { readEachNode, type RedisSession } from "./session.ts";
import { summariseSample } from "./summarise-sample.ts";

export type CensusDeps = {
  readonly clock: Clock;
  /** Time for all databases of a server together. */
  readonly censusBudgetMs: number;
};

// Redis answers one client at a time: small batches and long pauses let everybody else through. Measured with
// scripts/bench/disturbance.ts.
const KEYS_PER_BATCH = 20;
const PAUSE_MS = 10;
// MEMORY USAGE costs the most, so sizes are asked for in every so many batches only.
const SIZED_EVERY = 3;
// Shares are known to about one percent by then.
const ENOUGH_KEYS = 5_000;
// Even the smallest database gets this part of the time that its keys would give it.
const LEAST_SHARE = 0.05;

/** Samples the keys of each database by SCAN within the time box, without being felt by others. */
export function collectCensus(session: RedisSession, deps: CensusDeps, signal: AbortSignal): Promise<Json> {
  return readEachNode(session, async (node) => {
    const { databases } = readInfo(await node.info());
    const total = databases.reduce((sum, { keys }) => sum + keys, 0);
    const weights = databases.map(({ database, keys }) => (database === session.database ? 1 : Math.max(LEAST_SHARE, keys / total)));
    const allWeights = weights.reduce((sum, weight) => sum + weight, 0);
    const sampled: Json[] = [];
    for (const [index, { database, keys }] of databases.entries()) {
      const budgetMs = (deps.censusBudgetMs * (weights[index] ?? 0)) / allWeights;
      const sample = await sampleDatabase({ node, database, budgetMs, clock: deps.clock, signal });
      sampled.push(summariseSample({ database, keys, ...sample }));
    }
    return { databases: sampled };
  });
}

type Sampling = {
  readonly node: KeyValueNode;
  readonly database: number;
  readonly budgetMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/**
 * Walks from cursor 0 for as long as the time lasts. Redis keeps keys in buckets by their hash, so the first buckets
 * hold a fair sample of all keys.
 */
async function sampleDatabase({ node, database, budgetMs, clock, signal }: Sampling) {
  const readings = new Map<string, KeyReading>();
  const endsAtMs = clock.nowMs() + budgetMs;
  let cursor = "0";
  let batches = 0;
  do {
    signal.throwIfAborted();
    const beganAtMs = clock.nowMs();
    const page = await node.scan(database, { cursor, count: KEYS_PER_BATCH });
    const described = await node.describeKeys(database, page.keys, { withSize: batches % SIZED_EVERY === 0 });
    // SCAN may name a key twice.
    for (const reading of described) readings.set(reading.key, readings.get(reading.key) ?? reading);
    cursor = page.cursor;
    batches += 1;
    // A server that answers slowly is busy: then Oomph is silent for at least as long as it asked.
    if (cursor !== "0") await clock.sleep(Math.max(PAUSE_MS, clock.nowMs() - beganAtMs), signal);
  } while (cursor !== "0" && readings.size < ENOUGH_KEYS && clock.nowMs() < endsAtMs);
  return { readings: [...readings.values()], complete: cursor === "0" };
}

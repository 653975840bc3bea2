import type { Clock } from "../../ports/clock.ts";
import type { KeyReading, KeyValueNode } from "../../ports/key-value-server.ts";
import type { Server } from "./redis-session.ts";
import { percent } from "../words.ts";

/** What a look through one database of one master came to. */
export type KeySample = {
  readonly runId: string;
  /** DBSIZE. */
  readonly databaseKeys: number;
  /** Keys that match, or all of them without a pattern. Exact when `exact`, else scaled up from what was seen. */
  readonly matching: number;
  readonly exact: boolean;
  /** Some of the matching keys, in no order. */
  readonly described: readonly KeyReading[];
};

export type SampleOptions = { readonly database: number; readonly pattern?: string; readonly withinMs: number; readonly describe: number };

const SCAN_COUNT = 1000;
const DESCRIBE_AT_ONCE = 100;

/** Counts the keys that match on one master, within a time, and looks at some of them more closely. */
export async function sampleKeys({ node, runId }: Server, options: SampleOptions, clock: Clock): Promise<KeySample> {
  const databaseKeys = await node.dbSize(options.database);
  const scanned = await scan(node, options, clock);
  const described = await describe(node, options.database, scanned.names);
  if (isEverything(options)) return { runId, databaseKeys, matching: databaseKeys, exact: true, described };
  if (scanned.complete) return { runId, databaseKeys, matching: scanned.matching, exact: true, described };
  const visited = Math.max(1, Math.min(databaseKeys, scanned.steps * SCAN_COUNT)); // with MATCH, COUNT still counts what was visited
  return { runId, databaseKeys, matching: Math.round((scanned.matching / visited) * databaseKeys), exact: false, described };
}

/** Share of keys that never expire, of those looked at; 0 when none was. */
export function shareWithoutTtl(described: readonly KeyReading[]): number {
  return described.length === 0 ? 0 : described.filter((key) => key.ttlMs === undefined).length / described.length;
}

/** `session:* (about 80%), cache:* (about 15%)`: the most frequent beginnings of names. */
export function prefixes(described: readonly KeyReading[], most: number): string {
  const counts = new Map<string, number>();
  for (const { key } of described) counts.set(prefixOf(key), (counts.get(prefixOf(key)) ?? 0) + 1);
  return [...counts]
    .toSorted(([, left], [, right]) => right - left)
    .slice(0, most)
    .map(([prefix, count]) => `${prefix} (about ${percent(count / described.length)})`)
    .join(", ");
}

/** Mean size of the keys looked at; undefined when the server told no size. */
export function meanSizeBytes(described: readonly KeyReading[]): number | undefined {
  const sizes = described.flatMap(({ sizeBytes }) => (sizeBytes === undefined ? [] : [sizeBytes]));
  return sizes.length === 0 ? undefined : sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
}

type Scanned = { readonly names: readonly string[]; readonly matching: number; readonly steps: number; readonly complete: boolean };

async function scan(node: KeyValueNode, options: SampleOptions, clock: Clock): Promise<Scanned> {
  const endsAtMs = clock.nowMs() + options.withinMs;
  const names: string[] = [];
  let cursor = "0";
  let matching = 0;
  let steps = 0;
  do {
    const step = await node.scan(options.database, {
      cursor,
      count: SCAN_COUNT,
      ...(options.pattern === undefined ? {} : { match: options.pattern }),
    });
    cursor = step.cursor;
    matching += step.keys.length;
    steps += 1;
    names.push(...step.keys.slice(0, options.describe - names.length));
    if (isEverything(options) && names.length >= options.describe) break; // DBSIZE has the count already
  } while (cursor !== "0" && clock.nowMs() < endsAtMs);
  return { names, matching, steps, complete: cursor === "0" };
}

async function describe(node: KeyValueNode, database: number, names: readonly string[]): Promise<readonly KeyReading[]> {
  const described: KeyReading[] = [];
  for (let from = 0; from < names.length; from += DESCRIBE_AT_ONCE) {
    described.push(...(await node.describeKeys(database, names.slice(from, from + DESCRIBE_AT_ONCE), { withSize: true })));
  }
  return described;
}

function isEverything({ pattern }: SampleOptions): boolean {
  return pattern === undefined || pattern === "*";
}

function prefixOf(key: string): string {
  const prefix = /^[^:/|.]{1,40}[:/|.]/.exec(key)?.[0];
  return prefix === undefined ? "(no prefix)" : `${prefix}*`;
}

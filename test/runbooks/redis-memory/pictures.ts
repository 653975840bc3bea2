import { unknownNode, type NodePicture } from "../../../src/runbooks/redis-memory/picture.ts";
import { readInfo } from "../../../src/runbooks/redis-memory/read-info.ts";
import type { Clients, DatabaseCensus, Fields, Probe } from "../../../src/runbooks/redis-memory/schema.ts";

export const MIB = 2 ** 20;

/** INFO of a quiet Redis 7: 40 of 256 MiB used under noeviction, 10,000 keys of which half expire. */
export const QUIET: Fields = {
  redis_version: "7.2.5",
  role: "master",
  connected_slaves: "0",
  loading: "0",
  uptime_in_seconds: "86400",
  used_memory: String(40 * MIB),
  used_memory_rss: String(48 * MIB),
  used_memory_peak: String(44 * MIB),
  used_memory_dataset: String(36 * MIB),
  maxmemory: String(256 * MIB),
  maxmemory_policy: "noeviction",
  total_system_memory: String(16 * 1024 * MIB),
  mem_not_counted_for_evict: "0",
  mem_clients_normal: "22000",
  mem_clients_slaves: "0",
  mem_replication_backlog: "0",
  connected_clients: "12",
  evicted_keys: "0",
  expired_keys: "100",
  keyspace_hits: "9000",
  keyspace_misses: "1000",
  db0: "keys=10000,expires=5000,avg_ttl=60000",
};

type Known = {
  readonly probe?: Probe["kind"];
  readonly clients?: Clients;
  readonly census?: readonly DatabaseCensus[];
  readonly growth?: { readonly first: Fields; readonly second: Fields };
  readonly limitBytes?: number;
};

/** A node that is quiet but for these fields. */
export function nodeWith(fields: Fields, known: Known = {}): NodePicture {
  const { probe, clients, census, growth, limitBytes } = known;
  return {
    ...unknownNode("10.0.0.5:6379"),
    info: { evidenceId: "ev_info", value: readInfo({ ...QUIET, ...fields }) },
    probe: probe && { evidenceId: "ev_probe", value: { kind: probe, error: `(${probe})` } },
    clients: clients && { evidenceId: "ev_clients", value: clients },
    census: census && { evidenceId: "ev_census", value: census },
    growth: growth && {
      evidenceId: "ev_growth",
      value: { intervalMs: 1000, first: { ...QUIET, ...growth.first }, second: { ...QUIET, ...growth.second } },
    },
    memoryLimitBytes: limitBytes === undefined ? undefined : { evidenceId: "ev_around", value: limitBytes },
  };
}

/** A census of one database in which all keys are alike. */
export function censusOf(
  database: number,
  {
    keys,
    prefix,
    withTtl = 0,
    keyBytes = 300,
    idleSeconds = 5,
  }: {
    readonly keys: number;
    readonly prefix: string;
    readonly withTtl?: number;
    readonly keyBytes?: number;
    readonly idleSeconds?: number;
  },
): DatabaseCensus {
  const sampled = Math.min(1000, keys);
  const counts = {
    sampled,
    withoutTtl: Math.round(sampled * (1 - withTtl)),
    sized: sampled,
    sizedBytes: sampled * keyBytes,
    sizedSquares: sampled * keyBytes ** 2,
    medianIdleSeconds: idleSeconds,
  };
  return { database, keys, complete: sampled === keys, ...counts, prefixes: [{ prefix, ...counts }], largestKeys: [] };
}

/** One client that has this much unread. */
export function slowClient(outputBufferBytes: number): Clients {
  const client = {
    id: "7",
    address: "10.0.0.9:5000",
    name: "feed",
    user: "default",
    command: "subscribe",
    ageSeconds: 60,
    idleSeconds: 50,
    outputBufferBytes,
    queryBufferBytes: 0,
    totalBytes: outputBufferBytes,
    flags: "P",
  };
  return { count: 3, outputBufferBytes, queryBufferBytes: 0, replicaBufferBytes: 0, largest: [client] };
}

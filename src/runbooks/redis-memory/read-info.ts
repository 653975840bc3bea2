import { parseBytes } from "../../domain/bytes.ts";
import type { Fields } from "./schema.ts";

/** One line of INFO keyspace. */
export type DatabaseKeys = { readonly database: number; readonly keys: number; readonly keysWithTtl: number };

/**
 * INFO as far as memory is concerned. Undefined: the server (or what was pasted of it) did not say. Sizes in bytes.
 * Source: redis.io, INFO; names of Redis 3.2 to 8 and Valkey.
 */
export type InfoReading = {
  readonly software: string | undefined;
  readonly uptimeSeconds: number | undefined;
  readonly role: "master" | "replica" | undefined;
  readonly masterAddress: string | undefined;
  readonly loading: boolean;
  readonly usedBytes: number | undefined;
  readonly rssBytes: number | undefined;
  readonly peakBytes: number | undefined;
  /** 0: the server has no limit of its own. */
  readonly maxmemoryBytes: number | undefined;
  readonly policy: string | undefined;
  readonly hostBytes: number | undefined;
  readonly datasetBytes: number | undefined;
  /** In usedBytes, but not held against maxmemory: replica output buffers beyond the backlog, AOF buffers. */
  readonly notCountedBytes: number;
  readonly clientBytes: number | undefined;
  /** Before Redis 5: replies queued for the slowest client. */
  readonly longestOutputList: number | undefined;
  readonly backlogBytes: number | undefined;
  readonly replicaBufferBytes: number | undefined;
  /** Cached scripts and functions: a part of usedBytes, unlike the memory of the Lua engine. */
  readonly scriptBytes: number | undefined;
  /** Memory of the script engines themselves: resident, but outside usedBytes. */
  readonly engineBytes: number;
  readonly fragmentationRatio: number | undefined;
  readonly defragRunning: boolean;
  readonly oomErrors: number | undefined;
  readonly rejectedCalls: number | undefined;
  readonly evictedKeys: number | undefined;
  readonly expiredKeys: number | undefined;
  readonly hits: number | undefined;
  readonly misses: number | undefined;
  readonly connectedClients: number | undefined;
  readonly connectedReplicas: number | undefined;
  readonly lastSaveFailed: boolean;
  /** Undefined: there was no keyspace section to read, or no key at all. */
  readonly databases: readonly DatabaseKeys[];
  readonly keyspaceSeen: boolean;
};

/** Reads INFO's fields, whichever of them are there. Pure; what cannot be read counts as not said. */
export function readInfo(fields: Fields): InfoReading {
  const number = (name: string): number | undefined => readNumber(fields[name]);
  const databases = Object.entries(fields)
    .flatMap(readDatabase)
    .toSorted((left, right) => left.database - right.database);
  return {
    ...readMemory(fields),
    software: softwareOf(fields),
    uptimeSeconds: number("uptime_in_seconds"),
    role: roleOf(fields["role"]),
    masterAddress: fields["master_host"] === undefined ? undefined : `${fields["master_host"]}:${fields["master_port"] ?? "?"}`,
    loading: fields["loading"] === "1",
    longestOutputList: number("client_longest_output_list"),
    defragRunning: (number("active_defrag_running") ?? 0) > 0,
    oomErrors: countOf(fields["errorstat_OOM"]),
    rejectedCalls: number("rejected_calls"),
    evictedKeys: number("evicted_keys"),
    expiredKeys: number("expired_keys"),
    hits: number("keyspace_hits"),
    misses: number("keyspace_misses"),
    connectedClients: number("connected_clients"),
    connectedReplicas: number("connected_slaves"),
    lastSaveFailed: fields["rdb_last_bgsave_status"] === "err" || fields["aof_last_write_status"] === "err",
    databases,
    keyspaceSeen: databases.length > 0,
  };
}

/** Keys over all databases. */
export function totalKeys({ databases }: InfoReading): { readonly keys: number; readonly keysWithTtl: number } {
  return databases.reduce((sum, { keys, keysWithTtl }) => ({ keys: sum.keys + keys, keysWithTtl: sum.keysWithTtl + keysWithTtl }), {
    keys: 0,
    keysWithTtl: 0,
  });
}

const KEPT = new Set([
  "redis_version",
  "valkey_version",
  "redict_version",
  "uptime_in_seconds",
  "role",
  "master_host",
  "master_port",
  "loading",
  "used_memory",
  "used_memory_human",
  "used_memory_rss",
  "used_memory_rss_human",
  "used_memory_peak",
  "used_memory_peak_human",
  "used_memory_dataset",
  "used_memory_lua",
  "used_memory_vm_total",
  "used_memory_scripts",
  "used_memory_scripts_eval",
  "used_memory_functions",
  "maxmemory",
  "maxmemory_human",
  "maxmemory_policy",
  "total_system_memory",
  "total_system_memory_human",
  "mem_not_counted_for_evict",
  "mem_replication_backlog",
  "mem_clients_normal",
  "mem_clients_slaves",
  "mem_clients_replicas",
  "mem_fragmentation_ratio",
  "active_defrag_running",
  "connected_clients",
  "client_longest_output_list",
  "evicted_keys",
  "expired_keys",
  "keyspace_hits",
  "keyspace_misses",
  "connected_slaves",
  "rdb_last_bgsave_status",
  "aof_last_write_status",
  "rejected_calls",
]);

/** Whether a field of INFO is one that is read here. */
export function isKnownField(name: string): boolean {
  return KEPT.has(name) || /^(db\d+|errorstat_[A-Z]+|slave\d+)$/.test(name);
}

/** The fields that are stored, with the rejected calls of all commands in one sum. */
export function keepKnown(fields: Fields): Fields {
  const rejectedCalls = Object.entries(fields)
    .filter(([name]) => name.startsWith("cmdstat_"))
    .reduce((sum, [, value]) => sum + (readNumber(/rejected_calls=(\d+)/.exec(value)?.[1]) ?? 0), 0);
  const kept = Object.entries(fields).filter(([name]) => isKnownField(name));
  return Object.fromEntries([...kept, ["rejected_calls", String(rejectedCalls)]]);
}

function readMemory(fields: Fields) {
  const bytes = (name: string): number | undefined => readNumber(fields[name]) ?? readHuman(fields[`${name}_human`] ?? fields[name]);
  const number = (name: string): number | undefined => readNumber(fields[name]);
  const scripts = number("used_memory_scripts") ?? number("used_memory_scripts_eval");
  return {
    usedBytes: bytes("used_memory"),
    rssBytes: bytes("used_memory_rss"),
    peakBytes: bytes("used_memory_peak"),
    maxmemoryBytes: bytes("maxmemory"),
    policy: fields["maxmemory_policy"],
    hostBytes: bytes("total_system_memory"),
    datasetBytes: number("used_memory_dataset"),
    notCountedBytes: number("mem_not_counted_for_evict") ?? 0,
    clientBytes: number("mem_clients_normal"),
    backlogBytes: number("mem_replication_backlog"),
    replicaBufferBytes: number("mem_clients_slaves") ?? number("mem_clients_replicas"),
    scriptBytes:
      scripts === undefined
        ? undefined
        : scripts + (fields["used_memory_scripts"] === undefined ? (number("used_memory_functions") ?? 0) : 0),
    engineBytes: number("used_memory_vm_total") ?? number("used_memory_lua") ?? 0,
    fragmentationRatio: number("mem_fragmentation_ratio"),
  };
}

function readDatabase([name, value]: readonly [string, string]): readonly DatabaseKeys[] {
  const database = readNumber(/^db(\d+)$/.exec(name)?.[1]);
  const keys = readNumber(/(?:^|,)keys=(\d+)/.exec(value)?.[1]);
  if (database === undefined || keys === undefined) return [];
  return [{ database, keys, keysWithTtl: Math.min(keys, readNumber(/,expires=(\d+)/.exec(value)?.[1]) ?? 0) }];
}

function softwareOf(fields: Fields): string | undefined {
  if (fields["valkey_version"] !== undefined) return `Valkey ${fields["valkey_version"]}`;
  if (fields["redict_version"] !== undefined) return `Redict ${fields["redict_version"]}`;
  return fields["redis_version"] === undefined ? undefined : `Redis ${fields["redis_version"]}`;
}

function roleOf(role: string | undefined): "master" | "replica" | undefined {
  if (role === "slave" || role === "replica") return "replica";
  return role === "master" ? "master" : undefined;
}

function countOf(errorstat: string | undefined): number | undefined {
  return readNumber(/count=(\d+)/.exec(errorstat ?? "")?.[1]);
}

function readNumber(text: string | undefined): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*$/.exec(text ?? "");
  const value = match === null ? undefined : Number(match[1]);
  // A counter that fell below zero is shown as nearly 2^64: the server itself does not know.
  return value === undefined || value > Number.MAX_SAFE_INTEGER ? undefined : value;
}

function readHuman(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseBytes(text);
}

import { askHealth } from "../ask-health.ts";
import type { RedisActionDeps } from "./deps.ts";
import type { RedisSession, Server } from "./redis-session.ts";
import type { NodeVitals, Vitals } from "./stored/schema.ts";

/** Reads all masters and the configured health URL. Changes nothing: the write probe leaves nothing behind. */
export async function readVitals(deps: RedisActionDeps, session: RedisSession, database: number): Promise<Vitals> {
  const nodes = await Promise.all(session.servers.map((server) => readNode(server, database)));
  const url = session.settings?.healthUrl;
  return url === undefined ? { nodes } : { nodes, health: await askHealth(deps, url) };
}

/** Was it in trouble: did it refuse writes for want of memory, or did the service that uses it say that it is ill? */
export function inTrouble(vitals: Vitals): boolean {
  return refusing(vitals).length > 0 || vitals.health?.ok === false;
}

/** The masters that refuse writes because they are full. */
export function refusing(vitals: Vitals): readonly NodeVitals[] {
  return vitals.nodes.filter((node) => node.writes === "refused-oom" || (node.writes === "no-rights" && isBrimful(node)));
}

/** At its limit, under a policy that makes no room by itself. */
export function isBrimful({ usedBytes, maxmemoryBytes, policy }: NodeVitals): boolean {
  return maxmemoryBytes > 0 && policy === "noeviction" && usedBytes >= maxmemoryBytes;
}

export function totalUsedBytes(vitals: Vitals): number {
  return vitals.nodes.reduce((sum, node) => sum + node.usedBytes, 0);
}

/** A field of INFO as a number; 0 where the server has none. */
export function infoNumber(info: Readonly<Record<string, string>>, field: string): number {
  const value = Number(info[field] ?? 0);
  return Number.isFinite(value) ? value : 0;
}

async function readNode({ node, runId }: Server, database: number): Promise<NodeVitals> {
  const writes = await node.probeWrite(database); // first: Redis makes room, where its policy allows, on a command
  const info = await node.info();
  return {
    address: node.address,
    runId,
    usedBytes: infoNumber(info, "used_memory"),
    maxmemoryBytes: infoNumber(info, "maxmemory"),
    policy: info["maxmemory_policy"] ?? "unknown",
    writes: writes.kind,
    evictedKeys: infoNumber(info, "evicted_keys"),
    pendingFrees: infoNumber(info, "lazyfree_pending_objects"),
    clientBufferBytes: infoNumber(info, "mem_clients_normal"),
  };
}

/**
 * How often a command was called since the server started (`flushdb`, `config|rewrite`), by INFO commandstats. Undefined
 * where the server shows no such figures.
 */
export function commandCalls(info: Readonly<Record<string, string>>, command: string): number | undefined {
  const calls = /^calls=(\d+)/.exec(info[`cmdstat_${command}`] ?? "")?.[1];
  if (calls !== undefined) return Number(calls);
  return Object.keys(info).some((field) => field.startsWith("cmdstat_")) ? 0 : undefined;
}

import type { Json } from "../../domain/json.ts";
import type { ClientReading } from "../../ports/key-value-server.ts";
import { keepKnown } from "./read-info.ts";
import { readEachNode, type RedisSession } from "./session.ts";

const LARGEST_CLIENTS = 10;

// Parameters that say why memory is as it is, or what stands in the way of a remedy.
const PARAMETERS = ["maxmemory", "maxmemory-policy", "activedefrag", "repl-backlog-size"];

/** INFO, as far as it concerns memory. */
export function collectInfo(session: RedisSession): Promise<Json> {
  return readEachNode(session, async (node) => keepKnown(await node.info()));
}

export function collectConfig(session: RedisSession): Promise<Json> {
  return readEachNode(session, (node) => node.config(PARAMETERS));
}

export function collectMemoryStats(session: RedisSession): Promise<Json> {
  return readEachNode(session, (node) => node.memoryStats());
}

/** Whether a write goes through right now. Leaves nothing behind. */
export function collectWriteProbe(session: RedisSession): Promise<Json> {
  return readEachNode(session, (node) => node.probeWrite(session.database ?? session.settings?.database ?? 0));
}

/** Buffers of all clients in sums, and the largest by name. */
export function collectClients(session: RedisSession): Promise<Json> {
  return readEachNode(session, async (node) => {
    const all = await node.clients();
    const ordinary = all.filter(({ flags }) => !flags.includes("S"));
    const replicas = all.filter(({ flags }) => flags.includes("S"));
    return {
      count: ordinary.length,
      outputBufferBytes: sumOf(ordinary, ({ outputBufferBytes }) => outputBufferBytes),
      queryBufferBytes: sumOf(ordinary, ({ queryBufferBytes }) => queryBufferBytes),
      replicaBufferBytes: sumOf(replicas, ({ outputBufferBytes }) => outputBufferBytes),
      largest: ordinary.toSorted((left, right) => bufferBytes(right) - bufferBytes(left)).slice(0, LARGEST_CLIENTS),
    };
  });
}

function bufferBytes({ outputBufferBytes, queryBufferBytes }: ClientReading): number {
  return outputBufferBytes + queryBufferBytes;
}

function sumOf(clients: readonly ClientReading[], bytes: (client: ClientReading) => number): number {
  return clients.reduce((sum, client) => sum + bytes(client), 0);
}

import type { Redis } from "ioredis";
import { createKeyValueServers } from "../../../src/adapters/redis/key-value-servers.ts";
import type { RedisConnectionSettings, RedisTopology } from "../../../src/adapters/redis/settings.ts";
import type { KeyValueConnection, KeyValueNode, KeyValueServers } from "../../../src/ports/key-value-server.ts";
import type { Log } from "../../../src/ports/log.ts";

/** Settings of a connection named `examined`, with short timeouts. */
export function settingsFor(topology: RedisTopology, more: Partial<RedisConnectionSettings> = {}): RedisConnectionSettings {
  return { name: "examined", topology, database: 0, connectTimeoutMs: 10_000, commandTimeoutMs: 10_000, aliases: [], ...more };
}

/** A single server on loopback. */
export function single(port: number, more: Partial<RedisConnectionSettings> = {}): RedisConnectionSettings {
  return settingsFor({ kind: "single", host: "127.0.0.1", port }, more);
}

/** The adapter with one connection, and what it logged. */
export function serversFor(settings: RedisConnectionSettings): { readonly servers: KeyValueServers; readonly warnings: string[] } {
  const warnings: string[] = [];
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: (_fields, message) => warnings.push(message),
    error: () => undefined,
  };
  return { servers: createKeyValueServers([settings], { log }), warnings };
}

/** Opens, lends the first node, and closes. */
export async function withNode<Result>(
  settings: RedisConnectionSettings,
  work: (node: KeyValueNode, connection: KeyValueConnection) => Promise<Result>,
): Promise<Result> {
  const connection = await serversFor(settings).servers.open(settings.name);
  try {
    const [node] = connection.nodes;
    if (node === undefined) throw new Error("Expected a node, got none.");
    return await work(node, connection);
  } finally {
    await connection.close();
  }
}

/** Another client of a server, whose id and address are known and whose end can be waited for. */
export async function anotherClient(of: Redis): Promise<{ readonly id: string; readonly address: string; readonly ended: Promise<void> }> {
  const client = of.duplicate({ lazyConnect: true, retryStrategy: null });
  client.on("error", () => undefined);
  await client.connect();
  const ended = new Promise<void>((resolve) => client.once("end", resolve));
  const info = await client.client("INFO");
  return { id: /\bid=(\d+)/.exec(info)?.[1] ?? "", address: /\baddr=(\S+)/.exec(info)?.[1] ?? "", ended };
}

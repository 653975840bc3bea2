import { OomphError } from "../../domain/errors.ts";
import type { ConnectionSettings, KeyValueConnection, KeyValueNode, KeyValueServers } from "../../ports/key-value-server.ts";
import type { Log } from "../../ports/log.ts";
import { dialectOf } from "./dialect.ts";
import { endpointAt, formatAddress } from "./endpoint.ts";
import { createLinks } from "./links.ts";
import { createNode, randomProbeName } from "./node.ts";
import type { HostPort, RedisConnectionSettings } from "./settings.ts";

/** The examined servers, by the names of their connections. Nothing is connected before `open`. */
export function createKeyValueServers(connections: readonly RedisConnectionSettings[], options: { readonly log: Log }): KeyValueServers {
  const byName = new Map(connections.map((settings) => [settings.name, settings]));
  return {
    names: () => connections.map(({ name }) => name),
    settings: (name) => publicSettings(byName.get(name)),
    async open(name) {
      const settings = byName.get(name);
      if (settings === undefined) {
        const known = connections.length === 0 ? "none is configured" : `configured are ${[...byName.keys()].join(", ")}`;
        throw new OomphError("not-found", `There is no Redis connection named ${JSON.stringify(name)}: ${known}.`);
      }
      if (settings.tls?.verify === false) options.log.warn({ connection: name }, "the certificate of this Redis is not checked");
      return openConnection(settings);
    },
  };
}

async function openConnection(settings: RedisConnectionSettings): Promise<KeyValueConnection> {
  const { topology } = settings;
  if (topology.kind !== "single") throw new OomphError("bad-input", `Topology ${topology.kind} is not served yet.`);
  const opened = await openNode(topology, settings);
  return { name: settings.name, topology: "single", nodes: [opened.node], missing: [], close: async () => opened.close() };
}

async function openNode(at: HostPort, settings: RedisConnectionSettings): Promise<{ readonly node: KeyValueNode; close(): void }> {
  const { database } = settings;
  const links = createLinks(endpointAt(at, settings), false);
  const draft = { address: formatAddress(at), links, database, unusedName: randomProbeName };
  try {
    await links.to(database);
    return { node: createNode({ ...draft, dialect: dialectOf(await majorVersion(createNode({ ...draft, dialect: dialectOf(undefined) }))) }), close: links.close };
  } catch (error) {
    links.close();
    throw error;
  }
}

/** Undefined where INFO is not permitted. */
async function majorVersion(node: KeyValueNode): Promise<number | undefined> {
  try {
    const { redis_version: version } = await node.info();
    return version === undefined ? undefined : Number.parseInt(version, 10);
  } catch (error) {
    if (error instanceof OomphError && error.code === "no-rights") return undefined;
    throw error;
  }
}

function publicSettings(settings: RedisConnectionSettings | undefined): ConnectionSettings | undefined {
  if (settings === undefined) return undefined;
  const { aliases, memoryLimitBytes, healthUrl, database } = settings;
  return {
    aliases: [...new Set([...aliases, ...hosts(settings).flatMap((at) => [at.host, formatAddress(at)])])],
    database,
    ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
    ...(healthUrl === undefined ? {} : { healthUrl }),
  };
}

function hosts({ topology }: RedisConnectionSettings): readonly HostPort[] {
  switch (topology.kind) {
    case "single":
      return [topology];
    case "sentinel":
      return topology.sentinels;
    case "cluster":
      return topology.seeds;
  }
}

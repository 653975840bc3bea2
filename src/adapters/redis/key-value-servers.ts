import { OomphError } from "../../domain/errors.ts";
import { given } from "../../domain/given.ts";
import type { ConnectionSettings, KeyValueConnection, KeyValueServers } from "../../ports/key-value-server.ts";
import type { PodPorts } from "../../ports/pod-ports.ts";
import type { Log } from "../../ports/log.ts";
import { openClusterMasters } from "./cluster.ts";
import { endpointAt } from "./endpoint.ts";
import { openNodeInPod, type OpenedInPod } from "./in-pod.ts";
import { namesOf } from "./names-of.ts";
import { openNode, type OpenedNode } from "./open-node.ts";
import { openSentinelMaster } from "./sentinel.ts";
import type { RedisConnectionSettings } from "./settings.ts";

type Surroundings = {
  readonly log: Log;
  /** Absent: none of the connections leads into a cluster. */
  readonly podPorts?: PodPorts;
};

/** The examined servers, by the names of their connections. Nothing is connected before `open`. */
export function createKeyValueServers(connections: readonly RedisConnectionSettings[], { log, podPorts }: Surroundings): KeyValueServers {
  const byName = new Map(connections.map((settings) => [settings.name, settings]));
  return {
    names: () => [...byName.keys()],
    settings: (name) => publicSettings(byName.get(name)),
    async open(name) {
      const settings = byName.get(name);
      if (settings === undefined) {
        const known = byName.size === 0 ? "none is configured" : `configured are ${[...byName.keys()].join(", ")}`;
        throw new OomphError("not-found", `There is no Redis connection named ${JSON.stringify(name)}: ${known}.`);
      }
      if (settings.tls?.verify === false) log.warn({ connection: name }, "the certificate of this Redis is not checked");
      const connection = await openConnection(settings, { log, ...given({ podPorts }) });
      for (const { address, because } of connection.missing)
        log.warn({ connection: name, address, because }, "a master of this cluster is missing");
      return connection;
    },
  };
}

async function openConnection(settings: RedisConnectionSettings, { log, podPorts }: Surroundings): Promise<KeyValueConnection> {
  const { topology } = settings;
  switch (topology.kind) {
    case "single":
      return connectionOf(settings, [await openNode(endpointAt(topology, settings), { database: settings.database })]);
    case "pod":
      return inPod(settings, await openNodeInPod(settings, topology.at, { podPorts, log }));
    case "sentinel":
      return connectionOf(settings, [await openSentinelMaster(settings, topology)]);
    case "cluster": {
      const { opened, missing } = await openClusterMasters(settings, topology);
      return { ...connectionOf(settings, opened), missing };
    }
  }
}

function inPod(settings: RedisConnectionSettings, { opened, ...limit }: OpenedInPod): KeyValueConnection {
  return { ...connectionOf(settings, [opened]), ...limit };
}

function connectionOf({ name, topology }: RedisConnectionSettings, opened: readonly OpenedNode[]): KeyValueConnection {
  return {
    name,
    topology: topology.kind === "pod" ? "single" : topology.kind,
    nodes: opened.map(({ node }) => node),
    missing: [],
    async close() {
      for (const one of opened) one.close();
    },
  };
}

function publicSettings(settings: RedisConnectionSettings | undefined): ConnectionSettings | undefined {
  if (settings === undefined) return undefined;
  const { memoryLimitBytes, healthUrl, database } = settings;
  return {
    aliases: namesOf(settings),
    database,
    ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
    ...(healthUrl === undefined ? {} : { healthUrl }),
  };
}

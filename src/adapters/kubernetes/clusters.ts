import { OomphError } from "../../domain/errors.ts";
import type { Clusters } from "../../ports/clusters.ts";
import type { Log } from "../../ports/log.ts";
import { quoted } from "./asked.ts";
import { createKubernetesClient, type KubernetesClient } from "./client.ts";
import { createDiscovery } from "./discovery.ts";
import { createClusterChanges } from "./cluster-changes.ts";
import { createClusterObjects } from "./cluster-objects.ts";
import { createClusterMemory } from "./inside/cluster-memory.ts";
import { createPodInsides } from "./inside/pod-insides.ts";
import type { KubernetesConnectionSettings } from "./settings.ts";

/** The configured clusters, looked at. Nothing is read or connected before the first question. */
export function createClusters(connections: readonly KubernetesConnectionSettings[], { log }: { readonly log: Log }): Clusters {
  const clients = new Map(connections.map((settings) => [settings.name, createKubernetesClient(settings, log)]));
  const clusters = new Map([...clients].map(([name, client]) => [name, clusterOf(client, log)]));
  return {
    names: () => [...clusters.keys()],
    cluster(connection: string) {
      const cluster = clusters.get(connection);
      if (cluster !== undefined) return cluster;
      const known = clusters.size === 0 ? "none is configured" : `configured are ${[...clusters.keys()].join(", ")}`;
      throw new OomphError("bad-input", `There is no cluster named ${quoted(connection)}: ${known}.`);
    },
    async close() {
      for (const client of clients.values()) client.close();
    },
  };
}

function clusterOf(client: KubernetesClient, log: Log) {
  const asking = { client, discovery: createDiscovery(client) };
  return {
    ...createClusterObjects(asking),
    ...createClusterMemory(asking),
    ...createPodInsides(asking),
    ...createClusterChanges(client, log),
  };
}

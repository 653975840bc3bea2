import type { Config } from "../config/build.ts";
import type { ContainerHosts } from "../ports/containers.ts";
import type { ReadingSource } from "../ports/reading-source.ts";
import { clusterSource, type ReadableCluster } from "../watch/read-cluster.ts";
import { hostSource } from "../watch/read-host.ts";
import { watchedBy } from "./watched-by.ts";

type Connected = {
  readonly hosts: ContainerHosts;
  /** Absent: none is configured. */
  readonly clusters: { names(): readonly string[]; cluster(name: string): ReadableCluster } | undefined;
};

/** Every Docker host and cluster, as far as memory is read there. */
export function readingSources(config: Pick<Config, "docker" | "kubernetes">, { hosts, clusters }: Connected): readonly ReadingSource[] {
  const isWatched = watchedBy(config);
  return [
    ...hosts.names().map((name) => hostSource(hosts.host(name), isWatched)),
    ...(clusters === undefined ? [] : clusters.names().map((name) => clusterSource(clusters.cluster(name), isWatched))),
  ];
}

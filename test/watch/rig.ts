import { createContainerHosts } from "../../src/adapters/docker/container-hosts.ts";
import { PRESSURE_SETTINGS } from "../../src/domain/trend/pressure.ts";
import type { Incident } from "../../src/domain/incident.ts";
import type { ContainerTarget, Target, TargetKind } from "../../src/domain/target.ts";
import { UNRESOLVED } from "../../src/incidents/unresolved.ts";
import type { ClusterObjects } from "../../src/ports/clusters.ts";
import type { ContainerHosts } from "../../src/ports/containers.ts";
import type { Log } from "../../src/ports/log.ts";
import type { Round } from "../../src/watch/poll.ts";
import { poll } from "../../src/watch/poll.ts";
import { clusterSource, type ReadableCluster } from "../../src/watch/read-cluster.ts";
import { hostSource } from "../../src/watch/read-host.ts";
import type { WatchDeps, WatchRunbook } from "../../src/watch/watch-deps.ts";
import { CHANNEL, type TestDesk } from "../support/desk.ts";

/** The watch on a desk, looking at daemons by their sockets. */
export type WatchRig = {
  readonly deps: WatchDeps;
  readonly hosts: ContainerHosts;
  /** Messages that were logged as warnings or errors. */
  readonly logged: readonly string[];
  look(): Promise<Round>;
  /** What is said in the thread of a container's incident now: kind of trouble and its words, oldest first. */
  told(name: string): Promise<readonly string[]>;
  incidents(name: string): Promise<readonly Incident[]>;
  investigations(name: string): Promise<number>;
  end(): Promise<void>;
};

export type RigOptions = {
  /** Socket of each host. */
  readonly sockets?: Readonly<Record<string, string>>;
  readonly cluster?: ReadableCluster & Pick<ClusterObjects, "ownerOf" | "pod" | "pods">;
  readonly callTimeoutMs?: number;
  isWatched?(connection: string, name: string): boolean;
};

export function startWatch(
  { desk }: TestDesk,
  { sockets = {}, cluster, callTimeoutMs = 20_000, isWatched = () => true }: RigOptions,
): WatchRig {
  const logged: string[] = [];
  const heard = (_facts: object, message: string): void => void logged.push(message);
  const log: Log = { debug: () => undefined, info: () => undefined, warn: heard, error: heard };
  const hosts = createContainerHosts(
    Object.entries(sockets).map(([name, path]) => ({
      name,
      endpoint: { kind: "socket", path },
      connectTimeoutMs: callTimeoutMs,
      callTimeoutMs,
    })),
    { log },
  );
  const watched = (target: Target): boolean => target.kind !== "redis" && isWatched(target.connection, target.name);
  const clusters = cluster === undefined ? [] : [cluster];
  const deps: WatchDeps = {
    desk: { ...desk, log },
    sources: [...hosts.names().map((name) => hostSource(hosts.host(name), watched)), ...clusters.map((one) => clusterSource(one, watched))],
    hosts,
    clusterOf() {
      if (cluster === undefined) throw new Error("there is no cluster");
      return cluster;
    },
    isWatched: watched,
    pressure: PRESSURE_SETTINGS,
    keepMs: 30 * 86_400_000,
    everyMs: 300_000,
    channel: CHANNEL,
    runbookFor: (kind) => PROBLEM_OF[kind],
  };
  const incidents = async (name: string): Promise<readonly Incident[]> => {
    const all = await desk.store.incidents.list({ states: [...UNRESOLVED, "resolved"], limit: 1_000 });
    return all.filter(({ target }) => target.name === name);
  };
  return {
    deps,
    hosts,
    logged,
    look: () => poll(deps, new AbortController().signal),
    incidents,
    async told(name) {
      const found: string[] = [];
      for (const { id } of await incidents(name)) {
        for (const { slot, content } of await desk.store.outbox.ofIncident(id))
          if (slot.includes("/watched/") && content.kind === "message") found.push(content.message.text);
      }
      return found;
    },
    async investigations(name) {
      const counts = (await incidents(name)).map(async ({ id }) => (await desk.store.investigations.ofIncident(id)).length);
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    },
    end: () => hosts.close(),
  };
}

const PROBLEM_OF: Readonly<Record<TargetKind, WatchRunbook>> = {
  redis: { id: "redis-memory", problem: "redis-memory", steps: [] },
  docker: { id: "container-memory", problem: "container-memory", steps: [] },
  workload: { id: "workload-memory", problem: "workload-memory", steps: [] },
  node: { id: "node-memory", problem: "node-memory", steps: [] },
};

export function container(name: string, connection = "local"): ContainerTarget {
  return { kind: "docker", connection, name };
}

import { systemClock as clock } from "../adapters/system/system-clock.ts";
import type { Config } from "../config/build.ts";
import type { Log } from "../ports/log.ts";
import type { Store } from "../ports/store.ts";
import { createMemoryHistory } from "../watch/memory-history.ts";
import { dockerParts } from "./docker.ts";
import type { KubernetesParts } from "./kubernetes.ts";
import { memoryBoard } from "./board.ts";
import { redisParts, redisTargets } from "./redis.ts";
import { readingSources } from "./sources.ts";
import { allTargets } from "./targets.ts";

type Surroundings = {
  readonly log: Log;
  readonly store: Store;
  /** Run ids of the Redis that Oomph itself runs on: never acted on. */
  readonly ownRedis: () => Promise<readonly string[]>;
};

/** Everything that is looked at and acted on, of every kind: what there is, how it is read, what can be done. */
export async function examinedParts(config: Config, { log, store, ownRedis }: Surroundings) {
  const redis = redisParts(config, { log, ownRedis });
  const docker = dockerParts(config, { log, store });
  const kubernetes = await clustersOf(config, { log, store });
  const kinds = [docker, ...(kubernetes === undefined ? [] : [kubernetes])];
  const sources = readingSources(config, { hosts: docker.hosts, clusters: kubernetes?.clusters });
  const memory = memoryBoard(sources, store);
  const actions = [...redis.actions, ...kinds.flatMap((kind) => kind.actions)];
  const runbooks = [...redis.runbooks, ...kinds.flatMap((kind) => kind.runbooks)];
  return {
    hosts: docker.hosts,
    clusters: kubernetes?.clusters,
    sources,
    memory,
    actions,
    glance: redis.glance,
    runbooks,
    /** What jobs ask of it. */
    forJobs: {
      actionOf: (id: string) => actions.find((action) => action.id === id),
      runbookOf: (id: string) => runbooks.find((runbook) => runbook.id === id),
      illustrate: memory.illustrate,
    },
    targets: allTargets([redisTargets(redis.servers), ...kinds.map(({ targets }) => targets)]),
    async close(): Promise<void> {
      await Promise.all(kinds.map((kind) => kind.close()));
    },
  };
}

/** Nothing of clusters is in memory where none is configured. */
async function clustersOf(config: Config, { log, store }: Pick<Surroundings, "log" | "store">): Promise<KubernetesParts | undefined> {
  if (config.kubernetes.clusters.length === 0) return undefined;
  const { kubernetesParts } = await import("./kubernetes.ts");
  return kubernetesParts(config, { log, history: createMemoryHistory(store, clock) });
}

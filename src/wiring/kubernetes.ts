import type { Action } from "../actions/action.ts";
import { createClusterTargets } from "../adapters/kubernetes/cluster-targets.ts";
import { createClusters } from "../adapters/kubernetes/clusters.ts";
import { systemClock as clock } from "../adapters/system/system-clock.ts";
import type { Config } from "../config/build.ts";
import type { Clusters } from "../ports/clusters.ts";
import type { Log } from "../ports/log.ts";
import type { MemoryHistory } from "../ports/memory-history.ts";
import type { Targets } from "../ports/planner.ts";
import type { Runbook } from "../runbooks/runbook.ts";
import { heapActions } from "./heap-profiles.ts";
import { kubernetesActions } from "./kubernetes-actions.ts";
import { kubernetesRunbooks } from "./kubernetes-runbooks.ts";

export type KubernetesParts = {
  readonly clusters: Clusters;
  readonly targets: Targets;
  readonly runbooks: readonly Runbook[];
  readonly actions: readonly Action[];
  close(): Promise<void>;
};

type Surroundings = {
  readonly log: Log;
  /** Absent: the watch has nothing to tell. */
  readonly history?: MemoryHistory;
};

/** Everything about clusters: how they are reached, looked at and acted on. Loaded only where one is configured. */
export function kubernetesParts(config: Config, { log, history }: Surroundings): KubernetesParts {
  const clusters = createClusters(
    config.kubernetes.clusters.map(({ settings }) => settings),
    { log },
  );
  const acting = kubernetesActions(config, clusters, log);
  return {
    clusters,
    targets: createClusterTargets(clusters, { clock }),
    runbooks: kubernetesRunbooks(config, clusters, history),
    actions: [...acting.actions, ...heapActions(config, clusters)],
    async close() {
      acting.close();
      await clusters.close();
    },
  };
}

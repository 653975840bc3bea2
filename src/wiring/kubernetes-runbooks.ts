import { createMetricStore } from "../adapters/prometheus/create-metric-store.ts";
import { systemClock as clock } from "../adapters/system/system-clock.ts";
import type { Config } from "../config/build.ts";
import { fitsPattern } from "../domain/name-pattern.ts";
import type { Clusters } from "../ports/clusters.ts";
import type { MemoryHistory } from "../ports/memory-history.ts";
import { nodeMemoryRunbook } from "../runbooks/node-memory/index.ts";
import type { Runbook } from "../runbooks/runbook.ts";
import type { AppOf } from "../runbooks/workload-memory/app-settings.ts";
import { alertRunbooks } from "../runbooks/workload-memory/alert-runbooks.ts";
import { workloadMemoryRunbook, type WorkloadMemoryDeps } from "../runbooks/workload-memory/index.ts";
import { workloadMetricsRunbooks } from "../runbooks/workload-metrics/index.ts";
import { heapStep } from "./heap-profiles.ts";

/** The runbooks for pods, for each type of alert about them, and for nodes, as configured. Without a history the watch has nothing to tell. */
export function kubernetesRunbooks(config: Config, clusters: Clusters, history?: MemoryHistory): readonly Runbook[] {
  const { lines, maxBytes, patterns } = config.docker.logs;
  const deps: WorkloadMemoryDeps = {
    clusters,
    clock,
    logTail: { lines, maxBytes },
    logPatterns: patterns,
    appOf: appOf(config),
    heapLook: heapStep(config, clusters),
    ...(history === undefined ? {} : { history }),
    ...(config.prometheus === undefined ? {} : { metricStore: createMetricStore(config.prometheus) }),
  };
  const { thresholds } = config.kubernetes;
  return [
    workloadMemoryRunbook(deps),
    ...alertRunbooks(deps, thresholds),
    ...workloadMetricsRunbooks(deps, thresholds),
    nodeMemoryRunbook({ clusters, clock }),
  ];
}

/** The first whose pattern of `<namespace>/<name>` fits. */
function appOf({ kubernetes }: Config): AppOf {
  return ({ namespace, name }) => kubernetes.apps.find(({ pattern }) => fitsPattern(pattern, `${namespace}/${name}`))?.app;
}

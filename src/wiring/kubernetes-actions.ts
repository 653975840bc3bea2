import type { Action } from "../actions/action.ts";
import { kubernetesActions as actionsOn } from "../actions/index.ts";
import { createClusterActs } from "../adapters/kubernetes/acts.ts";
import { ownPodOf } from "../adapters/kubernetes/own-pod.ts";
import { findOwnPlace } from "../adapters/system/own-place.ts";
import { systemClock as clock } from "../adapters/system/system-clock.ts";
import type { Config } from "../config/build.ts";
import { fitsPattern } from "../domain/name-pattern.ts";
import type { Log } from "../ports/log.ts";
import type { Clusters } from "../ports/clusters.ts";
import { ownServers } from "./own-servers.ts";
import { TIMES } from "./times.ts";

export type KubernetesActions = { readonly actions: readonly Action[]; close(): void };

/** What can be done to workloads. Imported only where a cluster is configured. */
export function kubernetesActions(config: Config, clusters: Clusters, log: Log): KubernetesActions {
  const { kubernetes, verification } = config;
  const settings = kubernetes.clusters.map((one) => one.settings);
  const servers = ownServers(config);
  const acts = createClusterActs(settings, { log });
  const actions = actionsOn({
    clusters,
    acts,
    clock,
    readyOf: ({ namespace, name }) => kubernetes.apps.find(({ pattern }) => fitsPattern(pattern, `${namespace}/${name}`))?.app.ready,
    own: () => findOwnPlace(servers),
    ownPod: (connection) => ownPodOf(settings.find(({ name }) => name === connection)),
    verification: { ...verification, healthTimeoutMs: TIMES.healthTimeoutMs },
    rollout: TIMES.rollout,
  });
  return { actions, close: () => acts.close() };
}

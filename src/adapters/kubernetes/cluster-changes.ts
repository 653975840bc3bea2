import type { ClusterChanges } from "../../ports/clusters.ts";
import type { Log } from "../../ports/log.ts";
import type { KubernetesClient } from "./client.ts";
import { followEvents } from "./watch/follow-events.ts";
import { followPods } from "./watch/follow-pods.ts";

/** What one cluster tells unasked. */
export function createClusterChanges(client: KubernetesClient, log: Log): ClusterChanges {
  return {
    followPods: (onChange, signal) => followPods({ client, log, signal }, onChange),
    followEvents: (query, onEvent, signal) => followEvents({ client, log, signal }, query, onEvent),
  };
}

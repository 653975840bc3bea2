import { given } from "../../domain/given.ts";
import type { WorkloadResource } from "../../domain/target.ts";
import type { WorkloadFacts } from "../../domain/workload.ts";
import { formatSelector } from "./label-selector.ts";
import { readManagers } from "./managed-fields.ts";
import { readContainers, readEnvironment } from "./read-container.ts";
import { controllerOf, readConditions, timeOf } from "./read-metadata.ts";
import { Pod, Workload } from "./schema.ts";

/** A Deployment, StatefulSet, DaemonSet, Job, CronJob or lone pod as the API gives it, or as much of one as there is. */
export function readWorkload(resource: WorkloadResource, value: unknown): WorkloadFacts {
  const read = Workload.safeParse(value);
  const { metadata, spec, status }: Partial<Workload> = read.success ? read.data : {};
  const podSpec = resource === "pod" ? podSpecOf(value) : (spec?.template ?? spec?.jobTemplate?.spec?.template)?.spec;
  return {
    resource,
    namespace: metadata?.namespace ?? "",
    name: metadata?.name ?? "",
    uid: metadata?.uid ?? "",
    resourceVersion: metadata?.resourceVersion ?? "",
    labels: metadata?.labels ?? {},
    annotations: metadata?.annotations ?? {},
    conditions: readConditions(status?.conditions),
    containers: readContainers(podSpec),
    environment: readEnvironment(podSpec),
    paused: spec?.paused ?? spec?.suspend ?? false,
    managers: readManagers(metadata?.managedFields),
    ...given({
      generation: metadata?.generation,
      observedGeneration: status?.observedGeneration,
      selector: formatSelector(spec?.selector),
      replicas: replicasOf(resource, { spec, status }),
      createdAtMs: timeOf(metadata?.creationTimestamp),
      controller: controllerOf(metadata),
    }),
  };
}

function podSpecOf(value: unknown): Pod["spec"] {
  const read = Pod.safeParse(value);
  return read.success ? read.data.spec : undefined;
}

function replicasOf(resource: WorkloadResource, { spec, status }: Pick<Workload, "spec" | "status">): WorkloadFacts["replicas"] {
  switch (resource) {
    case "deploy":
    case "sts":
      return {
        wanted: spec?.replicas ?? 1, // as the server fills it in
        ready: status?.readyReplicas ?? 0,
        updated: status?.updatedReplicas ?? 0,
        available: status?.availableReplicas ?? status?.readyReplicas ?? 0, // a StatefulSet tells it from 1.22 on
      };
    case "ds":
      return {
        wanted: status?.desiredNumberScheduled ?? 0,
        ready: status?.numberReady ?? 0,
        updated: status?.updatedNumberScheduled ?? 0,
        available: status?.numberAvailable ?? 0,
      };
    case "job": {
      const active = status?.active ?? 0;
      return { wanted: spec?.parallelism ?? 1, ready: status?.ready ?? active, updated: active, available: status?.ready ?? active };
    }
    case "pod":
    case "cronjob":
      return undefined;
  }
}

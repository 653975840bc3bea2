import type { WorkloadResource } from "../../domain/target.ts";
import type { PodFacts } from "../../domain/workload.ts";
import type { WorkloadName } from "../../ports/clusters.ts";

/** Who controls a pod of such a workload, by kind and by how its name goes on. */
const CONTROLLERS: Readonly<Record<WorkloadResource, { readonly kind: string; readonly rest: RegExp } | undefined>> = {
  pod: undefined,
  deploy: { kind: "ReplicaSet", rest: /^-[a-z0-9]+$/ },
  sts: { kind: "StatefulSet", rest: /^$/ },
  ds: { kind: "DaemonSet", rest: /^$/ },
  job: { kind: "Job", rest: /^$/ },
  cronjob: { kind: "Job", rest: /^-\d+$/ },
};

/** Whether a workload made this pod: its labels alone may be those of another's pods as well. Pure. */
export function belongsTo({ resource, name }: WorkloadName, pod: PodFacts): boolean {
  const made = CONTROLLERS[resource];
  if (made === undefined) return pod.name === name;
  const { kind, name: controller } = pod.controller ?? { kind: "", name: "" };
  return kind === made.kind && controller.startsWith(name) && made.rest.test(controller.slice(name.length));
}

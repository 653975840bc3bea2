import { formatTarget, type Target, type WorkloadResource } from "../../domain/target.ts";

// What has a template that is rolled out, and what has one for runs to come.
export const ROLLED_OUT = ["deploy", "sts", "ds"] as const satisfies readonly WorkloadResource[];
export const WITH_TEMPLATE = [...ROLLED_OUT, "cronjob"] as const satisfies readonly WorkloadResource[];
export const WITH_REPLICAS = ["deploy", "sts"] as const satisfies readonly WorkloadResource[];

const INSTEAD: Readonly<Record<WorkloadResource, string>> = {
  pod: "nothing makes it anew. Change the manifest that it is created from, delete it and create it again (kubectl replace --force -f <file>)",
  job: "the template of a job cannot be changed once it is there. Change the manifest, or the cron job that makes it, and create the job again",
  cronjob: "it has no pods of its own. Change its template (k8s.set-memory, k8s.set-environment), or delete the job that runs",
  ds: "it runs one pod on each node that it is meant for. Change the nodes that it selects",
  deploy: "that does not go with a deployment",
  sts: "that does not go with a stateful set",
};

/** Why an action is not for such a target, with what to do instead; undefined: it is. */
export function unfit(target: Target, kinds: readonly WorkloadResource[], what: string): string | undefined {
  if (target.kind !== "workload" || kinds.includes(target.resource)) return undefined;
  return `${formatTarget(target)} cannot be ${what}: ${INSTEAD[target.resource]}.`;
}

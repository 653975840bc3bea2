import type { PodFacts } from "../../domain/workload.ts";
import type { ClusterObjects, WorkloadName } from "../../ports/clusters.ts";
import { createControllers, type Place } from "./controllers.ts";
import { sideBySide } from "./inside/side-by-side.ts";
import type { Asking } from "./objects.ts";

// As many as there are connections.
const AT_ONCE = 10;

/** Finds lasting owners, of one pod or of many. */
export function createOwners(asking: Asking): Pick<ClusterObjects, "ownerOf" | "ownersOf"> {
  const sets = createControllers(asking, { one: "getReplicaSet", many: "listReplicaSets" });
  const jobs = createControllers(asking, { one: "getJob", many: "listJobs" });

  async function ownerOf({ namespace, name, controller, labels }: PodFacts): Promise<WorkloadName> {
    const own: WorkloadName = { resource: "pod", namespace, name };
    switch (controller?.kind ?? "") {
      case "StatefulSet":
        return { ...own, resource: "sts", name: controller?.name ?? name };
      case "DaemonSet":
        return { ...own, resource: "ds", name: controller?.name ?? name };
      case "Job": {
        const job: Place = { namespace, name: controller?.name ?? name };
        const above = await jobs.of(job);
        return above?.kind === "CronJob" ? { ...job, resource: "cronjob", name: above.name } : { ...job, resource: "job" };
      }
      case "ReplicaSet": {
        const set: Place = { namespace, name: controller?.name ?? name };
        const above = await sets.of(set);
        if (above?.kind === "Deployment") return { ...set, resource: "deploy", name: above.name };
        if (above !== undefined) return own;
        const deployment = withoutHash(set.name, labels["pod-template-hash"]);
        return deployment === undefined ? own : { ...set, resource: "deploy", name: deployment };
      }
      default:
        // What nothing known here owns is its own.
        return own;
    }
  }

  return {
    ownerOf,
    async ownersOf(pods) {
      await sets.expect(controlledBy("ReplicaSet", pods));
      await jobs.expect(controlledBy("Job", pods));
      const owners = new Map<PodFacts, WorkloadName>();
      for await (const ended of sideBySide(pods, AT_ONCE, ownerOf)) {
        if ("error" in ended) throw ended.error;
        owners.set(ended.item, ended.value);
      }
      return owners;
    },
  };
}

function controlledBy(kind: string, pods: readonly PodFacts[]): readonly Place[] {
  return pods.flatMap(({ namespace, controller }) => (controller?.kind === kind ? [{ namespace, name: controller.name }] : []));
}

/** `web-7c9f` with `7c9f` → `web`: so Deployments name their ReplicaSets. */
function withoutHash(set: string, hash: string | undefined): string | undefined {
  return hash !== undefined && set.endsWith(`-${hash}`) ? set.slice(0, -hash.length - 1) : undefined;
}

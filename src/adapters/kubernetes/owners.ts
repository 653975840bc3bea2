import { codeOf, type ErrorCode } from "../../domain/errors.ts";
import type { ObjectName, PodFacts } from "../../domain/workload.ts";
import type { WorkloadName } from "../../ports/clusters.ts";
import type { KubernetesCallName } from "./calls.ts";
import { getIn, type Asking } from "./objects.ts";
import { controllerOf } from "./read-metadata.ts";
import { WithMetadata } from "./schema.ts";

type Place = { readonly namespace: string; readonly name: string };

// Owners of ReplicaSets and Jobs do not change: thousands of pods ask for the same few.
const MAX_KEPT = 2000;
// What may be missing without standing in the way: the name says much.
const PASSABLE: readonly ErrorCode[] = ["not-found", "no-rights"];

/** Finds lasting owners; asks about each ReplicaSet and Job once. */
export function createOwners(asking: Asking) {
  const kept = new Map<string, Promise<ObjectName | undefined>>();

  /** What controls a ReplicaSet or Job; undefined where nothing does, or where it cannot be asked. */
  function controllerIn(call: "getReplicaSet" | "getJob", { namespace, name }: Place): Promise<ObjectName | undefined> {
    const key = `${call} ${namespace}/${name}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    if (kept.size >= MAX_KEPT) kept.clear();
    const asked = fetchController(asking, call, { namespace, name });
    kept.set(key, asked);
    asked.catch(() => kept.delete(key)); // asked again the next time
    return asked;
  }

  return {
    /** Of a ReplicaSet its Deployment, of a Job its CronJob. What nothing known here owns is its own. */
    async ownerOf({ namespace, name, controller, labels }: PodFacts): Promise<WorkloadName> {
      const own: WorkloadName = { resource: "pod", namespace, name };
      switch (controller?.kind ?? "") {
        case "StatefulSet":
          return { ...own, resource: "sts", name: controller?.name ?? name };
        case "DaemonSet":
          return { ...own, resource: "ds", name: controller?.name ?? name };
        case "Job": {
          const job: Place = { namespace, name: controller?.name ?? name };
          const above = await controllerIn("getJob", job);
          return above?.kind === "CronJob" ? { ...job, resource: "cronjob", name: above.name } : { ...job, resource: "job" };
        }
        case "ReplicaSet": {
          const set: Place = { namespace, name: controller?.name ?? name };
          const above = await controllerIn("getReplicaSet", set);
          if (above?.kind === "Deployment") return { ...set, resource: "deploy", name: above.name };
          if (above !== undefined) return own;
          const deployment = withoutHash(set.name, labels["pod-template-hash"]);
          return deployment === undefined ? own : { ...set, resource: "deploy", name: deployment };
        }
        default:
          return own;
      }
    },
  };
}

async function fetchController(asking: Asking, call: KubernetesCallName, place: Place): Promise<ObjectName | undefined> {
  try {
    const read = WithMetadata.safeParse(await getIn(asking, { call, ...place }));
    return read.success ? controllerOf(read.data.metadata) : undefined;
  } catch (error) {
    if (PASSABLE.includes(codeOf(error))) return undefined;
    throw error;
  }
}

/** `web-7c9f` with `7c9f` → `web`: so Deployments name their ReplicaSets. */
function withoutHash(set: string, hash: string | undefined): string | undefined {
  return hash !== undefined && set.endsWith(`-${hash}`) ? set.slice(0, -hash.length - 1) : undefined;
}

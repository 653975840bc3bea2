import type { PodFacts } from "../../domain/workload.ts";
import type { Cluster } from "../../ports/clusters.ts";

/** A pod with what it takes of its node. */
export type LargestPod = {
  readonly namespace: string;
  readonly pod: string;
  readonly workingSetBytes: number;
  readonly requestBytes?: number;
  readonly limitBytes?: number;
};

export type PodSize = { readonly requestBytes?: number; readonly limitBytes?: number };

const MOST_LARGEST = 10;

/** The pods that take most of a node, largest first. */
export async function readLargest(cluster: Cluster, node: string, signal: AbortSignal): Promise<readonly LargestPod[]> {
  const [used, sizes] = await Promise.all([usedOn(cluster, node, signal), sizesOn(cluster, node)]);
  return [...used.values()]
    .toSorted((left, right) => right.workingSetBytes - left.workingSetBytes)
    .slice(0, MOST_LARGEST)
    .map((one) => ({ ...one, ...sizes.get(`${one.namespace}/${one.pod}`) }));
}

/** What a pod asks for, and may take at most; a container without a limit leaves the pod without one. Pure. */
export function sizeOf({ containers, podRequestBytes, podLimitBytes }: PodFacts): PodSize {
  // Init containers have ended by then; what runs beside them is a sidecar.
  const running = containers.filter(({ role }) => role === "main" || role === "sidecar");
  const requests = running.flatMap(({ requestBytes }) => requestBytes ?? []);
  const limits = running.flatMap(({ limitBytes }) => limitBytes ?? []);
  const requestBytes = podRequestBytes ?? (requests.length === 0 ? undefined : sum(requests));
  const limitBytes = podLimitBytes ?? (limits.length === 0 || limits.length < running.length ? undefined : sum(limits));
  return { ...(requestBytes === undefined ? {} : { requestBytes }), ...(limitBytes === undefined ? {} : { limitBytes }) };
}

async function usedOn(cluster: Cluster, node: string, signal: AbortSignal): Promise<ReadonlyMap<string, LargestPod>> {
  const pods = new Map<string, LargestPod>();
  for await (const page of cluster.usage({ node }, signal)) {
    for (const { namespace, pod, workingSetBytes } of page) {
      const key = `${namespace}/${pod}`;
      pods.set(key, { namespace, pod, workingSetBytes: (pods.get(key)?.workingSetBytes ?? 0) + workingSetBytes });
    }
  }
  return pods;
}

async function sizesOn(cluster: Cluster, node: string): Promise<ReadonlyMap<string, PodSize>> {
  const sizes = new Map<string, PodSize>();
  for await (const page of cluster.pods({ node })) for (const pod of page) sizes.set(`${pod.namespace}/${pod.name}`, sizeOf(pod));
  return sizes;
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}

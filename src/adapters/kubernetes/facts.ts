import { codeOf } from "../../domain/errors.ts";
import type { ClusterFacts, MemorySource } from "../../ports/clusters.ts";
import type { Asking } from "./objects.ts";
import { Version } from "./schema.ts";

export async function readFacts(asking: Asking): Promise<ClusterFacts> {
  const read = Version.safeParse(await asking.client.json({ call: "/version" }));
  return {
    version: read.success ? read.data.gitVersion : "unknown",
    server: await asking.client.server(),
    memoryFrom: await memorySource(asking),
  };
}

/** metrics.k8s.io where it is served; also kubelets where it is registered and nobody answers for it. */
export async function memorySource({ discovery }: Asking): Promise<MemorySource> {
  try {
    return (await discovery.serves("listPodMetrics")) ? "metrics.k8s.io" : "kubelet";
  } catch (error) {
    if (codeOf(error) === "unreachable") return "kubelet";
    throw error;
  }
}

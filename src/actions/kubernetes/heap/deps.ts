import type { WorkloadTarget } from "../../../domain/target.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { ClusterMemory, ClusterObjects, PodInsides } from "../../../ports/clusters.ts";
import type { HeapReader } from "../../../ports/heap.ts";
import type { NodeInspector } from "../../../ports/node-inspector.ts";

/** A cluster, as far as heaps are looked at in it. */
export type ProfiledCluster = ClusterObjects & ClusterMemory & Pick<PodInsides, "httpGet" | "execute" | "forward">;

export type HeapProfileDeps = {
  readonly clusters: { cluster(connection: string): ProfiledCluster };
  readonly heaps: HeapReader;
  readonly inspector: NodeInspector;
  readonly clock: Clock;
  readonly appOf: (target: WorkloadTarget) => ProfiledApp | undefined;
};

/** Where an app tells of its heap, as configured. */
export type ProfiledApp = {
  /** The one that the program runs in, where a pod has several. */
  readonly container?: string;
  /** Serves a heap profile in pprof's format, or a histogram of objects as text. */
  readonly profile?: { readonly port: number; readonly path: string };
  /** Run inside the container: prints a histogram of objects. */
  readonly heapCommand?: readonly string[];
};

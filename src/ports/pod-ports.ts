import type { PodPort } from "../domain/workload.ts";
import type { Tunnel } from "./clusters.ts";

export type WayIn = {
  readonly by: "port-forward" | "exec";
  /** Throws OomphError, as the methods of Clusters do. What is seen only later is the tunnel's trouble. */
  open(): Promise<Tunnel>;
  /** What the container behind it may take of memory. Undefined: no limit, or the cluster does not let Oomph see it. */
  limitBytes(): Promise<number | undefined>;
};

/** Finds the pod, and tells the ways to its port, the best first. Nothing is opened yet. Throws OomphError. */
export type PodPorts = (at: PodPort) => Promise<readonly WayIn[]>;

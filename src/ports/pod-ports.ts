import type { Tunnel } from "./clusters.ts";

/** A port inside a cluster, as the configuration names it: of one pod, or of whichever pod a Service leads to. */
export type PodPort = {
  /** Name of the cluster's connection in the configuration. */
  readonly connection: string;
  readonly namespace: string;
  readonly by: { readonly kind: "pod" | "service"; readonly name: string };
  readonly port: number;
  /** The container that programs are run in where ports may not be forwarded; absent: the pod's first. */
  readonly container?: string;
};

export type WayIn = {
  readonly by: "port-forward" | "exec";
  /** Throws OomphError, as the methods of Clusters do. What is seen only later is the tunnel's trouble. */
  open(): Promise<Tunnel>;
};

/** Finds the pod, and tells the ways to its port, the best first. Nothing is opened yet. Throws OomphError. */
export type PodPorts = (at: PodPort) => Promise<readonly WayIn[]>;

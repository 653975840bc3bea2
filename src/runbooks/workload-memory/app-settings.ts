import type { WorkloadTarget } from "../../domain/target.ts";

/** Where a program tells of itself, as configured. */
export type AppSettings = {
  /** The one that the program runs in, where a pod has several. */
  readonly container?: string;
  readonly metrics?: AppEndpoint & {
    /** Names of metrics, `*` at the end matching the rest. Empty: those that tell of memory, connections and collections. */
    readonly gauges: readonly string[];
    /** A Secret in the pod's namespace, and its keys. */
    readonly basicAuth?: { readonly secret: string; readonly userKey: string; readonly passwordKey: string };
  };
  readonly ready?: AppEndpoint;
  /** Serves a heap profile, or a list of objects. */
  readonly profile?: AppEndpoint;
  /** Prints a list of objects. */
  readonly heapCommand?: readonly string[];
};

export type AppEndpoint = { readonly port: number; readonly path: string };

export type AppOf = (target: WorkloadTarget) => AppSettings | undefined;

import type { Json } from "../domain/json.ts";
import type { WorkloadName } from "./clusters.ts";

/**
 * Changing what runs in the configured clusters. Methods throw OomphError with the codes of `clusters.ts`, and `conflict`
 * where the object is no longer the one that was looked at (uid or resourceVersion). Each is one call that is done or not
 * done; nothing is retried or undone in here. `dryRun` asks the server to do everything but keep it.
 */
export type ClusterActs = {
  /** Does not connect yet. Throws `bad-input` for a connection that is not configured. */
  cluster(connection: string): ActsOnCluster;
};

export type ActsOnCluster = {
  /** Throws `no-rights`, naming verb, resource and namespace, for the first that a SelfSubjectAccessReview refuses. Nothing is touched. */
  checkRights(rights: readonly Right[]): Promise<void>;
  /** The object as it is, as canonical JSON without status, managed fields and what the server counts. */
  read(object: ObjectPlace): Promise<ObjectNow>;
  /** A JSON patch with preconditions on uid and resourceVersion. */
  patch(object: ObjectPlace, change: Patch): Promise<ObjectNow>;
  /** Graceful unless told; only the one of this uid. */
  deletePod(
    pod: { readonly namespace: string; readonly name: string; readonly uid: string },
    how: { readonly dryRun: boolean },
  ): Promise<void>;
  /** By the eviction API, which heeds disruption budgets. */
  evictPod(
    pod: { readonly namespace: string; readonly name: string; readonly uid: string },
    how: { readonly dryRun: boolean },
  ): Promise<void>;
  /** How others reach the pods of a workload: by that it is known whether Oomph itself runs on it. */
  waysIn(workload: WorkloadName): Promise<WaysIn>;
  /** The template of a revision, as JSON, for going back to it. */
  templateOf(workload: WorkloadName, revision: number): Promise<Json>;
};

export type WaysIn = {
  /** Those that are ending too. */
  readonly pods: readonly { readonly name: string; readonly uid: string }[];
  readonly ways: readonly Way[];
  /** What could not be listed, in sentences. */
  readonly gaps: readonly string[];
};

export type Way = {
  /** `service redis`, `pod redis-0`. */
  readonly by: string;
  /** DNS names of it begin with this. */
  readonly name: string;
  /** IP addresses and names of load balancers. Empty: any node of the cluster. */
  readonly addresses: readonly string[];
  /** Absent: all. */
  readonly ports?: readonly number[];
};

export type Right = {
  readonly verb: "get" | "list" | "watch" | "create" | "patch" | "update" | "delete";
  /** `apps/deployments`, `pods`, `pods/exec`, `networking.k8s.io/ingresses`. */
  readonly resource: string;
  readonly namespace?: string;
};

export type ObjectPlace =
  | (WorkloadName & { readonly of: "workload" })
  | { readonly of: "ingress"; readonly namespace: string; readonly name: string };

export type ObjectNow = {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly definition: Json;
};

export type Patch = {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly operations: readonly PatchOperation[];
  readonly dryRun: boolean;
};

/** RFC 6902. */
export type PatchOperation =
  | { readonly op: "add" | "replace"; readonly path: string; readonly value: Json }
  | { readonly op: "remove"; readonly path: string }
  | { readonly op: "test"; readonly path: string; readonly value: Json };

import type { WorkloadResource } from "../domain/target.ts";
import type { ClusterEvent, ContainerUsage, NodeFacts, PodFacts, Revision, Surroundings, WorkloadFacts } from "../domain/workload.ts";
import type { ExecLimits, ExecResult, LogTail } from "./containers.ts";

/**
 * Kubernetes clusters, looked at. Methods throw OomphError: `unreachable`, `timed-out`, `wrong-credentials` where the token
 * or certificate is not taken, `no-rights` (naming verb, resource and namespace), `not-found`, `not-running`, `bad-input`,
 * `refused`. Namespaces that the configuration does not allow are refused with `no-rights` before anything is asked.
 */
export type Clusters = {
  /** Names of the configured connections, in the order of the configuration. */
  names(): readonly string[];
  /** Does not connect yet. Throws `bad-input` for a name that is not configured. */
  cluster(connection: string): Cluster;
  close(): Promise<void>;
};

export type Cluster = ClusterObjects & ClusterMemory & PodInsides & ClusterChanges;

/** What the API server knows. Lists are fetched in pages and handed on page by page: none is held whole unless the caller does. */
export type ClusterObjects = {
  /** Name of the connection. */
  readonly name: string;
  facts(): Promise<ClusterFacts>;
  /** Is a namespace allowed by the configuration? */
  allows(namespace: string): boolean;
  pods(query: PodQuery): AsyncIterable<readonly PodFacts[]>;
  pod(namespace: string, name: string): Promise<PodFacts>;
  /** The lasting owner: of a ReplicaSet its Deployment, of a Job its CronJob. A pod without one is its own. */
  ownerOf(pod: PodFacts): Promise<WorkloadName>;
  /** Of each pod of a page. */
  ownersOf(pods: readonly PodFacts[]): Promise<ReadonlyMap<PodFacts, WorkloadName>>;
  workload(name: WorkloadName): Promise<WorkloadFacts>;
  /** Every Deployment, StatefulSet, DaemonSet, Job without a CronJob, and CronJob of the allowed namespaces; of what may not be listed, `onGap` says so. */
  workloads(onGap: (because: string) => void): AsyncIterable<readonly WorkloadName[]>;
  /** Newest first; empty for what keeps no history. */
  revisions(name: WorkloadName): Promise<readonly Revision[]>;
  surroundings(name: WorkloadName): Promise<Surroundings>;
  /** Newest first, at most `limit`; of one object, of a namespace, or (`SystemOOM`) of a node. */
  events(query: EventQuery): Promise<readonly ClusterEvent[]>;
  node(name: string): Promise<NodeFacts>;
  nodes(): Promise<readonly NodeFacts[]>;
  /** One key of a Secret, for signing in to a metrics endpoint: never stored, logged or shown. */
  secretValue(namespace: string, secret: string, key: string): Promise<string>;
  /** The pod that a Service leads to now, and the port in it. Throws `not-found` where it has no ready one. */
  podOfService(namespace: string, service: string, port: number): Promise<{ readonly pod: string; readonly port: number }>;
};

export type ClusterFacts = {
  readonly version: string;
  readonly server: string;
  /** Which of metrics.k8s.io and kubelets is asked. */ readonly memoryFrom: MemorySource;
};

export type MemorySource = "metrics.k8s.io" | "kubelet";

/** Absent namespace: all allowed ones. Label selector as kubectl takes it. */
export type PodQuery = { readonly namespace?: string; readonly selector?: string; readonly node?: string; readonly pageSize?: number };

export type WorkloadName = { readonly resource: WorkloadResource; readonly namespace: string; readonly name: string };

export type EventQuery = {
  /** Absent: events of nodes. */
  readonly namespace?: string;
  readonly about?: { readonly kind?: string; readonly name: string; readonly uid?: string };
  readonly reasons?: readonly string[];
  readonly limit: number;
};

export type ClusterMemory = {
  /** Now, per container, page by page: from metrics.k8s.io where it is served, else from the kubelets' stats summary. */
  usage(query: Pick<PodQuery, "namespace" | "selector" | "node">, signal: AbortSignal): AsyncIterable<readonly ContainerUsage[]>;
  /** Of a node as a whole. */
  nodeUsage(
    node: string,
  ): Promise<{ readonly atMs: number; readonly workingSetBytes: number; readonly availableBytes?: number; readonly rssBytes?: number }>;
};

/** Inside a pod. */
export type PodInsides = {
  /** Oldest line first. `previous`: of the container's life before this one. Lines are cut, what is too much is dropped and said so. */
  logTail(where: ContainerPlace, limits: PodLogLimits): Promise<LogTail>;
  /** Runs a program inside (argv, no shell), for reading only. Throws `refused` where the image has no such program. */
  execute(where: ContainerPlace, argv: readonly string[], limits: ExecLimits): Promise<ExecResult>;
  /** GET of an HTTP endpoint of a pod: through the API server's proxy, where that is refused through a port-forward. */
  httpGet(where: PodPlace, request: PodRequest): Promise<PodResponse>;
  /** A port of a pod as a port of this host's loopback, until closed. Throws `no-rights` where port-forward is forbidden. */
  forward(where: PodPlace, port: number): Promise<Tunnel>;
  /** The end of the node's kernel log, where there is one that its kubelet serves. */
  nodeKernelLog(node: string, maxBytes: number): Promise<NodeKernelLog>;
};

/** `absent`: nothing writes one, or its kubelet serves none, as `because` says, and where to look instead. */
export type NodeKernelLog = { readonly kind: "read"; readonly text: string } | { readonly kind: "absent"; readonly because: string };

export type PodPlace = { readonly namespace: string; readonly pod: string };
export type ContainerPlace = PodPlace & { readonly container: string };

export type PodLogLimits = { readonly lines: number; readonly maxBytes: number; readonly sinceMs?: number; readonly previous?: boolean };

export type PodRequest = {
  readonly port: number;
  /** With query. */
  readonly path: string;
  readonly basicAuth?: { readonly user: string; readonly password: string };
  readonly timeoutMs: number;
  /** A body beyond is cut and `truncated` says so. */
  readonly maxBytes: number;
};

export type PodResponse = {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly truncated: boolean;
  readonly by: "proxy" | "port-forward";
};

export type Tunnel = {
  readonly host: string;
  readonly port: number;
  /** Why the last connection through it that failed did so; who connected sees it closed and no more. */
  trouble(): Error | undefined;
  close(): Promise<void>;
};

/** What is told unasked. */
export type ClusterChanges = {
  /**
   * Follows the pods of the allowed namespaces: first those that are there (as `there`), then each change. Survives lost
   * connections, restarts of the API server and expired resource versions by listing anew: what changed meanwhile is told,
   * what did not may be told again. Resolves when `signal` is aborted. Keeps of a pod no more than `PodFacts` needs to be compared.
   */
  followPods(onChange: (change: PodChange) => void, signal: AbortSignal): Promise<void>;
  /** Likewise events with one of these reasons, from `sinceMs` on. */
  followEvents(
    query: { readonly reasons: readonly string[]; readonly sinceMs: number },
    onEvent: (event: ClusterEvent) => void,
    signal: AbortSignal,
  ): Promise<void>;
};

export type PodChange = { readonly kind: "there" | "changed" | "gone"; readonly pod: PodFacts };

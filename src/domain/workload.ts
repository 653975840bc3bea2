import type { WorkloadResource } from "./target.ts";

// Kubernetes' objects, as far as memory is concerned. Sizes in bytes, times in milliseconds since 1970. A field is absent
// where the cluster did not say; nothing is guessed here. Texts are as they are: mask before storing.

/** An object by its kind (`Deployment`, `ReplicaSet`, ...) and name; of its owner, in the same namespace. */
export type ObjectName = { readonly kind: string; readonly name: string; readonly uid?: string };

export type PodFacts = {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** The owner that controls it: a ReplicaSet, say, and not yet its Deployment. */
  readonly controller?: ObjectName;
  readonly labels: Readonly<Record<string, string>>;
  readonly node?: string;
  /** `Pending`, `Running`, `Succeeded`, `Failed`, `Unknown`. */
  readonly phase: string;
  /** `Evicted`, `Preempting`, `NodeLost` ...; of the pod as a whole. */
  readonly reason?: string;
  readonly message?: string;
  readonly createdAtMs?: number;
  readonly startedAtMs?: number;
  /** It is being deleted since then. */
  readonly deletedAtMs?: number;
  readonly qosClass?: string;
  /** Where it says that Prometheus finds its metrics (annotations `prometheus.io/scrape`, `/port`, `/path`). */
  readonly scrape?: { readonly port: number; readonly path: string };
  readonly conditions: readonly Condition[];
  /** Limits and requests of the pod as a whole (Kubernetes 1.32 and on). */
  readonly podRequestBytes?: number;
  readonly podLimitBytes?: number;
  /** In the order of the definition, init containers first. Without any status: `state` absent. */
  readonly containers: readonly PodContainer[];
};

export type Condition = {
  readonly type: string;
  /** `True`, `False`, `Unknown`. */
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly changedAtMs?: number;
};

export type PodContainer = {
  readonly name: string;
  /** `sidecar`: an init container that is always restarted. */
  readonly role: "init" | "sidecar" | "main" | "ephemeral";
  readonly image?: string;
  readonly requestBytes?: number;
  readonly limitBytes?: number;
  readonly cpuLimitCores?: number;
  readonly state?: RunState;
  /** How its life before this one ended. */
  readonly lastState?: RunState;
  readonly restarts: number;
  readonly ready?: boolean;
  /** Command and arguments in one line. */
  readonly commandLine?: string;
  readonly ports: readonly { readonly name?: string; readonly port: number }[];
  /** `liveness`, `readiness`, `startup` → what it asks, in words: `http-get :8080/healthz`. */
  readonly probes: Readonly<Record<string, string>>;
};

export type RunState =
  | { readonly kind: "waiting"; readonly reason?: string; readonly message?: string }
  | { readonly kind: "running"; readonly startedAtMs?: number }
  | {
      readonly kind: "terminated";
      readonly reason?: string;
      readonly exitCode?: number;
      readonly signal?: number;
      readonly startedAtMs?: number;
      readonly finishedAtMs?: number;
      readonly message?: string;
      /** 64 hex digits, without the runtime's prefix. */
      readonly containerId?: string;
    };

/** What makes and keeps pods. */
export type WorkloadFacts = {
  readonly resource: WorkloadResource;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly observedGeneration?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** How its pods are found: `app=web,tier in (a,b)`. */
  readonly selector?: string;
  readonly replicas?: { readonly wanted: number; readonly ready: number; readonly updated: number; readonly available: number };
  readonly conditions: readonly Condition[];
  /** Containers as the template has them: names, images, limits, requests; no states. */
  readonly containers: readonly PodContainer[];
  /** Of the template's main containers: variables with a value of their own. Values are as they are. */
  readonly environment: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly paused: boolean;
  readonly createdAtMs?: number;
  /** Who wrote which fields of it last: GitOps controllers and operators among them. */
  readonly managers: readonly {
    readonly name: string;
    readonly operation: string;
    readonly atMs?: number;
    readonly fields: readonly string[];
  }[];
  readonly controller?: ObjectName;
};

/** One state of a workload's template in its rollout history. */
export type Revision = {
  readonly revision: number;
  readonly atMs?: number;
  readonly cause?: string;
  readonly replicas: number;
  readonly containers: readonly PodContainer[];
  /** As in WorkloadFacts. */
  readonly environment: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

export type NodeFacts = {
  readonly name: string;
  readonly uid: string;
  readonly conditions: readonly Condition[];
  readonly capacityBytes?: number;
  readonly allocatableBytes?: number;
  readonly allocatableCores?: number;
  readonly kubeletVersion?: string;
  readonly kernel?: string;
  readonly runtime?: string;
  /** Names and addresses by which the machine is known: host name, internal and external ones. */
  readonly addresses?: readonly string[];
  readonly unschedulable: boolean;
};

/** An event of Kubernetes'. */
export type ClusterEvent = {
  readonly uid: string;
  /** `Warning`, `Normal`. */
  readonly type: string;
  /** `OOMKilling`, `SystemOOM`, `Evicted`, `BackOff`, `Killing` ... */
  readonly reason: string;
  readonly message: string;
  readonly about: ObjectName & { readonly namespace: string; /** `spec.containers{app}` → `app` */ readonly container?: string };
  readonly count: number;
  readonly firstAtMs?: number;
  readonly lastAtMs?: number;
  readonly source?: string;
};

/** What guards or moves a workload beside people. */
export type Surroundings = {
  readonly autoscalers: readonly {
    readonly name: string;
    readonly minReplicas: number;
    readonly maxReplicas: number;
    readonly currentReplicas: number;
    /** `memory`, `cpu`, ...: what it goes by. */
    readonly metrics: readonly string[];
    /** What it keeps use of memory at, in percent of what pods request; absent: it does not go by that. */
    readonly memoryPercentOfRequest?: number;
  }[];
  readonly budgets: readonly { readonly name: string; readonly disruptionsAllowed: number; readonly says: string }[];
  readonly quotas: readonly { readonly name: string; readonly resource: string; readonly usedBytes: number; readonly hardBytes: number }[];
  readonly limitRanges: readonly { readonly name: string; readonly maxBytes?: number; readonly defaultBytes?: number }[];
  /** What could not be listed, in sentences. */
  readonly gaps?: readonly string[];
};

/** Memory of one container of a pod at one moment. */
export type ContainerUsage = {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly atMs: number;
  /** Working set: usage minus inactive file. */
  readonly workingSetBytes: number;
  /** Only kubelets tell. */
  readonly rssBytes?: number;
  readonly cpuCores?: number;
  readonly startedAtMs?: number;
};

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

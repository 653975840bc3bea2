/**
 * What an incident is about, named by its lasting owner: a Redis by the name of its connection in the configuration
 * (or, on the command line only, by a URL), a container by its name, which outlives its id, a pod by the Deployment (or
 * other owner) that makes it anew under another name. Never by an address that moves.
 */
export type Target = RedisTarget | ContainerTarget | WorkloadTarget | NodeTarget;

export type RedisTarget = {
  readonly kind: "redis";
  /** Name of the connection in the configuration. */
  readonly name: string;
  /** A logical database, 0-based. Absent: the whole server. */
  readonly database?: number;
};

export type ContainerTarget = {
  readonly kind: "docker";
  /** Name of the Docker host's connection in the configuration. */
  readonly connection: string;
  /** The container's name, without the slash that Docker puts before it. */
  readonly name: string;
};

/** Something of Kubernetes that has pods. A pod with an owner is named by its owner, and narrowed to by `pod`. */
export type WorkloadTarget = {
  readonly kind: "workload";
  /** Name of the cluster's connection in the configuration. */
  readonly connection: string;
  /** `pod`: one that nothing owns, or whose owner is of no kind known here. */
  readonly resource: WorkloadResource;
  readonly namespace: string;
  readonly name: string;
  /** One of its pods, which need not be there any more; never of a `pod`. */
  readonly pod?: string;
  /** One container of the pod. */
  readonly container?: string;
};

export type NodeTarget = {
  readonly kind: "node";
  /** Name of the cluster's connection in the configuration. */
  readonly connection: string;
  readonly name: string;
};

export type TargetKind = Target["kind"];

/** As people write them, and as kubectl does for short. */
export const WORKLOAD_RESOURCES = ["pod", "deploy", "sts", "ds", "job", "cronjob"] as const;
export type WorkloadResource = (typeof WORKLOAD_RESOURCES)[number];

/** The connection that is not written before a target: `docker/kong`, but `prod-eu:docker/kong`. */
export const DEFAULT_CONNECTION = "local";

/** As people write it: `redis/sessions/2`, `docker/kong`, `prod-eu:deploy/shop/web`, `deploy/shop/web/web-7c9-x2x4b/app`. */
export function formatTarget(target: Target): string {
  if (target.kind === "redis" && target.database !== undefined) return `${targetKey(target)}/${target.database}`;
  if (target.kind !== "workload") return targetKey(target);
  const { pod, container } = target;
  const hasPod = pod !== undefined || target.resource === "pod";
  return [targetKey(target), ...(pod === undefined ? [] : [pod]), ...(hasPod && container !== undefined ? [container] : [])].join("/");
}

/** What a lease is held on and an incident is fingerprinted by: the whole server, whichever database was meant; the owner, whichever pod. */
export function targetKey(target: Target): string {
  const prefix = target.kind !== "redis" && target.connection !== DEFAULT_CONNECTION ? `${target.connection}:` : "";
  if (target.kind === "workload") return `${prefix}${target.resource}/${target.namespace}/${target.name}`;
  return `${prefix}${target.kind}/${target.name}`;
}

/** What an incident is called: of a workload its owner, for the pod that was seen first may be gone by now. */
export function incidentName(target: Target): string {
  return target.kind === "workload" ? targetKey(target) : formatTarget(target);
}

/** What readings of memory are kept under: of a workload each container of each pod by itself, of others as `targetKey`. */
export function readingKey(target: Target): string {
  if (target.kind !== "workload") return targetKey(target);
  const { pod = target.name, container } = target;
  return `${targetKey(target)}/${pod}${container === undefined ? "" : `/${container}`}`;
}

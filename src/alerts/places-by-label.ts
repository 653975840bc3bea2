import type { AlertSubject } from "../domain/alert.ts";
import type { WorkloadResource } from "../domain/target.ts";
import { given } from "../domain/given.ts";
import {
  ABOUT_KIND_LABELS,
  ABOUT_NAME_LABELS,
  CLUSTER_LABELS,
  CONTAINER_NAME_LABELS,
  HOST_LABELS,
  KINDS,
  NAMESPACE_LABELS,
  NODE_LABELS,
  OTHER_LABELS,
  OWNER_KIND_LABELS,
  OWNER_LABELS,
  OWNER_NAME_LABELS,
  POD_LABELS,
  REPLICA_SET_LABELS,
} from "./place-words.ts";
import { isKubernetesName } from "./pod-shape.ts";
import type { Labels } from "./victim-labels.ts";

/** Where an alert happens, as far as it says. */
export type Places = Pick<AlertSubject, "cluster" | "namespace" | "isNamespaceGuessed" | "pod" | "isPodGuessed" | "container" | "owner"> & {
  /** Machines as they are written, with a port where there is one; the surest first. */
  readonly hosts: readonly string[];
  /** Other words that may name the target. */
  readonly others: readonly string[];
};

const MOST_CHARACTERS = 253;
const NO_CONTAINER = new Set(["POD", "pod", "", "-", "none", "null"]);

/** What labels say. */
export function placesByLabel(labels: Labels): Places {
  const placed = placedPod(labels);
  const kind = KINDS[(first(labels, ABOUT_KIND_LABELS) ?? "").toLowerCase()];
  const name = first(labels, ABOUT_NAME_LABELS, isKubernetesName);
  const pod = podBy(labels) ?? placed?.pod ?? (kind === "pod" ? name : undefined);
  const owner =
    ownerBy(labels) ??
    (kind !== undefined && kind !== "pod" && kind !== "node" && name !== undefined ? { resource: kind, name } : undefined);
  const namespace = first(labels, NAMESPACE_LABELS, isKubernetesName) ?? placed?.namespace;
  const container = first(labels, CONTAINER_NAME_LABELS, (value) => !NO_CONTAINER.has(value)) ?? byKubeletName(labels)?.container;
  const nodes = [...all(labels, NODE_LABELS), ...(kind === "node" && name !== undefined ? [name] : [])];
  // The address of a pod that is scraped is no machine.
  const hosts = all(
    labels,
    HOST_LABELS.filter((label) => label !== "instance" || (pod === undefined && owner === undefined)),
  );
  return {
    ...given({ cluster: first(labels, CLUSTER_LABELS), namespace: namespace ?? byKubeletName(labels)?.namespace, pod, container, owner }),
    // Zabbix and others write the address behind: `files-1 [10.2.2.2]`.
    hosts: [...new Set([...nodes, ...hosts].map((host) => host.replace(/ [([].*$/, "")))],
    // A number is somebody's id: `project: 1` of Sentry's.
    others: all(labels, OTHER_LABELS).filter((word) => !/^\d+$/.test(word)),
  };
}

function podBy(labels: Labels): string | undefined {
  return first(labels, POD_LABELS, isKubernetesName) ?? byKubeletName(labels)?.pod;
}

/** `Pod: shop/web-1` */
function placedPod(labels: Labels): Required<Pick<Places, "pod" | "namespace">> | undefined {
  const [namespace = "", pod = "", ...others] = (first(labels, POD_LABELS, (value) => value.includes("/")) ?? "").split("/");
  return others.length === 0 && isKubernetesName(namespace) && isKubernetesName(pod) ? { namespace, pod } : undefined;
}

function ownerBy(labels: Labels): AlertSubject["owner"] {
  for (const [resource, names] of OWNER_LABELS) {
    const name = first(labels, names, isKubernetesName);
    if (name !== undefined) return { resource, name };
  }
  const name = first(labels, OWNER_NAME_LABELS, isKubernetesName);
  const kind = (first(labels, OWNER_KIND_LABELS) ?? "").toLowerCase();
  const replicaSet = kind === "replicaset" ? name : first(labels, REPLICA_SET_LABELS, isKubernetesName);
  if (replicaSet !== undefined) return ofReplicaSet(replicaSet);
  const resource: WorkloadResource | "node" | undefined = KINDS[kind];
  return name === undefined || resource === undefined || resource === "node" || resource === "pod" ? undefined : { resource, name };
}

/** A Deployment's ReplicaSets are called after it, with a hash behind. */
function ofReplicaSet(name: string): AlertSubject["owner"] {
  const deployment = /^(.{1,240})-[a-z0-9]{5,10}$/.exec(name)?.[1];
  return deployment === undefined ? undefined : { resource: "deploy", name: deployment };
}

/** How the kubelet calls containers of Docker: `k8s_<container>_<pod>_<namespace>_<uid>_<attempt>`. */
function byKubeletName(labels: Labels): Pick<Places, "container" | "pod" | "namespace"> | undefined {
  const [mark, container, pod, namespace] = (labels.get("name") ?? "").split("_");
  if (mark !== "k8s" || container === undefined || pod === undefined || namespace === undefined) return undefined;
  return NO_CONTAINER.has(container) ? { pod, namespace } : { container, pod, namespace };
}

function first(labels: Labels, names: readonly string[], fits: (value: string) => boolean = () => true): string | undefined {
  return all(labels, names).find(fits);
}

function all(labels: Labels, names: readonly string[]): readonly string[] {
  return names.map((name) => labels.get(name) ?? "").filter((value) => value !== "" && value.length <= MOST_CHARACTERS);
}

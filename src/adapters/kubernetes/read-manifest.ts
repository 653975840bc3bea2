import { parseAllDocuments } from "yaml";
import type { ClusterEvent, NodeFacts, PodFacts } from "../../domain/workload.ts";
import { readEvent } from "./read-event.ts";
import { readNode } from "./read-node.ts";
import { readPod } from "./read-pod.ts";
import { AnyObject, ContainerStatus, RuntimeStatus } from "./schema.ts";

/** What `kubectl get ... -o json|yaml` printed, sorted by what it is. */
export type Manifest = {
  readonly pods: readonly PodFacts[];
  readonly events: readonly ClusterEvent[];
  readonly nodes: readonly NodeFacts[];
};

// Anchors that multiply are a way to fill memory; kubectl writes none.
const YAML = { maxAliasCount: 10, logLevel: "silent", uniqueKeys: false } as const;

/**
 * Reads JSON or YAML (several documents, and lists of objects). Of a pod a fragment will do: its status alone, the list of
 * its container statuses, one of them, or one state. Undefined where the text holds nothing of the kind.
 */
export function readManifest(text: string): Manifest | undefined {
  const found = documentsIn(text).flatMap((document) => objectsIn(document).map(sorted));
  const manifest = {
    pods: found.flatMap(({ pod }) => pod ?? []),
    events: found.flatMap(({ event }) => event ?? []),
    nodes: found.flatMap(({ node }) => node ?? []),
  };
  return Object.values(manifest).every((list) => list.length === 0) ? undefined : manifest;
}

type Sorted = { readonly pod?: PodFacts; readonly event?: ClusterEvent; readonly node?: NodeFacts };

function documentsIn(text: string): readonly unknown[] {
  if (/^\s*[[{]/.test(text)) {
    try {
      return [JSON.parse(text) as unknown];
    } catch {
      // YAML may begin so too
    }
  }
  try {
    const documents = parseAllDocuments(text, YAML);
    return Array.isArray(documents) ? documents.filter(({ errors }) => errors.length === 0).map((one) => one.toJS(YAML) as unknown) : [];
  } catch {
    return []; // not what this reads
  }
}

/** Lists, however they nest, as their items. */
function objectsIn(value: unknown): readonly unknown[] {
  const list = AnyObject.safeParse(value);
  if (list.success && list.data.items !== undefined) return list.data.items.flatMap(objectsIn);
  if (Array.isArray(value) && !value.some(isContainerStatus)) return value.flatMap(objectsIn);
  return [value];
}

function sorted(value: unknown): Sorted {
  const object = AnyObject.safeParse(value);
  const kind = object.success ? object.data.kind : undefined;
  if (kind === "Event") return { event: readEvent(value) };
  if (kind === "Node") return { node: readNode(value) };
  if (kind !== undefined && kind !== "Pod") return {};
  const pod = readPod(kind === "Pod" ? value : asPod(value));
  const saysSomething = kind === "Pod" || pod.containers.length > 0 || pod.reason !== undefined;
  return saysSomething ? { pod } : {};
}

/** Puts a fragment where it stands in a whole pod. */
function asPod(value: unknown): unknown {
  if (Array.isArray(value)) return { status: { containerStatuses: value } };
  if (typeof value !== "object" || value === null) return undefined;
  const runtime = RuntimeStatus.safeParse(value);
  if (runtime.success) return { status: { containerStatuses: [ofRuntime(runtime.data.status)] } };
  if ("status" in value || "spec" in value) return value;
  if ("containerStatuses" in value || "initContainerStatuses" in value || "phase" in value) return { status: value };
  if (isContainerStatus(value)) return { status: { containerStatuses: [value] } };
  if ("terminated" in value) return { status: { containerStatuses: [{ lastState: value }] } };
  if ("exitCode" in value) return { status: { containerStatuses: [{ lastState: { terminated: value } }] } };
  return undefined;
}

/** In the words of a container's status; its attempts count from 0. */
function ofRuntime({ state, metadata, id, ...end }: RuntimeStatus["status"]): unknown {
  const ended = { terminated: { containerID: id, ...end } };
  return {
    name: metadata?.name ?? "",
    restartCount: metadata?.attempt,
    state: state === "CONTAINER_EXITED" ? ended : { running: { startedAt: end.startedAt } },
  };
}

function isContainerStatus(value: unknown): boolean {
  const read = ContainerStatus.safeParse(value);
  return read.success && (read.data.state ?? read.data.lastState) !== undefined;
}

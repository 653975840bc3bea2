import type { DownContainer, StartedAgain } from "../domain/down-container.ts";
import { given } from "../domain/given.ts";
import type { MemoryReading } from "../domain/memory.ts";
import { readingKey, type WorkloadTarget } from "../domain/target.ts";
import type { ContainerUsage, PodContainer, PodFacts } from "../domain/workload.ts";
import type { ClusterMemory, ClusterObjects, WorkloadName } from "../ports/clusters.ts";
import type { Asking, Look, ReadingSource, SourcePage } from "../ports/reading-source.ts";

/** As much of a cluster as its memory needs. */
export type ReadableCluster = Pick<ClusterObjects, "name" | "pods" | "ownersOf"> & Pick<ClusterMemory, "usage">;

type IsWatched = (target: WorkloadTarget) => boolean;

/**
 * The containers of a cluster's pods. What they use is read first and kept as figures, then the pods go by in pages, so that
 * thousands of them are never held whole.
 */
export function clusterSource(cluster: ReadableCluster, isWatched: IsWatched): ReadingSource {
  return { kind: "kubernetes", name: cluster.name, read: (asking) => readCluster(cluster, isWatched, asking) };
}

async function* readCluster(cluster: ReadableCluster, isWatched: IsWatched, asking: Asking): AsyncGenerator<SourcePage> {
  const query = asking.selector === undefined ? {} : { selector: asking.selector };
  const used = new Map<string, ContainerUsage>();
  let gap: { readonly error: unknown } | undefined;
  try {
    for await (const page of cluster.usage(query, asking.signal)) for (const one of page) used.set(keyOf(one), one);
  } catch (error) {
    if (used.size === 0) throw error;
    gap = { error }; // some kubelets did not answer: what the others told is good
  }
  for await (const pods of cluster.pods(query)) {
    asking.signal.throwIfAborted();
    yield await pageOf(cluster, pods, { isWatched, used });
  }
  if (gap !== undefined) throw gap.error;
}

type Known = { readonly isWatched: IsWatched; readonly used: ReadonlyMap<string, ContainerUsage> };

async function pageOf(cluster: ReadableCluster, pods: readonly PodFacts[], { isWatched, used }: Known): Promise<SourcePage> {
  const looks: Look[] = [];
  const [running, stopped]: [string[], string[]] = [[], []];
  const down: DownContainer[] = [];
  for (const [pod, name] of await cluster.ownersOf(pods)) {
    const owner = targetOf(cluster, pod, name);
    if (!isWatched(owner)) continue;
    for (const container of pod.containers) {
      const target: WorkloadTarget = { ...owner, container: container.name };
      const usage = used.get(keyOf({ namespace: pod.namespace, pod: pod.name, container: container.name }));
      const runs = container.state?.kind === "running";
      (runs ? running : stopped).push(readingKey(target));
      // Of one that has just been started some kubelets tell nothing, and some tell 0.
      if (runs && usage !== undefined && usage.workingSetBytes > 0)
        looks.push({ target, reading: readingOf(pod, container, usage), again: againOf(container) });
      else down.push(...downOf(pod, container).map((facts) => ({ target, ...facts })));
    }
  }
  return { looks, failed: [], running, stopped, down };
}

function againOf({ restarts, lastState }: PodContainer): StartedAgain {
  return { restarts, ...given({ reason: lastState?.kind === "terminated" ? lastState.reason : undefined }) };
}

// Of the way into a container's first life.
const ON_THE_WAY: readonly (string | undefined)[] = [undefined, "ContainerCreating", "PodInitializing"];

/** One, unless it has done its work, only waits for its first life, or is being deleted with its pod. Pure. */
function downOf(pod: PodFacts, { state, lastState, restarts, limitBytes }: PodContainer): readonly Omit<DownContainer, "target">[] {
  const ended = state?.kind === "terminated" ? state : lastState;
  const last = ended?.kind === "terminated" ? ended : undefined;
  const isFine = state?.kind === "terminated" ? state.exitCode === 0 : last === undefined && pod.phase !== "Failed" && isOnTheWay(state);
  if (isFine || pod.deletedAtMs !== undefined) return [];
  const now = pod.reason ?? (state?.kind === "running" ? state.kind : state?.reason) ?? pod.phase;
  const lastEnd = last && given({ reason: last.reason, exitCode: last.exitCode, atMs: last.finishedAtMs });
  return [{ state: now, restarts, ...given({ limitBytes, lastEnd }) }];
}

function isOnTheWay(state: PodContainer["state"]): boolean {
  return state?.kind === "running" || ON_THE_WAY.includes(state?.reason);
}

/** The owner, narrowed to the pod. */
function targetOf(cluster: ReadableCluster, pod: PodFacts, owner: WorkloadName): WorkloadTarget {
  const target = { kind: "workload", connection: cluster.name, ...owner } as const;
  return owner.resource === "pod" ? target : { ...target, pod: pod.name };
}

function readingOf(
  pod: PodFacts,
  { state, limitBytes }: PodContainer,
  { atMs, workingSetBytes, startedAtMs }: ContainerUsage,
): MemoryReading {
  const alone = pod.containers.length === 1;
  const limit = limitBytes ?? (alone ? pod.podLimitBytes : undefined); // what several share is none's own
  const started = (state?.kind === "running" ? state.startedAtMs : undefined) ?? startedAtMs;
  return {
    atMs,
    usageBytes: workingSetBytes,
    ...(limit === undefined ? {} : { limitBytes: limit }),
    ...(started === undefined ? {} : { startedAtMs: started }),
  };
}

function keyOf({ namespace, pod, container }: Pick<ContainerUsage, "namespace" | "pod" | "container">): string {
  return `${namespace}/${pod}/${container}`;
}

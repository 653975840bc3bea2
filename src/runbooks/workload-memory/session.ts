import { codeOf, OomphError } from "../../domain/errors.ts";
import { formatTarget, type WorkloadTarget } from "../../domain/target.ts";
import type { ContainerUsage, PodContainer, PodFacts, WorkloadFacts } from "../../domain/workload.ts";
import type { Cluster, Clusters, ContainerPlace, MemorySource, WorkloadName } from "../../ports/clusters.ts";
import type { AppSettings } from "./app-settings.ts";
import { belongsTo } from "./belongs-to.ts";
import { byTrouble } from "./trouble.ts";

/** A workload while it is being looked at. What several steps need is read once. */
export type WorkloadSession = {
  readonly cluster: Cluster;
  readonly target: WorkloadTarget;
  readonly name: WorkloadName;
  readonly app: AppSettings | undefined;
  /** Rejects where it may not be read, or is gone while a pod of it is still asked about. */
  workload(): Promise<WorkloadFacts>;
  pods(): Promise<PodsFound>;
  usage(signal: AbortSignal): Promise<UsageFound>;
};

export type PodsFound = {
  /** The one that was asked for first, then those in trouble. At most MOST_PODS. */
  readonly pods: readonly PodFacts[];
  readonly total: number;
};

export type UsageFound = { readonly from: MemorySource; readonly containers: readonly ContainerUsage[] };

export const MOST_PODS = 200;

/** Looks the workload up. Throws `not-found` when it is gone and no pod of it was asked for, and whatever the connection throws. */
export async function openSession(clusters: Clusters, target: WorkloadTarget, app: AppSettings | undefined): Promise<WorkloadSession> {
  const cluster = clusters.cluster(target.connection);
  const { resource, namespace, name: called } = target;
  const name = { resource, namespace, name: called };
  const owner = cluster.workload(name);
  await passOver(owner, target);
  const workload = (): Promise<WorkloadFacts> => owner;
  let pods: Promise<PodsFound> | undefined;
  let usage: Promise<UsageFound> | undefined;
  const session: WorkloadSession = {
    cluster,
    target,
    name,
    app,
    workload,
    pods: () => (pods ??= findPods(session)),
    usage: (signal) => (usage ??= readUsage(session, signal)),
  };
  return session;
}

/** The pod that is asked about, in words of the target: of a lone pod its own name. */
export function askedPod({ resource, name, pod }: WorkloadTarget): string | undefined {
  return resource === "pod" ? name : pod;
}

/** A container that runs, to be looked into: the one that was asked for or configured, else the one that uses most. Throws `not-running`. */
export async function runningPlace(
  { pods, target, app, usage }: WorkloadSession,
  signal: AbortSignal,
): Promise<ContainerPlace & { readonly container: string }> {
  const found = await pods();
  const used = (await usage(signal).catch(() => undefined))?.containers ?? [];
  const asked = target.container ?? app?.container;
  const narrowed = askedPod(target);
  for (const pod of found.pods.filter(({ name }) => narrowed === undefined || name === narrowed)) {
    const usedBy = ({ name }: PodContainer): number =>
      used.find((one) => one.pod === pod.name && one.container === name)?.workingSetBytes ?? 0;
    const running = pod.containers.filter(({ state, role }) => state?.kind === "running" && role !== "ephemeral");
    const chosen = running.find(({ name }) => name === asked) ?? running.toSorted((left, right) => usedBy(right) - usedBy(left))[0];
    if (chosen !== undefined) return { namespace: pod.namespace, pod: pod.name, container: chosen.name };
  }
  throw new OomphError(
    "not-running",
    `expected a running container of ${formatTarget(target)} to look into, none of it runs now: try again when it is up`,
  );
}

/** What still lets the investigation go on: a pod may be there, or events of it, and what may not be read is a gap. */
async function passOver(owner: Promise<WorkloadFacts>, target: WorkloadTarget): Promise<void> {
  try {
    await owner;
  } catch (error) {
    const code = codeOf(error);
    const isGone = code === "not-found" && askedPod(target) !== undefined;
    if (!isGone && code !== "no-rights") throw error;
  }
}

async function findPods({ cluster, target, name, workload }: WorkloadSession): Promise<PodsFound> {
  if (name.resource === "pod") return lonePod(cluster, name);
  const asked = askedPod(target);
  // Without the owner's selector all pods of the namespace are gone through.
  const selector = (await workload().catch(() => undefined))?.selector;
  let kept: PodFacts[] = [];
  let total = 0;
  for await (const page of cluster.pods({ namespace: name.namespace, ...(selector === undefined ? {} : { selector }) })) {
    const own = page.filter((pod) => belongsTo(name, pod) || pod.name === asked);
    total += own.length;
    kept = [...kept, ...own]
      .toSorted((left, right) => Number(right.name === asked) - Number(left.name === asked) || byTrouble(left, right))
      .slice(0, MOST_PODS);
  }
  return { pods: kept, total };
}

async function lonePod(cluster: Cluster, { namespace, name }: WorkloadName): Promise<PodsFound> {
  try {
    return { pods: [await cluster.pod(namespace, name)], total: 1 };
  } catch (error) {
    if (codeOf(error) !== "not-found") throw error;
    return { pods: [], total: 0 };
  }
}

async function readUsage({ cluster, name, pods, workload }: WorkloadSession, signal: AbortSignal): Promise<UsageFound> {
  const [{ memoryFrom }, found, owner] = await Promise.all([cluster.facts(), pods(), workload().catch(() => undefined)]);
  const names = new Set(found.pods.map((pod) => pod.name));
  const nodes = [...new Set(found.pods.map(({ node }) => node))];
  const [node] = nodes;
  const containers: ContainerUsage[] = [];
  if (names.size === 0) return { from: memoryFrom, containers };
  const query = {
    namespace: name.namespace,
    ...(owner?.selector === undefined ? {} : { selector: owner.selector }),
    ...(nodes.length === 1 && node !== undefined ? { node } : {}),
  };
  for await (const page of cluster.usage(query, signal)) {
    // Nothing that runs takes nothing: kubelets say 0 B of what they have not measured yet.
    containers.push(...page.filter(({ pod, workingSetBytes }) => names.has(pod) && workingSetBytes > 0));
  }
  return { from: memoryFrom, containers };
}

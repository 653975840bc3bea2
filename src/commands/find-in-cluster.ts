import type { Alert, AlertKill } from "../domain/alert.ts";
import { messageOf } from "../domain/errors.ts";
import { given } from "../domain/given.ts";
import { oomEndsMs } from "../domain/oom-ends.ts";
import { targetKey, type NodeTarget, type Target, type WorkloadTarget } from "../domain/target.ts";
import type { PodFacts } from "../domain/workload.ts";
import type { Clock } from "../ports/clock.ts";
import type { Cluster, Clusters } from "../ports/clusters.ts";
import type { AskedObject, LookedUp, Targets } from "../ports/planner.ts";
import type { Victim } from "./find-victim.ts";
import { isSameHost } from "./killed-around.ts";
import { killTime } from "./kill-time.ts";

export type ClusterSearch = {
  readonly targets: Pick<Targets, "list" | "lookUp">;
  readonly clusters: Pick<Clusters, "names" | "cluster">;
  readonly clock: Clock;
};

/** The log's clock and the kubelet's may differ by so much. */
const AROUND_MS = 2 * 60_000;

/**
 * Finds what of the configured clusters an alert is about: by the pod's uid in a kernel line's cgroup, by the names that the
 * alert gives, by its node. Undefined: nothing in it is of a cluster.
 */
export async function findInCluster(search: ClusterSearch, alert: Alert, heardAtMs: number): Promise<Victim | undefined> {
  const kill = alert.kills.findLast(({ podUid }) => podUid !== null);
  if (kill !== undefined && kill.podUid !== null) return podByUid(search, alert, kill.podUid);
  const { owner, pod, namespace, names } = alert.subject;
  if (pod !== undefined) return lookedUp(search, alert, { resource: "pod", name: pod });
  if (owner !== undefined) return lookedUp(search, alert, { resource: owner.resource, name: owner.name });
  if (namespace !== undefined && names.length > 0) return byNames(search, alert);
  const node = await nodeOf(search, alert);
  if (node === undefined) return undefined;
  return alert.kills.length === 0 ? { kind: "found", target: node } : killedOn(search, { node, alert, heardAtMs });
}

async function lookedUp(
  { targets, clusters }: ClusterSearch,
  alert: Alert,
  asked: Pick<AskedObject, "resource" | "name">,
): Promise<Victim> {
  const { namespace, isNamespaceGuessed, container, cluster } = alert.subject;
  const connection = cluster !== undefined && clusters.names().includes(cluster) ? cluster : undefined;
  const anywhere = { ...asked, ...given({ connection, container }) };
  const there = await targets.lookUp?.({ ...anywhere, ...given({ namespace }) });
  // A guess that leads nowhere is dropped.
  const found = isNamespaceGuessed && there?.targets.length === 0 ? await targets.lookUp?.(anywhere) : there;
  return victimOf(found ?? { targets: [] }, `"${asked.name}"`);
}

function victimOf({ targets, because }: LookedUp, what: string): Victim {
  const [only, ...others] = targets;
  if (only === undefined) return { kind: "none", ...(because === undefined ? {} : { because: `This is about ${what}, but ${because}.` }) };
  if (others.length === 0) return { kind: "found", target: only };
  return { kind: "several", targets, because: `There are several that ${what} may mean.` };
}

/** A service, job or app label is often called as the workload is. */
async function byNames({ targets }: ClusterSearch, { subject: { namespace, names } }: Alert): Promise<Victim | undefined> {
  const { known } = await targets.list();
  const there = known.flatMap(({ target }) => (target.kind === "workload" && target.namespace === namespace ? [target] : []));
  const fitting = names.map((name) => there.filter((target) => target.name === name)).find((found) => found.length > 0);
  return fitting === undefined ? undefined : victimOf({ targets: fitting }, `"${fitting[0]?.name ?? ""}"`);
}

/** The node that an alert names as the place, by name or address; undefined: of no configured cluster. */
async function nodeOf({ targets }: ClusterSearch, { subject: { about, hosts, names: words } }: Alert): Promise<NodeTarget | undefined> {
  // What nobody calls a machine may be one all the same: `Speicher auf worker-7.example.com zu 97 % belegt`.
  const places = about === "unknown" ? [...hosts, ...words] : hosts;
  if (places.length === 0) return undefined;
  const { known } = await targets.list();
  const nodes = known.flatMap(({ target, aliases }) => (target.kind === "node" ? [{ target, names: [target.name, ...aliases] }] : []));
  for (const host of places) {
    const [only, ...others] = nodes.filter(({ names }) => names.some((name) => isSameMachine(name, host)));
    if (only !== undefined && others.length === 0) return only.target;
  }
  return undefined;
}

/** An address is compared whole: `10.0.0.5` and `10.1.2.3` have the same first part. */
function isSameMachine(one: string, other: string): boolean {
  return /^[\d.:]+$/.test(other) ? one === other : isSameHost(one, other);
}

async function podByUid(search: ClusterSearch, alert: Alert, uid: string): Promise<Victim> {
  const gaps: string[] = [];
  const node = await nodeOf(search, alert);
  const names = node === undefined ? search.clusters.names() : [node.connection];
  for (const name of names) {
    const cluster = search.clusters.cluster(name);
    const pod = await podWhere(cluster, { node, fits: (one) => one.uid === uid }).catch(
      (error: unknown) => void gaps.push(messageOf(error)),
    );
    if (pod !== undefined) return { kind: "found", target: await ownedBy(cluster, pod), how: "by its pod's uid in the kernel's line" };
  }
  const unseen = gaps[0] === undefined ? "" : ` (as far as can be seen: ${gaps[0].replace(/\.$/, "")})`;
  const says = alert.kills.at(-1)?.says ?? "Something was killed for want of memory";
  return {
    kind: "none",
    because: `${says}. That was in the pod with uid ${uid}, which is in none of the configured clusters any more${unseen}.`,
  };
}

async function podWhere(
  cluster: Pick<Cluster, "pods">,
  { node, fits }: { readonly node: NodeTarget | undefined; readonly fits: (pod: PodFacts) => boolean },
): Promise<PodFacts | undefined> {
  for await (const page of cluster.pods(node === undefined ? {} : { node: node.name })) {
    const found = page.find(fits);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function ownedBy(cluster: Pick<Cluster, "name" | "ownerOf">, pod: PodFacts, container?: string): Promise<WorkloadTarget> {
  const owner = await cluster.ownerOf(pod);
  const target = { kind: "workload", connection: cluster.name, ...owner } as const;
  return {
    ...target,
    ...(owner.resource === "pod" ? {} : { pod: pod.name }),
    ...(container === undefined ? {} : { container }),
  };
}

type OnNode = { readonly node: NodeTarget; readonly alert: Alert; readonly heardAtMs: number };

/** A line that names process and pid only: the pods of the node say whose container was killed at that moment. */
async function killedOn({ clusters }: ClusterSearch, { node, alert, heardAtMs }: OnNode): Promise<Victim> {
  const cluster = clusters.cluster(node.connection);
  const times = alert.kills.flatMap((kill) => killTime(kill, alert.startsAtMs ?? heardAtMs) ?? []);
  const ended: WorkloadTarget[] = [];
  for await (const page of cluster.pods({ node: node.name })) {
    for (const pod of page) {
      const container = endedAround(pod, times);
      if (container !== undefined) ended.push(await ownedBy(cluster, pod, container));
    }
  }
  const [only, ...others] = [...new Map(ended.map((target) => [targetKey(target), target])).values()];
  if (only === undefined) return { kind: "found", target: node, how: howNode(alert.kills.at(-1)) };
  if (others.length === 0)
    return {
      kind: "found",
      target: only,
      how: `by the time: no other container on node ${node.name} was OOM killed within 2 minutes of it`,
    };
  const because = `${alert.kills.at(-1)?.says ?? ""}. The line does not say in which pod; several on node ${node.name} were killed within 2 minutes of it.`;
  return { kind: "several", targets: [only, ...others], because };
}

function endedAround({ containers }: PodFacts, times: readonly number[]): string | undefined {
  return containers.find((one) => oomEndsMs(one).some((endMs) => times.some((atMs) => Math.abs(endMs - atMs) <= AROUND_MS)))?.name;
}

function howNode(kill: AlertKill | undefined): string {
  const whose = kill?.process ?? "the process";
  return `by its node: no container there was OOM killed within 2 minutes of it, so ${whose} was none of a pod, or its pod is gone`;
}

/** Has a container of this target ended for want of memory within the last hour? What cannot be seen counts as no. */
export async function endedForMemory({ clusters, clock }: Pick<ClusterSearch, "clusters" | "clock">, target: Target): Promise<boolean> {
  if (target.kind !== "workload") return false;
  const cluster = clusters.cluster(target.connection);
  const pod = target.pod ?? (target.resource === "pod" ? target.name : undefined);
  try {
    if (pod === undefined) return false;
    const { containers } = await cluster.pod(target.namespace, pod);
    const sinceMs = clock.nowMs() - 3_600_000;
    return containers.flatMap(oomEndsMs).some((endMs) => endMs >= sinceMs);
  } catch {
    return false; // then it is no more than unsure
  }
}

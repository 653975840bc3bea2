import { codeOf } from "../../domain/errors.ts";
import { ownersByName } from "../../domain/pod-names.ts";
import type { WorkloadTarget } from "../../domain/target.ts";
import type { PodFacts } from "../../domain/workload.ts";
import type { ClusterObjects, WorkloadName } from "../../ports/clusters.ts";
import type { AskedObject, LookedUp } from "../../ports/planner.ts";

type Asked = AskedObject & { readonly namespace: string };
type Objects = Pick<ClusterObjects, "name" | "allows" | "workloads" | "workload" | "pod" | "ownerOf" | "events" | "node">;

/**
 * An object that somebody named, in one cluster. A pod is its owner, narrowed to it; one that is gone is known by the names
 * that its owner gives to pods, or by what events still tell. Throws OomphError where the cluster cannot say.
 */
export async function lookUpIn(cluster: Objects, asked: AskedObject): Promise<LookedUp> {
  if (asked.resource === "node") return lookUpNode(cluster, asked.name);
  const { resource, container } = asked;
  const found = await lookUpOwned(cluster, resource, asked);
  if (container === undefined) return found;
  return { ...found, targets: found.targets.map((target) => (target.kind === "workload" ? { ...target, container } : target)) };
}

function lookUpOwned(cluster: Objects, resource: WorkloadName["resource"], asked: AskedObject): Promise<LookedUp> {
  const { namespace } = asked;
  if (namespace === undefined) return lookUpAnywhere(cluster, asked);
  return resource === "pod" ? lookUpPod(cluster, { ...asked, namespace }) : lookUpWorkload(cluster, resource, { ...asked, namespace });
}

async function lookUpNode(cluster: Objects, name: string): Promise<LookedUp> {
  try {
    await cluster.node(name);
    return { targets: [{ kind: "node", connection: cluster.name, name }] };
  } catch (error) {
    if (codeOf(error) !== "not-found") throw error;
    return { targets: [], because: `there is no node "${name}" in cluster ${cluster.name}` };
  }
}

async function lookUpWorkload(cluster: Objects, resource: WorkloadName["resource"], { namespace, name, pod }: Asked): Promise<LookedUp> {
  try {
    await cluster.workload({ resource, namespace, name });
    return { targets: [targetOf(cluster, { resource, namespace, name }, pod)] };
  } catch (error) {
    if (codeOf(error) !== "not-found") throw error;
    return { targets: [], because: `there is no ${resource} "${name}" in namespace ${namespace} of cluster ${cluster.name}` };
  }
}

async function lookUpPod(cluster: Objects, { namespace, name }: Asked): Promise<LookedUp> {
  const pod = await podIfThere(cluster, namespace, name);
  if (pod !== undefined) return { targets: [await ownedBy(cluster, pod)] };
  const owners = ownersByName(name, await workloadsOf(cluster, (one) => one.namespace === namespace));
  if (owners.length > 0) return { targets: owners.map((owner) => targetOf(cluster, owner, name)) };
  const [newest] = await cluster.events({ namespace, about: { kind: "Pod", name }, limit: 1 });
  if (newest !== undefined) return { targets: [targetOf(cluster, { resource: "pod", namespace, name })] };
  return { targets: [], because: nothingLeft(cluster.name, namespace, name) };
}

/** Without a namespace: among the names that are there, and a pod by whoever names pods so. */
async function lookUpAnywhere(cluster: Objects, { resource, name, pod }: AskedObject): Promise<LookedUp> {
  const all = await workloadsOf(cluster, () => true);
  if (resource !== "pod") {
    const named = all.filter((one) => one.resource === resource && one.name === name);
    if (named.length > 0) return { targets: named.map((one) => targetOf(cluster, one, pod)) };
    return { targets: [], because: `there is no ${resource} "${name}" in cluster ${cluster.name}` };
  }
  const owners = ownersByName(name, all);
  if (owners.length > 0) return { targets: owners.map((owner) => targetOf(cluster, owner, name)) };
  return {
    targets: [],
    because: `no workload of cluster ${cluster.name} names its pods like "${name}": with its namespace, as pod/<namespace>/${name}, it can be looked for further`,
  };
}

async function podIfThere(cluster: Objects, namespace: string, name: string): Promise<PodFacts | undefined> {
  try {
    return await cluster.pod(namespace, name);
  } catch (error) {
    if (codeOf(error) === "not-found") return undefined;
    throw error;
  }
}

async function ownedBy(cluster: Objects, pod: PodFacts): Promise<WorkloadTarget> {
  const owner = await cluster.ownerOf(pod);
  return targetOf(cluster, owner, owner.resource === "pod" ? undefined : pod.name);
}

async function workloadsOf(cluster: Objects, isWanted: (name: WorkloadName) => boolean): Promise<readonly WorkloadName[]> {
  const names: WorkloadName[] = [];
  for await (const page of cluster.workloads(() => undefined)) names.push(...page.filter(isWanted)); // gaps are told by the list of targets
  return names;
}

function targetOf({ name: connection }: Pick<ClusterObjects, "name">, owner: WorkloadName, pod?: string): WorkloadTarget {
  return { kind: "workload", connection, ...owner, ...(pod === undefined ? {} : { pod }) };
}

function nothingLeft(cluster: string, namespace: string, name: string): string {
  return `there is no pod "${name}" in namespace ${namespace} of cluster ${cluster}, no workload there names its pods so, and no event tells of it (clusters keep events for about an hour): its logs around the time are where your logs are kept, and its owner can be looked at by name, such as deploy/${namespace}/<name>`;
}

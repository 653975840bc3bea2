import { codeOf } from "../domain/errors.ts";
import { oomEndsMs } from "../domain/oom-ends.ts";
import { formatTarget, type Target, type WorkloadTarget } from "../domain/target.ts";
import type { ClusterKill, KilledPod } from "../domain/watch.ts";
import type { PodFacts } from "../domain/workload.ts";
import { recordKill } from "./record-kill.ts";
import type { WatchDeps } from "./watch-deps.ts";

const A_MOMENT_MS = 1_500;
/** Kubelets tell of several kills at once, and times of containers' ends are whole seconds. */
const AROUND_MS = 30_000;

/** What a kill in a cluster means for the watch: the incident is its owner's. Called once per kill, and once more after a crash. */
export async function onClusterKill(deps: WatchDeps, connection: string, kill: ClusterKill): Promise<void> {
  const target = await targetOf(deps, connection, kill);
  if (!deps.isWatched(target)) return;
  const { atMs } = kill;
  if (kill.of === "node" && (await isOfContainer(deps, connection, kill))) return;
  const says = saysOf(kill, target);
  await recordKill(deps, { target, atMs, ...(says === undefined ? {} : { says }) });
}

type NodeKill = Extract<ClusterKill, { readonly of: "node" }>;

/**
 * Many kubelets call it a SystemOOM too when a container reached its own limit: where one of the node ended so at that time, the
 * incident of its owner tells of it. Its end is told a moment after the event.
 */
async function isOfContainer(deps: WatchDeps, connection: string, { node, atMs }: NodeKill): Promise<boolean> {
  if (await hasEndedAround(deps, { connection, node, atMs })) return true;
  await deps.desk.clock.sleep(A_MOMENT_MS);
  return hasEndedAround(deps, { connection, node, atMs });
}

type Around = { readonly connection: string; readonly node: string; readonly atMs: number };

async function hasEndedAround({ clusterOf }: WatchDeps, { connection, node, atMs }: Around): Promise<boolean> {
  for await (const pods of clusterOf(connection).pods({ node })) {
    const ends = pods.flatMap(({ containers }) => containers.flatMap(oomEndsMs));
    if (ends.some((endMs) => Math.abs(endMs - atMs) <= AROUND_MS)) return true;
  }
  return false;
}

async function targetOf(deps: WatchDeps, connection: string, kill: ClusterKill): Promise<Target> {
  switch (kill.of) {
    case "node":
      return { kind: "node", connection, name: kill.node };
    case "container":
      return { ...(await ownedBy(deps, connection, factsOf(kill.pod))), container: kill.container };
    case "pod":
      return thrownOut(deps, connection, kill);
  }
}

async function ownedBy({ clusterOf }: WatchDeps, connection: string, pod: PodFacts): Promise<WorkloadTarget> {
  const owner = await clusterOf(connection).ownerOf(pod);
  const target = { kind: "workload", connection, ...owner } as const;
  return owner.resource === "pod" ? target : { ...target, pod: pod.name };
}

function factsOf(pod: KilledPod): PodFacts {
  return { ...pod, phase: "Unknown", conditions: [], containers: [] };
}

/** A pod that was thrown out stays to be looked at for a while; where it is gone, its name and other events tell whose it was. */
async function thrownOut(
  deps: WatchDeps,
  connection: string,
  { namespace, name }: Extract<ClusterKill, { readonly of: "pod" }>,
): Promise<WorkloadTarget> {
  try {
    return await ownedBy(deps, connection, await deps.clusterOf(connection).pod(namespace, name));
  } catch (error) {
    if (codeOf(error) !== "not-found") throw error;
  }
  const found = await deps.desk.targets.lookUp?.({ connection, resource: "pod", namespace, name });
  const owner = found?.targets.find((one) => one.kind === "workload");
  return owner ?? { kind: "workload", connection, resource: "pod", namespace, name };
}

function saysOf(kill: ClusterKill, target: Target): string | undefined {
  const name = formatTarget(target);
  switch (kill.of) {
    case "container":
      return undefined;
    case "pod":
      return `${name} was evicted for want of memory on its node: ${kill.says}`;
    case "node":
      return `The kubelet of ${name} tells of a kill for want of memory there: ${kill.says}`;
  }
}

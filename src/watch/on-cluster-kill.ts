import { codeOf } from "../domain/errors.ts";
import { formatTarget, type Target, type WorkloadTarget } from "../domain/target.ts";
import type { ClusterKill, KilledPod } from "../domain/watch.ts";
import type { PodFacts } from "../domain/workload.ts";
import { recordKill } from "./record-kill.ts";
import type { WatchDeps } from "./watch-deps.ts";

/** What a kill in a cluster means for the watch: the incident is its owner's. Called once per kill, and once more after a crash. */
export async function onClusterKill(deps: WatchDeps, connection: string, kill: ClusterKill): Promise<void> {
  const target = await targetOf(deps, connection, kill);
  if (!deps.isWatched(target)) return;
  const { atMs } = kill;
  const says = saysOf(kill, target);
  await recordKill(deps, { target, atMs, ...(says === undefined ? {} : { says }) });
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
      return `${name} ran out of memory, and its kernel killed: ${kill.says}`;
  }
}

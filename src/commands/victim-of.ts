import type { Alert } from "../domain/alert.ts";
import { findInCluster } from "./find-in-cluster.ts";
import { findVictim, type Victim } from "./find-victim.ts";
import type { Front } from "./front.ts";
import { redisOf } from "./redis-of.ts";

type Asked = Pick<Front, "desk" | "hosts" | "clusters">;
type Heard = { readonly alert: Alert; readonly heardAtMs: number };

const NOBODY: Victim = { kind: "none" };

/** Whose memory an alert is about, whoever sends it. */
export async function victimOf(front: Asked, heard: Heard): Promise<Victim> {
  const { about } = heard.alert.subject;
  if (about === "redis") return surest([async () => redisOf(await front.desk.targets.list(), heard.alert), () => inCluster(front, heard)]);
  if (about === "workload" || about === "node") return surest([() => inCluster(front, heard), () => onHosts(front, heard)]);
  return surest([() => onHosts(front, heard), () => inCluster(front, heard)]);
}

type Search = () => Promise<Victim | undefined>;

/** The first that finds it; else the first that has a choice, else the first that knows why not. */
async function surest(searches: readonly Search[]): Promise<Victim> {
  const victims: Victim[] = [];
  for (const search of searches) {
    const victim = await search();
    if (victim?.kind === "found") return victim;
    if (victim !== undefined) victims.push(victim);
  }
  return (
    victims.find(({ kind }) => kind === "several") ??
    victims.find((victim) => victim.kind === "none" && victim.because !== undefined) ??
    NOBODY
  );
}

async function inCluster({ desk, clusters }: Asked, { alert, heardAtMs }: Heard): Promise<Victim | undefined> {
  if (clusters === undefined) return undefined;
  return findInCluster({ targets: desk.targets, clusters, clock: desk.clock }, alert, heardAtMs);
}

/**
 * Docker is asked about what was killed, and about names of containers; a pod's container is none that Docker knows by that
 * name. A word that only looks like a pod, and is in no cluster, leaves it open that another beside it is a container.
 */
async function onHosts({ desk, hosts }: Asked, { alert, heardAtMs }: Heard): Promise<Victim | undefined> {
  const { about, namespace, pod, isPodGuessed } = alert.subject;
  if (about === "node" && alert.kills.length === 0) return undefined;
  const isOfCluster = about === "workload" || namespace !== undefined || pod !== undefined;
  if (alert.kills.length === 0 && isOfCluster && isPodGuessed !== true) return undefined;
  const victim = await findVictim({ list: await desk.targets.list(), hosts, clock: desk.clock }, alert, heardAtMs);
  return victim.kind === "found" && alert.kills.length === 0 && isOfCluster ? { ...victim, how: BY_TITLE } : victim;
}

const BY_TITLE =
  "It is found by a word of its title, which has values without their names: what may be a pod there is in no configured cluster.";

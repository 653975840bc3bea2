import { codeOf, messageOf, OomphError } from "../../domain/errors.ts";
import { given } from "../../domain/given.ts";
import type { Plan, Planned } from "../../domain/plan.ts";
import { formatTarget, type Target, type WorkloadResource, type WorkloadTarget } from "../../domain/target.ts";
import type { PodFacts, WorkloadFacts } from "../../domain/workload.ts";
import type { ActsOnCluster, Right } from "../../ports/cluster-acts.ts";
import type { WorkloadName } from "../../ports/clusters.ts";
import type { KubernetesActionDeps, LookedAtCluster } from "./deps.ts";
import { belongsToOomph } from "./own-place.ts";

/** A workload looked at once, in its cluster. */
export type WorkloadSession = {
  readonly target: WorkloadTarget;
  readonly name: WorkloadName;
  readonly cluster: LookedAtCluster;
  readonly acts: ActsOnCluster;
  readonly facts: WorkloadFacts;
  /** Those that are meant to stay, oldest first. */
  readonly pods: readonly PodFacts[];
  /** Why it is not quite sure that it is for Oomph to change, in sentences. */
  readonly doubts?: readonly string[];
};

/** As RBAC names them. */
const RIGHTS_ON: Readonly<Record<WorkloadResource, string>> = {
  deploy: "apps/deployments",
  sts: "apps/statefulsets",
  ds: "apps/daemonsets",
  cronjob: "batch/cronjobs",
  job: "batch/jobs",
  pod: "pods",
};

/** What is needed to change a workload itself. */
export function patching({ resource, namespace }: WorkloadName): readonly Right[] {
  return [{ verb: "patch", resource: RIGHTS_ON[resource], namespace }];
}

/** Why a paused rollout is not begun anew; undefined: it is not paused. */
export function whyPaused({ target, facts }: Pick<WorkloadSession, "target" | "facts">): string | undefined {
  if (!facts.paused) return undefined;
  return `the rollout of ${formatTarget(target)} is paused: resume it first (kubectl rollout resume), or find out who paused it and why.`;
}

// What a cluster does not allow, or does not have, is an answer to whoever asked; that it is away is not.
const ANSWERS = new Set(["bad-input", "no-rights", "not-found", "refused"]);

/** Looks at a target and plans on it, if it is for Oomph to change and the rights are there. */
export async function planOn(
  deps: KubernetesActionDeps,
  { target, rights }: { readonly target: Target; readonly rights: (name: WorkloadName) => readonly Right[] },
  plan: (session: WorkloadSession) => Promise<Planned>,
): Promise<Planned> {
  try {
    const { acts, name } = placeOf(deps, target);
    await acts.checkRights(rights(name));
    const session = await look(deps, target);
    const { because, doubts } = await notOurs(deps, session);
    return because === undefined ? await plan({ ...session, doubts }) : refused(because);
  } catch (error) {
    if (ANSWERS.has(codeOf(error))) return refused(messageOf(error));
    throw error;
  }
}

/** The right that is missing, as a sentence; undefined: none is, or the cluster cannot say now. */
export async function lackOf(
  deps: KubernetesActionDeps,
  target: Target,
  rights: (name: WorkloadName) => readonly Right[],
): Promise<string | undefined> {
  try {
    const { acts, name } = placeOf(deps, target);
    await acts.checkRights(rights(name));
    return undefined;
  } catch (error) {
    if (!(error instanceof OomphError)) throw error;
    return error.code === "no-rights" ? error.message : undefined;
  }
}

export async function look(deps: KubernetesActionDeps, target: Target): Promise<WorkloadSession> {
  const place = placeOf(deps, target);
  const facts = await place.cluster.workload(place.name);
  return { ...place, facts, pods: await podsOf(place.cluster, facts) };
}

/** Looks at the workload of an approved plan. Throws `conflict` where it is for others to change by now. */
export async function lookAtApproved(deps: KubernetesActionDeps, plan: Plan): Promise<WorkloadSession> {
  const session = await look(deps, plan.target);
  const { because } = await notOurs(deps, session);
  if (because !== undefined) throw new OomphError("conflict", `Nothing was done: ${because}`);
  return session;
}

/** Where a target is, without looking at it. */
export function placeOf(deps: KubernetesActionDeps, target: Target): Pick<WorkloadSession, "target" | "name" | "cluster" | "acts"> {
  if (target.kind !== "workload")
    throw new OomphError("bad-input", `expected a workload such as deploy/shop/web, got ${formatTarget(target)}`);
  const { connection, resource, namespace, name } = target;
  return {
    target,
    name: { resource, namespace, name },
    cluster: deps.clusters.cluster(connection),
    acts: deps.acts.cluster(connection),
  };
}

/** The pods of a workload that are meant to stay, oldest first. Selectors may overlap: what made them is asked too. */
export async function podsOf(cluster: LookedAtCluster, facts: WorkloadFacts): Promise<readonly PodFacts[]> {
  const { resource, namespace, name, selector } = facts;
  if (resource === "pod") return [await cluster.pod(namespace, name)].filter(isMeantToStay);
  if (selector === undefined) return [];
  const found: PodFacts[] = [];
  for await (const page of cluster.pods({ namespace, selector }))
    found.push(...page.filter((pod) => isMeantToStay(pod) && isOf(pod, facts)));
  return found.toSorted((left, right) => (left.createdAtMs ?? 0) - (right.createdAtMs ?? 0));
}

export function refused(because: string): Planned {
  return { kind: "refused", because };
}

function isMeantToStay({ deletedAtMs, phase }: PodFacts): boolean {
  return deletedAtMs === undefined && phase !== "Succeeded" && phase !== "Failed";
}

function isOf({ controller }: PodFacts, { resource, name, uid }: WorkloadFacts): boolean {
  if (resource === "deploy")
    return controller?.kind === "ReplicaSet" && controller.name.slice(0, controller.name.lastIndexOf("-")) === name;
  return resource === "cronjob" || controller?.uid === uid; // of a cron job its jobs were asked for by name
}

type Ours = { readonly because?: string; readonly doubts: readonly string[] };

async function notOurs({ own, ownPod }: KubernetesActionDeps, { target, name, acts }: WorkloadSession): Promise<Ours> {
  const [home, place, waysIn] = [await ownPod(target.connection), await own(), await acts.waysIn(name)];
  const what = belongsToOomph({ ...place, ...given({ home }) }, target.namespace, waysIn);
  const doubts = waysIn.gaps.map((gap) => `Whether Oomph's own Redis or database runs in it could not be told for sure. ${gap}`);
  if (what === undefined) return { doubts };
  return { because: `${formatTarget(target)} is ${what}. Oomph never changes what it runs on itself.`, doubts };
}

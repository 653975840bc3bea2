import { codeOf, messageOf, OomphError } from "../../domain/errors.ts";
import type { Plan, Planned } from "../../domain/plan.ts";
import { formatTarget, type Target, type WorkloadResource, type WorkloadTarget } from "../../domain/target.ts";
import type { PodFacts, WorkloadFacts } from "../../domain/workload.ts";
import type { ActsOnCluster, Right } from "../../ports/cluster-acts.ts";
import type { WorkloadName } from "../../ports/clusters.ts";
import type { KubernetesActionDeps, LookedAtCluster } from "./deps.ts";

/** A workload looked at once, in its cluster. */
export type WorkloadSession = {
  readonly target: WorkloadTarget;
  readonly name: WorkloadName;
  readonly cluster: LookedAtCluster;
  readonly acts: ActsOnCluster;
  readonly facts: WorkloadFacts;
  /** Those that are meant to stay, oldest first. */
  readonly pods: readonly PodFacts[];
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
    const because = await notOurs(deps, session);
    return because === undefined ? await plan(session) : refused(because);
  } catch (error) {
    if (ANSWERS.has(codeOf(error))) return refused(messageOf(error));
    throw error;
  }
}

export async function look(deps: KubernetesActionDeps, given: Target): Promise<WorkloadSession> {
  const place = placeOf(deps, given);
  const facts = await place.cluster.workload(place.name);
  return { ...place, facts, pods: await podsOf(place.cluster, facts) };
}

/** Looks at the workload of an approved plan. Throws `conflict` where it is for others to change by now. */
export async function lookAtApproved(deps: KubernetesActionDeps, plan: Plan): Promise<WorkloadSession> {
  const session = await look(deps, plan.target);
  const because = await notOurs(deps, session);
  if (because !== undefined) throw new OomphError("conflict", `Nothing was done: ${because}`);
  return session;
}

/** Where a target is, without looking at it. */
export function placeOf(deps: KubernetesActionDeps, given: Target): Pick<WorkloadSession, "target" | "name" | "cluster" | "acts"> {
  if (given.kind !== "workload")
    throw new OomphError("bad-input", `expected a workload such as deploy/shop/web, got ${formatTarget(given)}`);
  const { connection, resource, namespace, name } = given;
  return {
    target: given,
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

async function notOurs({ ownPod }: KubernetesActionDeps, { target, pods }: WorkloadSession): Promise<string | undefined> {
  const own = await ownPod(target.connection);
  if (own === undefined || own.namespace !== target.namespace || !pods.some(({ name }) => name === own.pod)) return undefined;
  return `${formatTarget(target)} is what Oomph itself runs in (pod ${own.pod}). Oomph never changes what it runs on itself.`;
}

import { codeOf, OomphError } from "../../domain/errors.ts";
import { formatBytes } from "../../domain/bytes.ts";
import type { Json } from "../../domain/json.ts";
import type { Observation, Plan, Planned } from "../../domain/plan.ts";
import { formatTarget, targetKey, type Target } from "../../domain/target.ts";
import type { PodFacts, Surroundings } from "../../domain/workload.ts";
import type { Right } from "../../ports/cluster-acts.ts";
import type { Action, RunFacts, RunHandle } from "../action.ts";
import type { Effect } from "../effect.ts";
import { readBefore, readScope } from "../stored-schema.ts";
import { budgetsOf } from "./blast-radius.ts";
import { LOOK_BACK_MS } from "./change.ts";
import type { KubernetesActionDeps } from "./deps.ts";
import { followRollout } from "./follow-rollout.ts";
import { ROLLED_OUT, unfit } from "./kinds.ts";
import { DeletePodParams, readParams } from "./schema.ts";
import { lackOf, lookAtApproved, placeOf, planOn, refused, type WorkloadSession } from "./session.ts";
import { PodBefore, PodCheckpoint, PodScope } from "./stored/schema.ts";
import { verifyWorkload } from "./verify.ts";
import { readVitals } from "./vitals.ts";

const DOC = {
  id: "k8s.delete-pod",
  title: "Delete pod",
  risk: "disruptive",
  targetKind: "workload",
  params: [
    { name: "pod", says: "which one; needless where the target names it", required: false },
    { name: "heedBudgets", says: "no deletes it although a disruption budget forbids that now", required: false },
  ],
} as const satisfies Partial<Action>;

/** Deletes one pod, and only the one that was approved; its owner makes it anew. Where a disruption budget guards it, it is evicted. */
export function deletePod(deps: KubernetesActionDeps): Action {
  return {
    ...DOC,
    plan: (target, params) => planDeletion(deps, target, params),
    lacks: (target) => lackOf(deps, target, evicting),
    apply: (plan, run) => applyDeletion(deps, plan, run),
    observe: (plan, run) => observeDeletion(deps, plan, run),
    verify(plan, run) {
      const { vitals: before } = readBefore(PodBefore, plan);
      return verifyWorkload(deps, { plan, run, before, followed: true, effect: async (session) => effectOf(session, plan) });
    },
    wayBack: () => undefined,
  };
}

async function planDeletion(deps: KubernetesActionDeps, target: Target, given: Readonly<Record<string, Json>>): Promise<Planned> {
  const read = readParams(DeletePodParams, DOC, given);
  if (read.kind === "refused") return read;
  const because = unfit(target, ROLLED_OUT, "given a new pod for an old one");
  if (because !== undefined) return refused(because);
  const { heedBudgets } = read.params;
  const wanted = read.params.pod ?? (target.kind === "workload" ? target.pod : undefined);
  if (wanted === undefined) return refused(`say which pod of ${formatTarget(target)} with --pod, or ask for ${targetKey(target)}/<pod>.`);
  return planOn(deps, { target, rights: heedBudgets ? evicting : deleting }, async (session) => {
    const pod = session.pods.find(({ name }) => name === wanted);
    if (pod === undefined) return refused(whyNoPod(session, wanted));
    const surroundings = await session.cluster.surroundings(session.name);
    const by = heedBudgets ? "eviction" : "deletion";
    await remove(session, { pod: pod.name, uid: pod.uid, by }, true);
    const vitals = await readVitals(deps, session, deps.clock.nowMs() - LOOK_BACK_MS);
    return { kind: "planned", plan: { ...describe(session, { pod, surroundings, by }), before: { vitals } } };
  });
}

type Place = { readonly namespace: string };

function evicting({ namespace }: Place): readonly Right[] {
  return [{ verb: "create", resource: "pods/eviction", namespace }];
}

function deleting({ namespace }: Place): readonly Right[] {
  return [{ verb: "delete", resource: "pods", namespace }];
}

function whyNoPod({ target, pods }: WorkloadSession, wanted: string): string {
  const there =
    pods.length === 0
      ? "it has none now"
      : `it has ${pods
          .slice(-8)
          .map(({ name }) => name)
          .join(", ")}${pods.length > 8 ? " and more" : ""}`;
  return `${targetKey(target)} has no pod ${wanted} any more, or it is ending already: ${there}.`;
}

type Deletion = { readonly pod: PodFacts; readonly surroundings: Surroundings; readonly by: "eviction" | "deletion" };

function describe({ target, facts, pods, doubts = [] }: WorkloadSession, { pod, surroundings, by }: Deletion): Omit<Plan, "before"> {
  const limit = pod.containers.flatMap(({ name, limitBytes }) => (limitBytes === undefined ? [] : [`${name} ${formatBytes(limitBytes)}`]));
  const others = pods.length - 1;
  return {
    actionId: DOC.id,
    target,
    risk: DOC.risk,
    summary: `Delete pod ${pod.name} of ${targetKey(target)}, which makes it anew`,
    changes: [
      {
        what: "Pod",
        before: `${pod.name} (${pod.phase}${pod.node === undefined ? "" : ` on ${pod.node}`})`,
        after: facts.resource === "sts" ? "the same name, made anew" : "another one in its place",
      },
      { what: "Limits", before: limit.join(", ") || "none", after: "as the template has them" },
    ],
    blastRadius: [
      others <= 0
        ? "It is the only one: the service is away until the new one is ready"
        : `${others} of ${pods.length} pods stay and take over its load meanwhile`,
      "Requests that it is working on are cut off when its grace period ends",
      ...budgetsOf(surroundings, { heeded: by === "eviction" }),
    ],
    warnings: [
      "It only buys time: what filled the memory begins anew.",
      ...(by === "deletion" && surroundings.budgets.length > 0 ? ["It is deleted whatever its disruption budget says."] : []),
      ...(facts.resource === "deploy" ? [] : ["Its place may be on the same node again."]),
      ...(surroundings.gaps ?? []),
      ...doubts,
    ],
    wayBack: "None is needed: its owner makes it anew.",
    params: { pod: pod.name, ...(by === "deletion" ? { heedBudgets: false } : {}) },
    scope: { pod: pod.name, uid: pod.uid, by },
  };
}

async function applyDeletion(deps: KubernetesActionDeps, plan: Plan, run: RunHandle): Promise<void> {
  const scope = readScope(PodScope, plan);
  const session = await lookAtApproved(deps, plan);
  run.signal.throwIfAborted();
  const save = (stage: PodCheckpoint["stage"], says?: string): Promise<void> => run.saveCheckpoint({ stage }, says);
  await save("asked");
  try {
    await remove(session, scope, false);
  } catch (error) {
    if (codeOf(error) === "conflict") await save("refused");
    throw error;
  }
  await save("removed");
  const onProgress = (says: string): Promise<void> => save("removed", says);
  await followRollout(deps, { target: plan.target, onProgress, signal: run.signal });
}

type Removal = { readonly pod: string; readonly uid: string; readonly by: "eviction" | "deletion" };

async function remove({ acts, target }: WorkloadSession, { pod: name, uid, by }: Removal, dryRun: boolean): Promise<void> {
  const pod = { namespace: target.namespace, name, uid };
  try {
    await (by === "eviction" ? acts.evictPod(pod, { dryRun }) : acts.deletePod(pod, { dryRun }));
  } catch (error) {
    if (codeOf(error) !== "conflict" && codeOf(error) !== "not-found") throw error;
    throw new OomphError("conflict", `Nothing was done: pod ${name} is gone by now, or made anew. Ask again for a new plan.`, {
      cause: error,
    });
  }
}

/** A pod that is gone says nothing of who deleted it: what was saved, or when its deletion began, does. */
async function observeDeletion(deps: KubernetesActionDeps, plan: Plan, run: RunFacts): Promise<Observation> {
  const { pod, uid } = readScope(PodScope, plan);
  const now = await readPod(deps, plan);
  if (now?.uid === uid && now.deletedAtMs === undefined) return { kind: "not-done", says: `${pod} is still there` };
  const is = whatIsOf(now, uid);
  const saved = run.checkpoint ?? null;
  const { data: { stage } = {} } = PodCheckpoint.safeParse(saved);
  if (saved !== null && stage === undefined)
    return {
      kind: "unknown",
      says: `${pod} ${is}; another version of Oomph began this act, and what it saved does not tell whether by it`,
    };
  if (stage === "removed") return { kind: "done", says: `${pod} ${is}` };
  if (stage !== "asked") return { kind: "not-done", says: `${pod} ${is}, and not by this act` };
  const sinceMs = now?.uid === uid ? now.deletedAtMs : undefined;
  if (sinceMs !== undefined && sinceMs >= wholeSecond(run.begunAtMs))
    return { kind: "done", says: `${pod} is ending since this act began` };
  return { kind: "unknown", says: `${pod} ${is}; whether by this act or by somebody else's is not known` };
}

function whatIsOf(now: PodFacts | undefined, uid: string): string {
  if (now === undefined) return "is gone";
  return now.uid === uid ? "is ending" : "was made anew";
}

async function readPod(deps: KubernetesActionDeps, plan: Plan): Promise<PodFacts | undefined> {
  const { cluster, target } = placeOf(deps, plan.target);
  try {
    return await cluster.pod(target.namespace, readScope(PodScope, plan).pod);
  } catch (error) {
    if (codeOf(error) === "not-found") return undefined;
    throw error;
  }
}

/** As Kubernetes writes times. */
function wholeSecond(atMs: number): number {
  return Math.floor(atMs / 1000) * 1000;
}

function effectOf({ pods }: WorkloadSession, plan: Plan): Effect {
  const { pod, uid } = readScope(PodScope, plan);
  const inEffect = !pods.some((one) => one.uid === uid);
  return {
    inEffect,
    says: inEffect ? `${pod} is gone, and its owner has made another.` : `${pod} is still there.`,
    rows: [],
    elseTry: "Investigate again: what takes the memory, and whether it still grows.",
  };
}

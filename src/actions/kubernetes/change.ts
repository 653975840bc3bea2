import { codeOf, OomphError } from "../../domain/errors.ts";
import { given } from "../../domain/given.ts";
import { canonicalJson, type Json } from "../../domain/json.ts";
import type { ActionDoc, Observation, Plan, Planned, Proposed } from "../../domain/plan.ts";
import { parseBytesQuantity } from "../../domain/quantity.ts";
import type { WorkloadResource } from "../../domain/target.ts";
import type { ActsOnCluster, ObjectNow, ObjectPlace, PatchOperation } from "../../ports/cluster-acts.ts";
import type { RunFacts, RunHandle } from "../action.ts";
import type { Effect } from "../effect.ts";
import { readBefore, readScope } from "../stored-schema.ts";
import { keeperWarnings } from "./blast-radius.ts";
import type { KubernetesActionDeps } from "./deps.ts";
import { differences } from "./differences.ts";
import { digestAt, digestOf } from "./digest.ts";
import { followRollout } from "./follow-rollout.ts";
import { markAt, markOf } from "./mark.ts";
import { keepersOf } from "./owners.ts";
import { isObject, valueAt } from "./pointer.ts";
import { lookAtApproved, placeOf, type WorkloadSession } from "./session.ts";
import { ChangeBefore, ChangeScope } from "./stored/schema.ts";
import { readVitals } from "./vitals.ts";

/** A change of one object, as an action has worked it out. */
export type Change = {
  readonly doc: ActionDoc;
  readonly place: ObjectPlace;
  readonly object: ObjectNow;
  readonly operations: readonly PlainOperation[];
  /** Instead of operations: the template of a revision, by its SHA-256. */
  readonly template?: { readonly revision: number; readonly digest: string };
  /** JSON pointers to what must be, at execution, as it was at planning. */
  readonly guards: readonly string[];
  readonly summary: string;
  readonly rows?: Plan["changes"];
  readonly touched: readonly string[];
  readonly warnings: readonly string[];
  readonly wayBack: string;
  readonly back?: Proposed;
  readonly params: Plan["params"];
  readonly confirm?: string;
  /** Is there a rollout to be waited for? */
  readonly followed: boolean;
  /** As its source would say it. */
  readonly lasting?: Json;
};

export type PlainOperation = Exclude<PatchOperation, { op: "test" }>;

/** How far back kills count for a plan. */
export const LOOK_BACK_MS = 15 * 60_000;
// Whoever counts replicas writes the object's version too: nothing was done then, and what was approved may still hold.
const MOST_TRIES = 8;
const PLANNING = "oomph-dry-run";
export const TEMPLATE = "/spec/template";

/** Where the pods' template stands in each kind. */
export function templateAt(resource: WorkloadResource): string {
  return resource === "cronjob" ? "/spec/jobTemplate/spec/template" : TEMPLATE;
}

/** The plan of a change: tried on the server, which keeps nothing of it, and what would differ read from its answer. */
export async function planChange(deps: KubernetesActionDeps, session: WorkloadSession, change: Change): Promise<Planned> {
  const { doc, object, place } = change;
  const scope = scopeOf(change);
  const tried = await patchGuarded(session.acts, { place, scope, runId: PLANNING, dryRun: true });
  const vitals = await readVitals(deps, session, deps.clock.nowMs() - LOOK_BACK_MS);
  const keepers = keepersOf(session.facts);
  const before: ChangeBefore = {
    vitals,
    followed: change.followed,
    ...given({ lasting: change.lasting, generation: object.generation, owner: keepers[0]?.name, back: change.back }),
    ...(change.template === undefined ? {} : { template: digestAt(tried.definition, TEMPLATE) }),
  };
  const plan: Plan = {
    actionId: doc.id,
    target: session.target,
    risk: doc.risk,
    summary: change.summary,
    changes: [...(change.rows ?? []), ...differences(object.definition, tried.definition)],
    blastRadius: change.touched,
    warnings: [...change.warnings, ...keeperWarnings(session), ...(session.doubts ?? [])],
    wayBack: change.wayBack,
    params: change.params,
    scope: given(scope),
    before: given(before),
    ...given({ confirm: change.confirm }),
  };
  return { kind: "planned", plan };
}

function scopeOf({ object, operations, guards, template }: Change): ChangeScope {
  return {
    uid: object.uid,
    operations: [...operations],
    guards: Object.fromEntries(guards.map((pointer) => [pointer, digestAt(object.definition, pointer)])),
    ...given({ template }),
  };
}

/** Makes the change, and then waits for what it brings about. */
export async function applyChange(
  deps: KubernetesActionDeps,
  { plan, place }: { readonly plan: Plan; readonly place: ObjectPlace },
  run: RunHandle,
): Promise<void> {
  const { acts } = await lookAtApproved(deps, plan);
  run.signal.throwIfAborted();
  await patchGuarded(acts, { place, scope: readScope(ChangeScope, plan), runId: run.id, dryRun: false });
  if (!readBefore(ChangeBefore, plan).followed) return;
  const onProgress = (says: string): Promise<void> => run.saveCheckpoint({ says }, says);
  await followRollout(deps, { target: plan.target, onProgress, signal: run.signal });
}

/** Was it done? The run's mark on the object tells. */
export async function observeChange(
  deps: KubernetesActionDeps,
  { plan, place }: { readonly plan: Plan; readonly place: ObjectPlace },
  run: RunFacts,
): Promise<Observation> {
  const scope = readScope(ChangeScope, plan);
  const now = await readIfThere(placeOf(deps, plan.target).acts, place);
  if (now === undefined || now.uid !== scope.uid)
    return { kind: "unknown", says: `${place.name} is ${now === undefined ? "not there any more" : "another object by now"}` };
  if (markOf(now.definition) === run.id) return { kind: "done", says: `${place.name} has the mark of this run` };
  const moved = movedGuards(now.definition, scope);
  if (moved.length > 0)
    return { kind: "unknown", says: `${place.name} has no mark of this run, and somebody has changed ${moved.join(", ")}` };
  // Done and undone by a rollback, which takes the mark along: where nothing is guarded, only the count of changes would tell.
  const { generation } = readBefore(ChangeBefore, plan);
  if (Object.keys(scope.guards).length === 0 && now.generation !== generation)
    return { kind: "unknown", says: `${place.name} has no mark of this run, and has been changed since: it may have been done and undone` };
  return { kind: "not-done", says: `${place.name} is as it was` };
}

/** Is what was approved so now? */
export function effectOf(definition: Json, plan: Plan): Effect {
  const { operations } = readScope(ChangeScope, plan);
  const { template, owner } = readBefore(ChangeBefore, plan);
  const fields = operations.filter((operation) => !isInEffect(definition, operation)).map(({ path }) => path);
  const wrong = template === undefined || template === digestAt(definition, TEMPLATE) ? fields : [...fields, TEMPLATE];
  const inEffect = wrong.length === 0;
  const elseTry = "Investigate again: what takes the memory, and whether it still grows.";
  if (inEffect) return { inEffect, says: "It is as approved.", rows: [], elseTry };
  const who = owner === undefined ? "somebody" : `somebody, most likely ${owner},`;
  return {
    inEffect,
    says: `It is not as approved: ${who} has changed it again${wrong.length === 0 ? "" : ` (${wrong.join(", ")})`}.`,
    rows: [],
    elseTry,
  };
}

type Guarded = { readonly place: ObjectPlace; readonly scope: ChangeScope; readonly runId: string; readonly dryRun: boolean };

/** Patches the object as long as what is guarded is as it was approved. Throws `conflict` otherwise. */
async function patchGuarded(acts: ActsOnCluster, { place, scope, runId, dryRun }: Guarded): Promise<ObjectNow> {
  for (let tries = 1; ; tries += 1) {
    const now = await acts.read(place);
    assertAsApproved(now, place, scope);
    const marks = marksFor(now.definition, place, { scope, runId });
    const operations = [...marks, ...scope.operations, ...(await templateFor(acts, place, scope))];
    try {
      return await acts.patch(place, { uid: now.uid, resourceVersion: now.resourceVersion, operations, dryRun });
    } catch (error) {
      if (codeOf(error) !== "conflict" || tries >= MOST_TRIES) throw error;
    }
  }
}

/** On the object; and on its template, unless that is put back whole as it once was. */
function marksFor(definition: Json, place: ObjectPlace, { scope, runId }: Pick<Guarded, "scope" | "runId">): readonly PatchOperation[] {
  const own = markAt(definition, "", runId);
  if (place.of === "ingress") return own;
  const template = templateAt(place.resource);
  const isTouched =
    (scope.operations.length === 0 && scope.template === undefined) || scope.operations.some(({ path }) => path.startsWith(`${template}/`));
  return isTouched ? [...own, ...markAt(definition, template, runId)] : own;
}

async function templateFor(acts: ActsOnCluster, place: ObjectPlace, { template }: ChangeScope): Promise<readonly PatchOperation[]> {
  if (template === undefined || place.of === "ingress") return [];
  const value = await acts.templateOf(place, template.revision);
  if (digestOf(value) === template.digest) return [{ op: "replace", path: TEMPLATE, value }];
  throw new OomphError(
    "conflict",
    `Nothing was done: revision ${template.revision} of ${place.name} is not what it was. Ask again for a new plan.`,
  );
}

function assertAsApproved({ uid, definition }: ObjectNow, place: ObjectPlace, scope: ChangeScope): void {
  const again = "Ask again for a new plan.";
  if (uid !== scope.uid)
    throw new OomphError("conflict", `Nothing was done: ${place.name} in namespace ${place.namespace} was made anew since. ${again}`);
  const moved = movedGuards(definition, scope);
  if (moved.length > 0)
    throw new OomphError("conflict", `Nothing was done: somebody has changed ${moved.join(", ")} of ${place.name} meanwhile. ${again}`);
}

function movedGuards(definition: Json, { guards }: ChangeScope): readonly string[] {
  return Object.entries(guards).flatMap(([pointer, digest]) => (digestAt(definition, pointer) === digest ? [] : [pointer]));
}

function isInEffect(definition: Json, operation: PlainOperation): boolean {
  const now = valueAt(definition, operation.path);
  if (operation.op === "remove") return now === undefined;
  if (isObject(operation.value) && Object.keys(operation.value).length === 0) return now !== undefined; // made for what is put into it
  if (operation.path.endsWith("/memory")) return sizeOf(now) === sizeOf(operation.value);
  return canonicalJson(now ?? null) === canonicalJson(operation.value);
}

function sizeOf(value: Json | undefined): number | undefined {
  return typeof value === "string" || typeof value === "number" ? parseBytesQuantity(value) : undefined;
}

async function readIfThere(acts: ActsOnCluster, place: ObjectPlace): Promise<ObjectNow | undefined> {
  try {
    return await acts.read(place);
  } catch (error) {
    if (codeOf(error) === "not-found") return undefined;
    throw error;
  }
}

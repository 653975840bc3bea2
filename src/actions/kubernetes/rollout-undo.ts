import type { Json } from "../../domain/json.ts";
import type { Planned } from "../../domain/plan.ts";
import { formatTarget, type Target } from "../../domain/target.ts";
import type { Action } from "../action.ts";
import { digestOf } from "./digest.ts";
import { changing } from "./changing.ts";
import type { KubernetesActionDeps } from "./deps.ts";
import { ROLLED_OUT, unfit } from "./kinds.ts";
import { planRollout, readRollout } from "./plan-rollout.ts";
import { readParams, UndoParams } from "./schema.ts";
import { patching, planOn, refused, whyPaused, type WorkloadSession } from "./session.ts";

const DOC = {
  id: "k8s.rollout-undo",
  title: "Undo rollout",
  risk: "disruptive",
  targetKind: "workload",
  params: [{ name: "revision", says: "which one to go back to; absent: the one before the present one", required: false }],
} as const satisfies Partial<Action>;

/** kubectl rollout undo: the template of an earlier revision, whole. The way back is the revision that it came from. */
export function rolloutUndo(deps: KubernetesActionDeps): Action {
  return { ...DOC, plan: (target, params) => planUndo(deps, target, params), ...changing(deps) };
}

async function planUndo(deps: KubernetesActionDeps, target: Target, given: Readonly<Record<string, Json>>): Promise<Planned> {
  const read = readParams(UndoParams, DOC, given);
  if (read.kind === "refused") return read;
  const because = unfit(target, ROLLED_OUT, "taken back to an earlier rollout");
  if (because !== undefined) return refused(because);
  return planOn(deps, { target, rights: patching }, async (session) => {
    const name = formatTarget(target);
    const paused = whyPaused(session);
    if (paused !== undefined) return refused(paused);
    const [now, previous, ...older] = (await session.cluster.revisions(session.name)).map(({ revision }) => revision);
    const revision = read.params.revision ?? previous;
    if (now === undefined || revision === undefined)
      return refused(`${name} has no earlier revision that is kept: there is nothing to go back to.`);
    if (revision === now) return refused(`${name} is at revision ${now} already: there is nothing to change.`);
    const kept = [previous, ...older].filter((one) => one !== undefined);
    if (!kept.includes(revision))
      return refused(`${name} has no revision ${revision}: kept are ${kept.join(", ") || "none"}, and ${now} is the present one.`);
    return planTemplate(deps, session, { now, revision });
  });
}

async function planTemplate(
  deps: KubernetesActionDeps,
  session: WorkloadSession,
  { now, revision }: { readonly now: number; readonly revision: number },
): Promise<Planned> {
  const rollout = await readRollout(session);
  return planRollout(
    deps,
    { session, rollout },
    {
      doc: DOC,
      operations: [],
      template: { revision, digest: digestOf(await session.acts.templateOf(session.name, revision)) },
      guards: ["/spec/template"],
      summary: `Take ${formatTarget(session.target)} back from revision ${now} to revision ${revision}`,
      warnings: [`All that came with revisions after ${revision} is lost until it is rolled out again.`],
      wayBack: `Goes back to revision ${now}.`,
      back: { actionId: DOC.id, params: { revision: now } },
      params: { revision },
    },
  );
}

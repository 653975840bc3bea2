import type { Json } from "../../domain/json.ts";
import type { Planned } from "../../domain/plan.ts";
import { formatTarget, type Target } from "../../domain/target.ts";
import type { Action, RunFacts } from "../action.ts";
import type { Effect } from "../effect.ts";
import { TEMPLATE } from "./change.ts";
import { changing } from "./changing.ts";
import type { KubernetesActionDeps } from "./deps.ts";
import { ROLLED_OUT, unfit } from "./kinds.ts";
import { markOf } from "./mark.ts";
import { planRollout, readRollout } from "./plan-rollout.ts";
import { readParams, RestartParams } from "./schema.ts";
import { patching, planOn, refused, whyPaused } from "./session.ts";

const DOC = {
  id: "k8s.rollout-restart",
  title: "Restart all pods",
  risk: "disruptive",
  targetKind: "workload",
  params: [],
} as const satisfies Partial<Action>;

/** kubectl rollout restart: the run's mark on the template makes every pod anew. There is no way back, and none is needed. */
export function rolloutRestart(deps: KubernetesActionDeps): Action {
  return {
    ...DOC,
    plan: (target, params) => planRestart(deps, target, params),
    ...changing(deps, { effect: (definition, _, run) => restarted(definition, run) }),
  };
}

async function planRestart(deps: KubernetesActionDeps, target: Target, given: Readonly<Record<string, Json>>): Promise<Planned> {
  const read = readParams(RestartParams, DOC, given);
  if (read.kind === "refused") return read;
  const because = unfit(target, ROLLED_OUT, "restarted as a rollout");
  if (because !== undefined) return refused(because);
  return planOn(deps, { target, rights: patching }, async (session) => {
    const name = formatTarget(target);
    const { facts } = session;
    const paused = whyPaused(session);
    if (paused !== undefined) return refused(paused);
    if (facts.replicas?.wanted === 0) return refused(`${name} has no replicas: there is nothing to restart. k8s.scale gives it some.`);
    const rollout = await readRollout(session);
    const { radius } = rollout;
    if (!radius.rolls && radius.warnings.length > 0)
      return refused(`a restart of ${name} would not reach all of its pods. ${radius.warnings.join(" ")}`);
    return planRollout(
      deps,
      { session, rollout },
      {
        doc: DOC,
        operations: [],
        guards: [],
        summary: `Restart all pods of ${name}, as a rollout`,
        rows: [{ what: "Pods", before: `${session.pods.length} running their template`, after: "made anew from the same template" }],
        warnings: ["It only buys time: what filled the memory begins anew."],
        wayBack: "None is needed: the pods are made from the same template.",
        params: {},
      },
    );
  });
}

function restarted(definition: Json, run: RunFacts): Effect {
  const inEffect = markOf(definition, TEMPLATE) === run.id;
  return {
    inEffect,
    says: inEffect ? "Its pods were made anew." : "Its pods were not made anew by this run: somebody has changed its template again.",
    rows: [],
    elseTry: "Investigate again, and look at the logs of its pods.",
  };
}

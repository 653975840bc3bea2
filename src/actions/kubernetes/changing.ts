import type { Plan } from "../../domain/plan.ts";
import type { Json } from "../../domain/json.ts";
import type { ObjectPlace, Right } from "../../ports/cluster-acts.ts";
import type { WorkloadName } from "../../ports/clusters.ts";
import type { Action, RunFacts } from "../action.ts";
import type { Effect } from "../effect.ts";
import { readBefore } from "../stored-schema.ts";
import { applyChange, effectOf, observeChange } from "./change.ts";
import type { KubernetesActionDeps } from "./deps.ts";
import { lastingChange } from "./lasting-change.ts";
import { lackOf, patching, placeOf } from "./session.ts";
import { ChangeBefore } from "./stored/schema.ts";
import { verifyWorkload } from "./verify.ts";

type Of = {
  /** Absent: the workload itself. */
  readonly place?: (plan: Plan) => ObjectPlace;
  /** Absent: to patch the workload. */
  readonly rights?: (name: WorkloadName) => readonly Right[];
  /** Where what was approved is not to be read field by field. */
  readonly effect?: (definition: Json, plan: Plan, run: RunFacts) => Effect;
};

/** What all changes of one object have in common, once they are planned. */
export function changing(
  deps: KubernetesActionDeps,
  { place, rights = patching, effect = effectOf }: Of = {},
): Omit<Action, "plan" | keyof typeof DOC> {
  const at = (plan: Plan): ObjectPlace => place?.(plan) ?? { of: "workload", ...placeOf(deps, plan.target).name };
  return {
    lacks: (target) => lackOf(deps, target, rights),
    apply: (plan, run) => applyChange(deps, { plan, place: at(plan) }, run),
    observe: (plan, run) => observeChange(deps, { plan, place: at(plan) }, run),
    verify(plan, run) {
      const { vitals: before, followed } = readBefore(ChangeBefore, plan);
      return verifyWorkload(deps, {
        plan,
        run,
        before,
        followed,
        effect: async ({ acts }) => effect((await acts.read(at(plan))).definition, plan, run),
      });
    },
    wayBack: (plan) => readBefore(ChangeBefore, plan).back,
    afterwards: (plan) => lastingChange(deps, { plan, place: at(plan) }),
  };
}

// What an action says of itself.
const DOC = { id: "", title: "", risk: "", targetKind: "", params: [] };

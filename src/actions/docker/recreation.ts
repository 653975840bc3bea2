import { OomphError } from "../../domain/errors.ts";
import type { Plan, Verification } from "../../domain/plan.ts";
import type { Action, RunFacts, RunHandle } from "../action.ts";
import { readBefore, readScope } from "../stored-schema.ts";
import { hostOf, lookAtApproved } from "./container-session.ts";
import type { DockerActionDeps } from "./deps.ts";
import { environmentRow, notAsWanted } from "./environment.ts";
import { lastingFix } from "./lasting-fix.ts";
import { memoryInWords } from "./memory-limits.ts";
import { digestOfRest } from "./recreate-compare.ts";
import { findPieces } from "./recreate-names.ts";
import { observeRecreation } from "./recreate-observe.ts";
import { recreate } from "./recreate.ts";
import { RecreateBefore, RecreateScope, type Vitals } from "./stored/schema.ts";
import { verifyContainer } from "./verify.ts";
import type { Row } from "../effect.ts";

const ELSE_TRY = "Bring the old container back, or investigate again.";

/** All of an action that makes a container anew, but its plan. `expected` says what else must be so: rows with their verdicts. */
export function recreationOf(
  deps: DockerActionDeps,
  expected: (plan: Plan, before: Vitals, now: Vitals) => readonly Row[] = () => [],
): Pick<Action, "apply" | "observe" | "verify" | "wayBack" | "repair" | "afterwards"> {
  return {
    apply: (plan, run) => applyRecreation(deps, plan, run),
    observe(plan, run) {
      const { id } = readScope(RecreateScope, plan);
      const { vitals: before } = readBefore(RecreateBefore, plan);
      return observeRecreation(deps, { plan, run, id, before });
    },
    verify: (plan, run) => verifyRecreation(deps, { plan, run, expected }),
    wayBack: rollbackOf,
    repair: rollbackOf,
    async afterwards(plan) {
      const { id, set, unset, memory } = readScope(RecreateScope, plan);
      const fix = await lastingFix(deps, plan, { set, unset, ...(memory === undefined ? {} : { limitBytes: memory.to.memoryBytes }) });
      const why = "Once nobody wants to go back: the old container is stopped and kept, and takes disk space.";
      return { ...fix, offers: [...fix.offers, { actionId: "docker.remove-previous", params: { previous: id }, why }] };
    },
  };
}

function rollbackOf(plan: Plan, run: RunFacts): ReturnType<Action["wayBack"]> {
  return { actionId: "docker.rollback", params: { run: run.id, previous: readScope(RecreateScope, plan).id } };
}

async function applyRecreation(deps: DockerActionDeps, plan: Plan, run: RunHandle): Promise<void> {
  const scope = readScope(RecreateScope, plan);
  const { replaces } = readBefore(RecreateBefore, plan); // a plan that cannot be observed afterwards is not begun
  const session = await lookAtApproved(deps, plan, scope.id);
  if (digestOfRest(session.definition) !== scope.rest)
    throw new OomphError(
      "conflict",
      "Nothing was done: limits, networks or policies of the container were changed since the approval. Ask again for a new plan.",
    );
  run.signal.throwIfAborted();
  const memory = scope.memory === undefined ? {} : { memory: scope.memory.to };
  await recreate(deps, { session, run, change: { set: scope.set, unset: scope.unset, ...memory }, replaces });
}

type Verifying = {
  readonly plan: Plan;
  readonly run: RunFacts;
  readonly expected: (plan: Plan, before: Vitals, now: Vitals) => readonly Row[];
};

async function verifyRecreation(deps: DockerActionDeps, { plan, run, expected }: Verifying): Promise<Verification> {
  const scope = readScope(RecreateScope, plan);
  const { vitals: before } = readBefore(RecreateBefore, plan);
  const { host, acts, target } = hostOf(deps, plan.target);
  const { fresh } = findPieces(await host.list(), { name: target.name, runId: run.id, previous: scope.id });
  if (fresh === undefined || fresh.name !== target.name) {
    const says = "The new container is not there any more: somebody has put another in its place, or the old one back.";
    return { helped: false, says, rows: [] };
  }
  return verifyContainer(deps, {
    plan,
    run,
    before,
    id: fresh.id,
    async effect(now) {
      const wrong = notAsWanted(await acts.definition(fresh.id), scope);
      const rows = [environmentRow(wrong, scope), ...expected(plan, before, now)];
      const limited = scope.memory === undefined || (now.limitBytes ?? 0) === scope.memory.to.memoryBytes;
      const inEffect = limited && rows.every(({ ok }) => ok);
      return { inEffect, says: effectInWords(inEffect, rows, scope), rows, elseTry: ELSE_TRY };
    },
  });
}

function effectInWords(inEffect: boolean, rows: readonly Row[], { memory }: RecreateScope): string {
  const wrong = rows.find(({ ok }) => !ok);
  if (wrong !== undefined) return `${wrong.what}: ${wrong.after}.`;
  const limit = memory === undefined ? "" : `, its limit is ${memoryInWords(memory.to)}`;
  return inEffect ? `The new container has what was asked for${limit}.` : "The new container does not have the limit that was asked for.";
}

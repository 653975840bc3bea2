import type { Action, RunFacts } from "../actions/action.ts";
import { asClause } from "../domain/clause.ts";
import { messageOf } from "../domain/errors.ts";
import type { Afterwards, Observation, Plan } from "../domain/plan.ts";
import type { Desk } from "../incidents/desk.ts";
import { endRun, startVerifying } from "../incidents/end-run.ts";
import type { Held } from "../incidents/take-request.ts";
import type { JobOutcome } from "../ports/job-queue.ts";
import { observeSurely, verifySurely, withProgress, type Patience } from "./look-surely.ts";

export type FinishDeps = { readonly desk: Desk; readonly patience: Patience };

/** A begun run and the action that it carries out. */
export type InHand = { readonly action: Action; readonly held: Held };

const DONE: JobOutcome = { kind: "done" };

const ADVICE: Readonly<Record<Exclude<Observation["kind"], "done">, string>> = {
  "not-done": "ask again if it is still needed",
  partly: "put that right first",
  unknown: "look at the target before asking again",
};

/** An earlier delivery died after it had begun: the target is looked at, and not touched. */
export async function lookAfterCrash(deps: FinishDeps, { action, held }: InHand, signal: AbortSignal): Promise<JobOutcome> {
  if (held.request.state === "verifying") return verifyAndEnd(deps, { action, held }, signal);
  const seen = await observeSurely(deps.desk, { action, ...factsOf(held), patience: deps.patience }, signal);
  if (seen.kind === "done") return verifyAndEnd(deps, { action, held }, signal);
  const advice = ADVICE[seen.kind];
  return endUnverified(deps.desk, { action, held }, { seen, outcome: `interrupted; ${asClause(seen.says)}: ${advice}` });
}

/** Apply threw: only the target knows whether it was done all the same. */
export async function lookAfterFailure(
  deps: FinishDeps,
  failed: InHand & { readonly because: string },
  signal: AbortSignal,
): Promise<JobOutcome> {
  const { action, held, because } = failed;
  const seen = await observeSurely(deps.desk, { action, ...factsOf(held), patience: deps.patience }, signal);
  if (seen.kind === "done") return verifyAndEnd(deps, { action, held }, signal);
  return endUnverified(deps.desk, { action, held }, { seen, outcome: `${asClause(because)}; ${seen.says}` });
}

/** It is done: did it help? */
export async function verifyAndEnd({ desk, patience }: FinishDeps, { action, held }: InHand, signal: AbortSignal): Promise<JobOutcome> {
  // Not to be verified any more: an admin released its lease and so ended it. What is seen is still written down.
  if (held.request.state === "executing") await startVerifying(desk, held);
  const { plan, run } = factsOf(held);
  const looked = await verifySurely(desk, { action, plan, run, patience }, signal);
  if (looked.kind === "unknown") {
    await endRun(desk, held, { state: "unknown", outcome: looked.because });
    return DONE;
  }
  const { verification } = looked;
  // What the act has saved since it was taken in hand is in the store alone.
  const saved = await withProgress(desk, run);
  const wayBack = action.wayBack(plan, saved);
  const state = verification.helped ? "succeeded" : "ineffective";
  const afterwards = verification.helped ? await afterwardsOf(desk, { action, plan, run: saved }) : undefined;
  await endRun(desk, held, {
    state,
    outcome: verification.says,
    verification,
    ...(wayBack === undefined ? {} : { wayBack }),
    ...(afterwards === undefined ? {} : { afterwards }),
  });
  return DONE;
}

type Carried = { readonly action: Action; readonly plan: Plan; readonly run: RunFacts };

/** What lasts beyond the act. That it cannot be told takes nothing from what was done. */
async function afterwardsOf(desk: Desk, { action, plan, run }: Carried): Promise<Afterwards | undefined> {
  try {
    return await action.afterwards?.(plan, run);
  } catch (error) {
    desk.log.warn({ runId: run.id, actionId: action.id, because: messageOf(error) }, "what lasts beyond an act could not be told");
    return undefined;
  }
}

type Unverified = { readonly seen: Exclude<Observation, { kind: "done" }>; readonly outcome: string };

async function endUnverified(desk: Desk, { action, held }: InHand, { seen, outcome }: Unverified): Promise<JobOutcome> {
  const { plan, run } = factsOf(held);
  // Asked for once the target can be looked at again: its plan then says whether there is anything to repair.
  const repair = seen.kind === "not-done" ? undefined : action.repair?.(plan, await withProgress(desk, run));
  const state = seen.kind === "unknown" ? "unknown" : "failed";
  await endRun(desk, held, { state, outcome, observation: seen, ...(repair === undefined ? {} : { wayBack: repair }) });
  return DONE;
}

/** What a begun run goes by: the plan as made at execution. */
function factsOf({ request, run }: Held): { readonly plan: Plan; readonly run: RunFacts } {
  return { plan: run.plan ?? request.plan, run: { ...run, begunAtMs: run.begunAtMs ?? request.createdAtMs } };
}

import type { Action, RunFacts } from "../actions/action.ts";
import type { Plan } from "../domain/plan.ts";
import { beginRun } from "../incidents/begin-run.ts";
import type { Desk } from "../incidents/desk.ts";
import { endRun, endUndone, startVerifying } from "../incidents/end-run.ts";
import type { LeaseTimes } from "../incidents/keep-lease.ts";
import { planHash } from "../incidents/plan-hash.ts";
import { replaceRequest } from "../incidents/replace-request.ts";
import { takeRequest, type Held } from "../incidents/take-request.ts";
import type { JobOutcome } from "../ports/job-queue.ts";
import { applyOnce } from "./apply-once.ts";
import { observeSurely, planAnew, verifySurely, type Patience } from "./look-surely.ts";

export type ActDeps = {
  readonly desk: Desk;
  actionOf(actionId: string): Action | undefined;
  readonly leaseTimes: LeaseTimes;
  readonly patience: Patience;
};

const DONE: JobOutcome = { kind: "done" };
// Taken over, frozen or cancelled between taking and beginning: the next look says which.
const LOOK_AGAIN: JobOutcome = { kind: "later", delayMs: 1_000 };

/** Executes an approved request. The queue delivers it at least once; it is applied at most once. */
export async function act(deps: ActDeps, requestId: string, signal: AbortSignal): Promise<JobOutcome> {
  const taken = await takeRequest(deps.desk, requestId, deps.leaseTimes); // access, freeze, expiry and lease are checked again here
  if (taken.kind === "nothing") return DONE;
  if (taken.kind === "wait") return { kind: "later", delayMs: taken.delayMs };
  try {
    return await carryOut(deps, taken.held, signal);
  } finally {
    taken.held.lease.stop();
  }
}

async function carryOut(deps: ActDeps, held: Held, signal: AbortSignal): Promise<JobOutcome> {
  const { desk, patience, leaseTimes } = deps;
  const { request } = held;
  const action = deps.actionOf(request.actionId);
  if (action === undefined) return done(endUndone(desk, held, `this version of Oomph does not know the action ${request.actionId}`));
  if (request.state !== "approved") return lookAfterCrash(deps, { action, held }, signal);

  const now = await planAnew(action, request.target, request.plan.params);
  if (now.kind === "refused") return done(endUndone(desk, held, now.because));
  if (planHash(now.plan) !== request.planHash) return putAnew(deps, { action, held });

  const begun = await beginRun(desk, held, { plan: now.plan, times: leaseTimes }); // audited and marked as begun, then done
  if (begun.kind === "not-begun") return LOOK_AGAIN;
  const failure = await applyOnce(desk, { action, held: begun.held, plan: now.plan }, signal);
  if (failure === undefined) return verifyAndEnd(deps, { action, held: begun.held }, signal);

  const seen = await observeSurely(desk, { action, ...factsOf(begun.held), patience }, signal);
  if (seen.kind === "done") return verifyAndEnd(deps, { action, held: begun.held }, signal);
  return done(
    endRun(desk, begun.held, {
      state: seen.kind === "unknown" ? "unknown" : "failed",
      outcome: `${failure}; ${seen.says}`,
      observation: seen,
    }),
  );
}

type InHand = { readonly action: Action; readonly held: Held };

/** An earlier delivery died after it had begun: never applied again, only looked at. */
async function lookAfterCrash(deps: ActDeps, { action, held }: InHand, signal: AbortSignal): Promise<JobOutcome> {
  if (held.request.state === "verifying") return verifyAndEnd(deps, { action, held }, signal);
  const seen = await observeSurely(deps.desk, { action, ...factsOf(held), patience: deps.patience }, signal);
  if (seen.kind === "done") return verifyAndEnd(deps, { action, held }, signal);
  const state = seen.kind === "unknown" ? "unknown" : "failed";
  const advice = state === "unknown" ? "look at the target before asking again" : "ask again if it is still needed";
  return done(endRun(deps.desk, held, { state, outcome: `interrupted; ${seen.says}: ${advice}`, observation: seen }));
}

async function verifyAndEnd({ desk, patience }: ActDeps, { action, held }: InHand, signal: AbortSignal): Promise<JobOutcome> {
  if (held.request.state === "executing" && !(await startVerifying(desk, held))) return LOOK_AGAIN;
  const { plan, run } = factsOf(held);
  const looked = await verifySurely(desk, { action, plan, run, patience }, signal);
  if (looked.kind === "unknown") return done(endRun(desk, held, { state: "unknown", outcome: looked.because }));
  const { verification } = looked;
  const wayBack = action.wayBack(plan, run);
  const state = verification.helped ? "succeeded" : "ineffective";
  return done(endRun(desk, held, { state, outcome: verification.says, verification, ...(wayBack === undefined ? {} : { wayBack }) }));
}

/** Not what was approved: what it would be now is put to approval instead. */
async function putAnew({ desk }: ActDeps, { action, held }: InHand): Promise<JobOutcome> {
  const fresh = await planAnew(action, held.request.target, held.request.askedParams);
  if (fresh.kind === "refused") return done(endUndone(desk, held, fresh.because));
  return done(replaceRequest(desk, held, fresh.plan));
}

/** What a begun run goes by: the plan as made at execution. */
function factsOf({ request, run }: Held): { readonly plan: Plan; readonly run: RunFacts } {
  return { plan: run.plan ?? request.plan, run: { ...run, begunAtMs: run.begunAtMs ?? request.createdAtMs } };
}

async function done(ending: Promise<unknown>): Promise<JobOutcome> {
  await ending;
  return DONE;
}

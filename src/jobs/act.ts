import type { Action } from "../actions/action.ts";
import { beginRun } from "../incidents/begin-run.ts";
import { endUndone } from "../incidents/end-run.ts";
import { planHash } from "../incidents/plan-hash.ts";
import { replaceRequest } from "../incidents/replace-request.ts";
import { takeRequest, type Held } from "../incidents/take-request.ts";
import type { LeaseTimes } from "../incidents/keep-lease.ts";
import type { Chat } from "../ports/chat.ts";
import type { JobOutcome } from "../ports/job-queue.ts";
import { applyOnce } from "./apply-once.ts";
import { lookAfterCrash, lookAfterFailure, verifyAndEnd, type FinishDeps } from "./finish-act.ts";
import { planAnew } from "./look-surely.ts";

export type ActDeps = FinishDeps & {
  actionOf(actionId: string): Action | undefined;
  readonly leaseTimes: LeaseTimes;
  readonly chat: Pick<Chat, "permalink">;
  /** A card says how far a long act has come at most this often. */
  readonly actProgressEveryMs: number;
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
  const { desk, chat, leaseTimes, actProgressEveryMs } = deps;
  const { request } = held;
  const action = deps.actionOf(request.actionId);
  if (action === undefined) return undone(deps, held, `this version of Oomph does not know the action ${request.actionId}`);
  if (request.state !== "approved") return lookAfterCrash(deps, { action, held }, signal); // begun before: never applied again

  const now = await planAnew(action, request.target, request.plan.params);
  if (now.kind === "refused") return undone(deps, held, now.because);
  if (planHash(now.plan) !== request.planHash) return putAnew(deps, action, held); // not what was approved

  const begun = await beginRun(desk, held, { plan: now.plan, times: leaseTimes }); // audited and marked as begun, then done
  if (begun.kind === "not-begun") return LOOK_AGAIN;
  const applied = await applyOnce(desk, { action, held: begun.held, plan: now.plan, progressEveryMs: actProgressEveryMs, chat }, signal);
  if (applied.kind === "failed") return lookAfterFailure(deps, { action, held: begun.held, because: applied.because }, signal);
  return verifyAndEnd(deps, { action, held: begun.held }, signal);
}

/** What it would be now is put to approval instead. */
async function putAnew(deps: ActDeps, action: Action, held: Held): Promise<JobOutcome> {
  const fresh = await planAnew(action, held.request.target, held.request.askedParams);
  if (fresh.kind === "refused") return undone(deps, held, fresh.because);
  await replaceRequest(deps.desk, held, fresh.plan);
  return DONE;
}

async function undone(deps: ActDeps, held: Held, because: string): Promise<JobOutcome> {
  await endUndone(deps.desk, held, because);
  return DONE;
}

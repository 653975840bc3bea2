import { messageOf, OomphError } from "../domain/errors.ts";
import type { StepProgress } from "../domain/evidence.ts";
import type { Desk } from "../incidents/desk.ts";
import { beginInvestigation, concludeInvestigation, failInvestigation, type Underway } from "../incidents/investigations.ts";
import type { JobOutcome } from "../ports/job-queue.ts";
import { runRunbook, type RunbookOutcome } from "../runbooks/run-runbook.ts";
import type { Runbook } from "../runbooks/runbook.ts";
import { illustrate, type Illustrate } from "./illustrate.ts";
import { tellProgress } from "./tell-progress.ts";

export type InvestigateDeps = {
  readonly desk: Desk;
  runbookOf(runbookId: string): Runbook | undefined;
  /** Draws what goes below the report; absent: nothing does. */
  readonly illustrate?: Illustrate;
  /** The progress message is edited at most this often. */
  readonly progressEveryMs: number;
};

export type InvestigateJob = {
  readonly signal: AbortSignal;
  /** How often the process that carried it out ended in the middle of it. */
  readonly lost: number;
};

const DONE: JobOutcome = { kind: "done" };
// Once may be bad luck. What has ended its process three times will do so a fourth time, and everything else with it.
const MOST_LOST = 3;

/** Runs a runbook for an incident and reports. After a crash it runs again from the start, in the same messages. */
export async function investigate(deps: InvestigateDeps, investigationId: string, { signal, lost }: InvestigateJob): Promise<JobOutcome> {
  const underway = await beginInvestigation(deps.desk, investigationId);
  if (underway === undefined) return DONE;
  if (lost >= MOST_LOST) {
    await failInvestigation(deps.desk, underway, gaveUp(lost));
    return DONE;
  }
  const { runbookId } = underway.investigation;
  const runbook = deps.runbookOf(runbookId);
  if (runbook === undefined) {
    await failInvestigation(deps.desk, underway, `this version of Oomph does not know the runbook ${runbookId}`);
    return DONE;
  }

  const ran = await run(deps, { underway, runbook }, signal);
  if (ran.kind === "failed") await failInvestigation(deps.desk, underway, ran.because);
  else {
    const isFirst = await concludeInvestigation(deps.desk, underway, conclusionOf(ran.outcome));
    if (isFirst && deps.illustrate !== undefined) await illustrate(deps.desk, underway, deps.illustrate);
  }
  return DONE;
}

type Ran = { readonly kind: "ran"; readonly outcome: RunbookOutcome } | { readonly kind: "failed"; readonly because: string };

async function run(
  { desk, progressEveryMs }: InvestigateDeps,
  { underway, runbook }: { readonly underway: Underway; readonly runbook: Runbook },
  signal: AbortSignal,
): Promise<Ran> {
  const { incident, investigation } = underway;
  const progress = tellProgress<readonly StepProgress[]>(desk, {
    everyMs: progressEveryMs,
    tell: (tables, steps) => desk.narrator(tables, { kind: "progress", incident, investigation, steps }),
    about: { investigationId: investigation.id },
  });
  try {
    const outcome = await runRunbook(runbook, investigation.target, {
      clock: desk.clock,
      ids: desk.ids,
      onProgress: (steps) => progress.show(steps),
      onEvidence: (evidence) => desk.store.evidence.add(investigation.id, evidence),
      signal,
    });
    return { kind: "ran", outcome };
  } catch (error) {
    // Drained, or the store is away: the queue delivers it again. Anything else would only repeat itself.
    if (signal.aborted || (error instanceof OomphError && error.retryable)) throw error;
    desk.log.error({ investigationId: investigation.id, because: messageOf(error), error }, "an investigation broke");
    return { kind: "failed", because: messageOf(error) };
  } finally {
    await progress.settle();
  }
}

function gaveUp(lost: number): string {
  return `Oomph's process ended ${lost} times in the middle of this investigation, so it is not begun again. See Oomph's log and whether it was killed for want of memory, then investigate anew`;
}

/** A target that could not be looked at is a report too: what that means is a diagnosis like any other. */
function conclusionOf(outcome: RunbookOutcome) {
  if (outcome.kind === "done") return { diagnosis: outcome.diagnosis, failures: outcome.failures };
  return { diagnosis: outcome.diagnosis, failures: [], because: outcome.because };
}

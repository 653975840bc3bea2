import { beginInvestigation, concludeInvestigation, failInvestigation } from "../incidents/investigations.ts";
import type { JobOutcome } from "../ports/job-queue.ts";
import type { Runbook } from "../runbooks/runbook.ts";
import { attach } from "./attach.ts";
import { illustrate, type Illustrate } from "./illustrate.ts";
import { runInvestigation, type RunDeps } from "./run-investigation.ts";

export type InvestigateDeps = RunDeps & {
  runbookOf(runbookId: string): Runbook | undefined;
  /** Draws what goes below the report; absent: nothing does. */
  readonly illustrate?: Illustrate;
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

  const ran = await runInvestigation(deps, { underway, runbook }, signal);
  if (ran.kind === "failed") await failInvestigation(deps.desk, underway, ran.because);
  else {
    const isFirst = await concludeInvestigation(deps.desk, underway, ran.conclusion);
    // One of a storm has a line in its list, or one message below it; a look whether it is over says little.
    if (underway.incident.stormId !== undefined || underway.investigation.isCheckUp === true) return DONE;
    if (isFirst && deps.illustrate !== undefined) await illustrate(deps.desk, underway, deps.illustrate);
    if (isFirst) await attach(deps.desk, underway);
  }
  return DONE;
}

function gaveUp(lost: number): string {
  return `Oomph's process ended ${lost} times in the middle of this investigation, so it is not begun again. See Oomph's log and whether it was killed for want of memory, then investigate anew`;
}

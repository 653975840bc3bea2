import { messageOf, OomphError } from "../domain/errors.ts";
import type { StepProgress } from "../domain/evidence.ts";
import { given } from "../domain/given.ts";
import type { Desk } from "../incidents/desk.ts";
import type { Conclusion, Underway } from "../incidents/investigations.ts";
import { runRunbook, type RunbookOutcome } from "../runbooks/run-runbook.ts";
import type { Runbook } from "../runbooks/runbook.ts";
import { tellProgress } from "./tell-progress.ts";

export type RunDeps = {
  readonly desk: Desk;
  /** The progress message is edited at most this often. */
  readonly progressEveryMs: number;
};

export type Ran = { readonly kind: "ran"; readonly conclusion: Conclusion } | { readonly kind: "failed"; readonly because: string };

/** Runs a runbook, stores what it sees and shows how far it is. Throws what is worth another try. */
export async function runInvestigation(
  { desk, progressEveryMs }: RunDeps,
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
      asked: given({ backMs: investigation.sinceMs, alert: investigation.alert }),
      onProgress: (steps) => (investigation.isCheckUp === true ? undefined : progress.show(steps)),
      onEvidence: (evidence) => desk.store.evidence.add(investigation.id, evidence),
      signal,
    });
    return { kind: "ran", conclusion: conclusionOf(outcome) };
  } catch (error) {
    // Drained, or the store is away: the queue delivers it again. Anything else would only repeat itself.
    if (signal.aborted || (error instanceof OomphError && error.retryable)) throw error;
    desk.log.error({ investigationId: investigation.id, because: messageOf(error), error }, "an investigation broke");
    return { kind: "failed", because: messageOf(error) };
  } finally {
    await progress.settle();
  }
}

/** A target that could not be looked at is a report too: what that means is a diagnosis like any other. */
function conclusionOf(outcome: RunbookOutcome): Conclusion {
  if (outcome.kind === "done") return { diagnosis: outcome.diagnosis, failures: outcome.failures };
  return { diagnosis: outcome.diagnosis, failures: [], because: outcome.because };
}

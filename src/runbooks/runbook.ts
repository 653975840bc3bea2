import type { AlertClaim } from "../domain/alert-claim.ts";
import type { ErrorCode } from "../domain/errors.ts";
import type { Evidence, StepFailure } from "../domain/evidence.ts";
import type { Diagnosis } from "../domain/finding.ts";
import type { ForTargets } from "../domain/fitting-runbook.ts";
import type { Problem } from "../domain/incident.ts";
import type { Json } from "../domain/json.ts";
import type { Target } from "../domain/target.ts";

/** What to look at for a kind of target with a kind of problem, in which order, and how to read it. */
export type Runbook<Session = unknown> = ForTargets & {
  /** `redis-memory` */
  readonly id: string;
  readonly title: string;
  readonly problem: Problem;
  /** Connects. Throws OomphError when the target cannot be looked at at all; `diagnoseUnreachable` says what that means. */
  open(target: Target, asked?: Asked): Promise<{ readonly session: Session; readonly source: string; close(): Promise<void> }>;
  /** Run side by side: none builds on another, and readings that must be apart in time are taken within one step. */
  readonly steps: readonly Step<Session>[];
  /** Pure: the same evidence always gives the same diagnosis. */
  diagnose(evidence: readonly Evidence[], failures: readonly StepFailure[], asked?: Asked): Diagnosis;
  /** Pure: what it means that `open` threw this. */
  diagnoseUnreachable(code: ErrorCode, because: string): Diagnosis;
};

/**
 * What whoever asks may say. `backMs`: how far back to look, where what is looked at keeps a record of its past. `alert`: what the
 * alert claims that it is about.
 */
export type Asked = { readonly backMs?: number; readonly alert?: AlertClaim };

export type Step<Session = unknown> = {
  /** `redis.memory` */
  readonly id: string;
  /** A line in the progress message: "Memory and policy". */
  readonly title: string;
  readonly timeoutMs: number;
  /** Why it was skipped, where its evidence is `{"kind": "not-configured"}`: what is not configured, and where it would be. */
  readonly skipped?: string;
  /** Throws OomphError when it cannot be collected; what is not there at all is `notThere` (seen.ts). */
  collect(session: Session, signal: AbortSignal): Promise<Json>;
};

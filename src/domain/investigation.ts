import type { AlertClaim } from "./alert-claim.ts";
import type { StepFailure } from "./evidence.ts";
import type { Diagnosis } from "./finding.ts";
import type { Target } from "./target.ts";

/** One run of a runbook for an incident; an incident may be investigated again. */
export type Investigation = {
  /** `inv_...` */
  readonly id: string;
  readonly incidentId: string;
  readonly runbookId: string;
  readonly target: Target;
  /** How far back to look, where the runbook looks back. */
  readonly sinceMs?: number;
  /** What the alert says that began it; absent: none did, or it says nothing that could be checked. */
  readonly alert?: AlertClaim;
  /** It looks whether the incident is over, and says little. */
  readonly isCheckUp?: boolean;
  readonly state: "queued" | "running" | "done" | "failed";
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  readonly diagnosis?: Diagnosis;
  readonly failures: readonly StepFailure[];
  /** Why it failed as a whole. */
  readonly because?: string;
};

/** Has it not ended? */
export function isUnderway({ state }: Investigation): boolean {
  return state === "queued" || state === "running";
}

import type { AlertWords } from "./alert.ts";
import type { StepProgress } from "./evidence.ts";
import type { Investigation } from "./investigation.ts";

/** An open incident is looked at anew because of an alert that joins it. */
export type NewLook = {
  readonly because: "worse" | "refused" | "killed" | "another" | "refired" | "outdated" | "was-well";
  readonly alert: AlertWords;
  readonly investigation: Investigation;
  /** The runbook's steps, all waiting. */
  readonly steps: readonly StepProgress[];
  /** Absent: at once. */
  readonly fromMs?: number;
};

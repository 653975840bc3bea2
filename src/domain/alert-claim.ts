import type { Alert, Severity } from "./alert.ts";
import { given } from "./given.ts";
import type { Threshold } from "./threshold.ts";

/** What the sender of an alert says of its own rule and measure, to be held against what is measured now. */
export type AlertClaim = {
  /** By the sender's word. */
  readonly severity?: Severity;
  /** The measured value as the sender writes it; never markup. */
  readonly value?: string;
  /** From where on the sender's rule fires. */
  readonly threshold?: Threshold;
  /** A Redis refuses writes for want of memory. */
  readonly refusesWrites?: true;
};

const MOST_CHARACTERS = 60;

/** Undefined: it says nothing that could be checked. */
export function claimOf(alert: Pick<Alert, "severity" | "value" | "threshold" | "refusesWrites">): AlertClaim | undefined {
  const { severity, value, threshold, refusesWrites } = alert;
  const claim = given({ severity: severity ?? undefined, value: value?.trim().slice(0, MOST_CHARACTERS), threshold, refusesWrites });
  return Object.keys(claim).length === 0 ? undefined : claim;
}

import type { Diagnosis } from "./finding.ts";

/** Nobody will say that an incident is over whose senders never take back what they said: not heard of for so long, it is looked. */
export const QUIET_MS = 60 * 60_000;
/** Where somebody has said that they will: longer than senders commonly wait before they repeat themselves. */
export const PROMISED_QUIET_MS = 24 * 60 * 60_000;
/** At the least once in a day. */
const LONGEST_MS = 24 * 60 * 60_000;
/** A look that saw little is no proof. */
const SURE = 0.6;

/** When to look again: after as long as it has not been heard of already. */
export function nextCheckUpMs(lastSeenAtMs: number, nowMs: number): number {
  return nowMs + Math.min(LONGEST_MS, Math.max(QUIET_MS, nowMs - lastSeenAtMs));
}

/** Does a look say that there is nothing wrong any more, or that what was wrong is no longer there? Not while what the alert says is still so. */
export function saysOver({ finding: { verdict, confidence }, claim }: Diagnosis): boolean {
  return (verdict === "healthy" || verdict === "not-found") && confidence >= SURE && claim?.holds !== "borne-out";
}

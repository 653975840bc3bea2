import type { Alert } from "../domain/alert.ts";
import { identityOf, isSameAlert } from "../domain/alert-identity.ts";
import type { Problem } from "../domain/incident.ts";
import type { Target } from "../domain/target.ts";
import type { EndedAlert } from "../ports/ended-table.ts";
import type { Desk } from "./desk.ts";
import { fingerprintOf } from "./opening.ts";

/** A word that an alert fires, which comes in so long after the word that it is over, may be the older of the two. */
export const LATE_MS = 10 * 60_000;

type Firing = {
  readonly target: Target;
  readonly problem: Problem;
  readonly alert: Parameters<typeof identityOf>[0] & Partial<Pick<Alert, "startsAtMs">>;
  readonly heardAtMs: number;
  /** Of a post only. */
  readonly changedAtMs?: number;
};

/**
 * Was this alert called over before its word that it fires came in? Posts tell by when they were posted, the others by when the
 * alert began by its sender's word, and where that is not said, by when they came in.
 */
export function isOverAlready(hearing: Firing, ended: readonly EndedAlert[]): boolean {
  const { alert, target, problem } = hearing;
  const fingerprint = fingerprintOf(target, problem);
  return ended.some((one) => one.fingerprint === fingerprint && isSameAlert(one.alert, identityOf(alert)) && isOlder(hearing, one));
}

function isOlder({ alert: { startsAtMs }, heardAtMs, changedAtMs }: Firing, ended: EndedAlert): boolean {
  const isPost = changedAtMs !== undefined;
  if (isPost || startsAtMs === undefined) return heardAtMs < ended.atMs;
  // What is said to have begun after its end has another clock: the same alert is told by that very time, no later one is held back by it.
  return startsAtMs === ended.startsAtMs || startsAtMs <= Math.min(ended.startsAtMs ?? ended.atMs, ended.atMs);
}

/** Forgets what was called over so long ago that what fires now is news. */
export function forgetEnded({ store, clock }: Pick<Desk, "store" | "clock">): Promise<number> {
  return store.ended.forget(clock.nowMs() - LATE_MS);
}

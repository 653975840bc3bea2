import type { Actor } from "../domain/actor.ts";
import type { AlertWords, Severity } from "../domain/alert.ts";
import type { AlertClaim } from "../domain/alert-claim.ts";
import type { StepProgress } from "../domain/evidence.ts";
import { given } from "../domain/given.ts";
import type { HeardLabels } from "../domain/heard-labels.ts";
import type { Incident, Problem } from "../domain/incident.ts";
import type { Investigation } from "../domain/investigation.ts";
import { targetKey, type Target } from "../domain/target.ts";
import type { Trait } from "../domain/trait.ts";
import type { Desk } from "./desk.ts";

/** What somebody or something reports of a target. */
export type Opening = {
  readonly target: Target;
  readonly problem: Problem;
  /** Channel id of the thread. */
  readonly channel: string;
  /** The alert's own post, when the thread hangs below it. */
  readonly rootTs?: string;
  /** What it is opened by, as in `Incident`: of several in a post only one has its thread below it. */
  readonly postTs?: string;
  readonly actor: Actor;
  readonly runbookId: string;
  /** The runbook's steps, all waiting: the first state of the progress message. */
  readonly steps: readonly StepProgress[];
  /** How far back to look. */
  readonly sinceMs?: number;
  /** Of the alert that it opens by: how bad it is, and what it may share with others. */
  readonly severity?: Severity;
  readonly traits?: readonly Trait[];
  /** What it says. */
  readonly alert?: AlertWords;
  /** Its labels, among them its class, and what it claims. */
  readonly labels?: HeardLabels;
  readonly claim?: AlertClaim;
  /** That many reports at once; absent: one. */
  readonly times?: number;
  /** Something has changed, which the caller says itself: it is looked into anew, and not counted as asked again. */
  readonly news?: true;
};

export type Opened = {
  readonly kind: "opened" | "joined" | "reopened";
  readonly incident: Incident;
  /** Absent: nothing new was started, because an investigation runs already or stands. */
  readonly investigation?: Investigation;
};

/** What makes two reports the same incident. */
export function fingerprintOf(target: Target, problem: Problem): string {
  return `${targetKey(target)} ${problem}`;
}

/** An investigation of an incident, which has not begun. */
export function investigationOf(
  desk: Desk,
  incident: Incident,
  opening: Pick<Opening, "runbookId" | "target" | "sinceMs" | "claim">,
): Investigation {
  return {
    id: desk.ids.next("inv"),
    incidentId: incident.id,
    runbookId: opening.runbookId,
    target: opening.target,
    ...given({ sinceMs: opening.sinceMs, alert: opening.claim }),
    state: "queued",
    startedAtMs: desk.clock.nowMs(),
    failures: [],
  };
}

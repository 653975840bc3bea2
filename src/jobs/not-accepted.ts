import type { Escalation } from "../domain/escalation.ts";
import type { OomphError } from "../domain/errors.ts";
import type { Incident } from "../domain/incident.ts";
import { commit } from "../incidents/commit.ts";
import type { Desk } from "../incidents/desk.ts";
import type { JobOutcome } from "../ports/job-queue.ts";
import type { EscalateDeps } from "./escalation-deps.ts";
import type { Told } from "./told-so-far.ts";

export type NotAccepted = {
  readonly error: OomphError;
  /** Mail: those whom it has reached by now. */
  readonly reached?: readonly string[];
};

type Failing = Told & NotAccepted & { readonly waitedMs: number };

/** It has not gone through: tried again later, and said in the thread when it is late, refused or given up. */
export async function notAccepted(deps: EscalateDeps, told: Told, failure: NotAccepted): Promise<JobOutcome> {
  const { desk, escalationTimes: times } = deps;
  const { error } = failure;
  const { id, kind, dueSinceMs } = told.escalation;
  const nowMs = desk.clock.nowMs();
  const failing = { ...told, ...failure, waitedMs: nowMs - dueSinceMs };
  desk.log.warn({ escalationId: id, to: kind, code: error.code, because: error.message }, "an issue or mail was not accepted");
  if (failing.waitedMs >= (error.retryable ? times.giveUpAfterMs : times.refusedForMs)) return giveUp(deps, failing);

  const delayMs = delayOf(deps, failing);
  const why = whatToSay(failing, failing.waitedMs + delayMs >= times.lateAfterMs);
  await commit(desk, async (tables) => {
    const next = { nextAttemptAtMs: nowMs + delayMs };
    const reached = failure.reached === undefined ? {} : { reached: failure.reached };
    await tables.escalations.postpone(id, { ...next, error: error.message, ...reached, ...(why === undefined ? {} : { told: why }) });
    if (why === undefined) return;
    const { incident, escalation } = told;
    const because = error.message;
    await desk.narrator(tables, { kind: "not-escalated", incident, escalation: { ...escalation, ...reached }, why, because, ...next });
  });
  return { kind: "later", delayMs };
}

/** Doubles from attempt to attempt, up to an hour; half of it is left to chance. What was refused for good waits longer. */
function delayOf({ escalationTimes: times, random }: EscalateDeps, { error, escalation }: Failing): number {
  if (!error.retryable) return times.refusedRetryMs;
  const fullMs = Math.min(times.lastRetryMs, times.firstRetryMs * 2 ** Math.min(escalation.attempts, 30));
  return Math.max(error.retryAfterMs ?? 0, Math.ceil(fullMs * (0.5 + random() / 2)));
}

/** Each thing once: a refusal at once, lateness as soon as the next attempt would be too late. */
function whatToSay({ error, escalation }: Failing, isLate: boolean): "refused" | "late" | undefined {
  if (!error.retryable) return escalation.told === "refused" ? undefined : "refused";
  return isLate && escalation.told === undefined ? "late" : undefined;
}

async function giveUp({ desk }: EscalateDeps, { incident, escalation, error, reached }: Failing): Promise<JobOutcome> {
  const now = { ...escalation, reached: reached ?? escalation.reached };
  await endUntold(desk, { incident, escalation: now, why: "given-up", because: error.message });
  return { kind: "done" };
}

export type Untold = {
  readonly incident: Incident;
  readonly escalation: Escalation;
  readonly why: "given-up" | "not-configured";
  readonly because: string;
};

/** It is not tried any more, and that is said in the thread and in the audit. */
export async function endUntold(desk: Desk, { incident, escalation, why, because }: Untold): Promise<void> {
  const { id, kind, key, attempts } = escalation;
  await commit(desk, async (tables) => {
    const atMs = desk.clock.nowMs();
    await tables.escalations.fail(id, because);
    const detail = { to: kind, event: key, because, attempts: attempts + (why === "given-up" ? 1 : 0) };
    await tables.audit.append({ kind: "escalation-failed", actor: { kind: "oomph" }, atMs, incidentId: incident.id, detail });
    await desk.narrator(tables, { kind: "not-escalated", incident, escalation, why, because });
  });
  desk.log.error({ escalationId: id, to: kind, because }, "an issue or mail was given up");
}

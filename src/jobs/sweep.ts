import type { EscalationKind } from "../domain/escalation.ts";
import type { Desk } from "../incidents/desk.ts";
import { forgetEnded } from "../incidents/ended-alerts.ts";
import { expireRequest } from "../incidents/expire.ts";
import type { JobOutcome } from "../ports/job-queue.ts";
import type { EscalationTimes } from "./escalation-deps.ts";
import { endUntold } from "./not-accepted.ts";

export type SweepDeps = {
  readonly desk: Desk;
  /** An investigation younger than this is still on its way through the queue. */
  readonly investigationGraceMs: number;
  readonly escalationTimes: Pick<EscalationTimes, "lateAfterMs">;
};

const MOST_AT_ONCE = 500;
const REMEMBER_HEARD_MS = 30 * 24 * 3_600_000;

/** Finds what a crash left behind and puts it back on its way. May run on several replicas at once. */
export async function sweep({ desk, investigationGraceMs, escalationTimes }: SweepDeps): Promise<JobOutcome> {
  desk.metrics.left("expired-requests", await expireDue(desk));
  desk.metrics.left("investigations", await requeueInvestigations(desk, investigationGraceMs));
  desk.metrics.left("requests", await requeueRequests(desk));
  desk.metrics.left("deliveries", await requeueDeliveries(desk));
  desk.metrics.left("escalations", await requeueEscalations({ desk, investigationGraceMs, escalationTimes }));
  desk.metrics.left("leases", await clearLeases(desk));
  // A message is not sent again a month later; what was counted stays with its incident.
  await desk.store.heard.forget(desk.clock.nowMs() - REMEMBER_HEARD_MS);
  await desk.store.strays.forget(desk.clock.nowMs() - REMEMBER_HEARD_MS);
  await forgetEnded(desk);
  return { kind: "done" };
}

async function expireDue(desk: Desk): Promise<number> {
  const due = await desk.store.requests.due(desk.clock.nowMs());
  let expired = 0;
  for (const request of due) {
    if (await expireRequest(desk, request.id)) expired += 1;
  }
  return expired;
}

/** A job that is still queued or running keeps its id, and adding it again changes nothing. */
async function requeueInvestigations(desk: Desk, graceMs: number): Promise<number> {
  const unfinished = await desk.store.investigations.unfinished(desk.clock.nowMs() - graceMs);
  for (const { id } of unfinished) await desk.queue.add("investigate", { investigationId: id }, { id });
  return unfinished.length;
}

async function requeueRequests(desk: Desk): Promise<number> {
  const waiting = await desk.store.requests.list({ states: ["approved", "executing", "verifying"], limit: MOST_AT_ONCE });
  for (const { id } of waiting) await desk.queue.add("act", { requestId: id }, { id });
  return waiting.length;
}

async function requeueDeliveries(desk: Desk): Promise<number> {
  const due = await desk.store.outbox.due(desk.clock.nowMs(), MOST_AT_ONCE);
  for (const { id, priority } of due) await desk.queue.add("deliver", { deliveryId: id }, { id: `${id}-swept`, priority });
  return due.length;
}

/** What was raised for a place that is no longer configured is worked on by nobody: it ends, and that is said. */
async function requeueEscalations({ desk, escalationTimes }: SweepDeps): Promise<number> {
  const nowMs = desk.clock.nowMs();
  const due = await desk.store.escalations.due(nowMs, MOST_AT_ONCE);
  const known = due.filter(({ kind }) => desk.escalation?.kinds.includes(kind));
  for (const { id } of known) await desk.queue.add("escalate", { escalationId: id }, { id: `${id}-swept` });
  for (const escalation of due) {
    // Another replica may have been given the configuration first.
    if (known.includes(escalation) || nowMs - escalation.dueSinceMs < escalationTimes.lateAfterMs) continue;
    const incident = await desk.store.incidents.get(escalation.incidentId);
    if (incident !== undefined)
      await endUntold(desk, { incident, escalation, why: "not-configured", because: UNCONFIGURED[escalation.kind] });
  }
  return known.length;
}

const UNCONFIGURED: Readonly<Record<EscalationKind, string>> = {
  mail: "Oomph has no mail server configured any more (`mail` in oomph.yaml)",
  "github-issue": "Oomph has no repository for issues configured any more (`github.repository` in oomph.yaml)",
};

/** A lease outlives its run only where the process died while ending it. */
async function clearLeases(desk: Desk): Promise<number> {
  const nowMs = desk.clock.nowMs();
  const expired = (await desk.store.leases.list()).filter((lease) => lease.expiresAtMs <= nowMs);
  let cleared = 0;
  for (const lease of expired) {
    const request = await desk.store.requests.get(lease.requestId);
    if (request !== undefined && request.endedAtMs === undefined) continue;
    await desk.store.leases.release(lease.targetKey, lease.owner);
    cleared += 1;
  }
  return cleared;
}

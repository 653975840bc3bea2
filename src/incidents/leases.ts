import type { ActionRequest, Lease } from "../domain/action-request.ts";
import type { Actor } from "../domain/actor.ts";
import type { Incident } from "../domain/incident.ts";
import type { Tables } from "../ports/store.ts";
import { commit } from "./commit.ts";
import type { Desk } from "./desk.ts";
import { closeUndone } from "./expire.ts";
import { mayAdminister } from "./may-approve.ts";
import { personOrReason } from "./may-request.ts";

export type LeaseReleased =
  | { readonly kind: "released"; readonly lease: Lease }
  | { readonly kind: "nobody-held"; readonly targetKey: string }
  | { readonly kind: "refused"; readonly because: string };

/** Who holds what, those included whose holder was not heard of in time. */
export async function listLeases(desk: Pick<Desk, "store" | "clock">): Promise<readonly (Lease & { readonly expired: boolean })[]> {
  const leases = await desk.store.leases.list();
  return leases.map((lease) => ({ ...lease, expired: lease.expiresAtMs <= desk.clock.nowMs() }));
}

/**
 * Takes a target out of the hands of whoever holds it. For admins. What was being done ends as `unknown`, because
 * nobody watches its end any more; what had not begun is cancelled.
 */
export async function releaseLease(desk: Desk, wish: { readonly targetKey: string; readonly userId: string }): Promise<LeaseReleased> {
  const person = await personOrReason(desk, wish.userId);
  if (typeof person === "string") return { kind: "refused", because: person };
  const access = mayAdminister(desk, person);
  if (access.kind === "refused") return access;

  return commit(desk, async (tables) => {
    const lease = await tables.leases.forceRelease(wish.targetKey);
    if (lease === undefined) return { kind: "nobody-held", targetKey: wish.targetKey };
    const { incidentId, requestId } = lease;
    const actor = { kind: "user", id: wish.userId } as const;
    const detail = { targetKey: lease.targetKey, owner: lease.owner };
    await tables.audit.append({ kind: "lease-released", actor, atMs: desk.clock.nowMs(), incidentId, requestId, detail });
    const incident = await tables.incidents.get(incidentId);
    const request = await tables.requests.get(requestId);
    if (incident === undefined) return { kind: "released", lease };
    await desk.narrator(tables, { kind: "lease-released", incident, by: wish.userId, targetKey: lease.targetKey });
    if (request !== undefined) await endHolder(tables, desk, { request, incident, actor });
    return { kind: "released", lease };
  });
}

type Holder = { readonly request: ActionRequest; readonly incident: Incident; readonly actor: Actor };

async function endHolder(tables: Tables, desk: Desk, { request, incident, actor }: Holder): Promise<void> {
  if (request.state === "approved") {
    const outcome = "its lease was released before anything was done: ask again";
    await closeUndone(tables, desk, { request, to: "cancelled", outcome, actor });
    return;
  }
  const atMs = desk.clock.nowMs();
  const outcome = "its lease was released while it was being carried out: look at the target before asking again";
  if (!(await tables.requests.transition(request.id, ["executing", "verifying"], "unknown", { atMs, outcome }))) return;
  const run = await tables.runs.ofRequest(request.id, desk.ids.next("run"));
  await tables.runs.end(run.id, { endedAtMs: atMs });
  await tables.audit.append({
    kind: "run-ended",
    actor,
    atMs,
    incidentId: incident.id,
    requestId: request.id,
    detail: { runId: run.id, state: "unknown", outcome },
  });
  await tables.incidents.note({ incidentId: incident.id, atMs, actor, says: `${request.actionId} unknown: ${outcome}` });
  await tables.incidents.transition(incident.id, ["acting", "verifying"], "diagnosed", atMs);
  const ended = { ...request, state: "unknown", endedAtMs: atMs, outcome } as const;
  await desk.narrator(tables, {
    kind: "ended",
    incident,
    request: ended,
    decisions: await tables.requests.decisions(request.id),
    run: { ...run, endedAtMs: atMs },
  });
  desk.metrics.requestEnded(request.actionId, "unknown");
}

import type { ActionRequest } from "../domain/action-request.ts";
import type { AuditKind } from "../domain/audit.ts";
import type { Actor } from "../domain/actor.ts";
import type { Tables } from "../ports/store.ts";
import { commit } from "./commit.ts";
import type { Desk } from "./desk.ts";

/** Ends a request whose time is over, if it is still open and its time really is over. True: it was ended by this call. */
export async function expireRequest(desk: Desk, requestId: string): Promise<boolean> {
  return commit(desk, async (tables) => {
    const request = await tables.requests.get(requestId);
    if (request === undefined || request.expiresAtMs > desk.clock.nowMs()) return false;
    const outcome =
      request.state === "approved"
        ? "approved, but could not be started in time: nothing was done"
        : "nobody decided in time: nothing was done";
    return closeUndone(tables, desk, { request, to: "expired", outcome, actor: { kind: "oomph" } });
  });
}

export type Closing = {
  readonly request: ActionRequest;
  readonly to: "expired" | "cancelled" | "failed";
  readonly outcome: string;
  readonly actor: Actor;
};

const AUDIT_KINDS: Readonly<Record<Closing["to"], AuditKind>> = {
  expired: "request-expired",
  cancelled: "request-cancelled",
  failed: "run-ended",
};

/** Ends a request before anything was done to its target. False: it was not waiting any more. */
export async function closeUndone(tables: Tables, desk: Desk, { request, to, outcome, actor }: Closing): Promise<boolean> {
  const atMs = desk.clock.nowMs();
  const from = to === "failed" ? (["approved"] as const) : (["pending", "approved"] as const);
  if (!(await tables.requests.transition(request.id, from, to, { atMs, outcome }))) return false;

  const { incidentId } = request;
  await tables.audit.append({
    kind: AUDIT_KINDS[to],
    actor,
    atMs,
    incidentId,
    requestId: request.id,
    detail: { state: to, because: outcome, begun: false },
  });
  await tables.incidents.note({ incidentId, atMs, actor, says: `${request.actionId} ${to}: ${outcome}` });
  const incident = await tables.incidents.get(incidentId);
  const decisions = await tables.requests.decisions(request.id);
  if (incident !== undefined) {
    await desk.narrator(tables, { kind: "ended", incident, request: { ...request, state: to, endedAtMs: atMs, outcome }, decisions });
  }
  desk.metrics.requestEnded(request.actionId, to);
  return true;
}

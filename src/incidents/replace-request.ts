import { policyFor } from "../domain/access.ts";
import type { ActionRequest } from "../domain/action-request.ts";
import type { Plan } from "../domain/plan.ts";
import { commit } from "./commit.ts";
import { createRequest } from "./create-request.ts";
import type { Desk } from "./desk.ts";
import { closeUndone } from "./expire.ts";
import type { Held } from "./take-request.ts";

/**
 * The target is not as it was when the plan was approved: nothing is done, and what would be done now is put to
 * approval in its place, in the name of the same requester. False: the request had ended meanwhile.
 */
export async function replaceRequest(desk: Desk, held: Held, plan: Plan): Promise<boolean> {
  return commit(desk, async (tables) => {
    const { request, incident, lease } = held;
    const rule = policyFor(desk.rules, request.actionId, request.target);
    await tables.leases.release(lease.targetKey, lease.owner);
    const actor = { kind: "oomph" } as const;
    if (rule === undefined)
      return closeUndone(tables, desk, {
        request,
        to: "failed",
        outcome: "the target changed since it was approved: nothing was done",
        actor,
      });

    const atMs = desk.clock.nowMs();
    const asking = { ...request, incident, plan, userId: request.requestedBy, rule };
    const current = await tables.requests.get(request.id);
    if (current?.state !== "approved") return false;
    const replacement = await createRequest(tables, desk, asking);
    const change = {
      atMs,
      outcome: "the target changed since it was approved: nothing was done, here is the new plan",
      supersededBy: replacement.id,
    };
    if (!(await tables.requests.transition(request.id, ["approved"], "superseded", change))) {
      throw new Error(`request ${request.id} ended while it was being replaced`);
    }
    const { incidentId } = request;
    const detail = { by: replacement.id, because: change.outcome, approvedHash: request.planHash, hashNow: replacement.planHash };
    await tables.audit.append({ kind: "request-superseded", actor, atMs, incidentId, requestId: request.id, detail });
    await tables.incidents.note({ incidentId, atMs, actor, says: `${request.actionId} superseded: ${change.outcome}` });
    const decisions = await tables.requests.decisions(request.id);
    const ended: ActionRequest = {
      ...request,
      state: "superseded",
      endedAtMs: atMs,
      outcome: change.outcome,
      supersededBy: replacement.id,
    };
    await desk.narrator(tables, { kind: "ended", incident, request: ended, decisions, replacement });
    desk.metrics.requestEnded(request.actionId, "superseded");
    return true;
  });
}

import type { Run } from "../domain/action-request.ts";
import type { Plan } from "../domain/plan.ts";
import { formatTarget } from "../domain/target.ts";
import type { Tables } from "../ports/store.ts";
import { commit } from "./commit.ts";
import type { Desk } from "./desk.ts";
import { closeUndone } from "./expire.ts";
import type { LeaseTimes } from "./keep-lease.ts";
import { frozenOutcome, type Held } from "./take-request.ts";

export type Begun =
  | { readonly kind: "begun"; readonly held: Held }
  /** Frozen, expired, cancelled or taken over meanwhile: apply must not be called. */
  | { readonly kind: "not-begun" };

/**
 * Writes down that the act is about to happen: audit entry, run record and state in one committed transaction, under a
 * lease that is still held. Only after `begun` may apply be called.
 */
export async function beginRun(
  desk: Desk,
  held: Held,
  { plan, times }: { readonly plan: Plan; readonly times: LeaseTimes },
): Promise<Begun> {
  const begun = await commit(desk, async (tables) => {
    if (!(await isStillWanted(tables, desk, { held, times }))) return undefined;
    return begin(tables, desk, { held, plan });
  });
  return begun === undefined || !held.lease.isHeld() ? { kind: "not-begun" } : { kind: "begun", held: begun };
}

async function isStillWanted(
  tables: Tables,
  desk: Desk,
  { held, times }: { readonly held: Held; readonly times: LeaseTimes },
): Promise<boolean> {
  const { lease, request } = held;
  const nowMs = desk.clock.nowMs();
  if (!(await tables.leases.renew(lease.targetKey, lease.owner, nowMs + times.ttlMs))) return false;

  const freeze = await tables.settings.get("freeze");
  const actor = { kind: "oomph" } as const;
  if (freeze?.on === true) {
    await closeUndone(tables, desk, { request, to: "cancelled", outcome: frozenOutcome(freeze.by), actor });
    await tables.leases.release(lease.targetKey, lease.owner);
    return false;
  }
  if (request.expiresAtMs <= nowMs) {
    await closeUndone(tables, desk, {
      request,
      to: "expired",
      outcome: "approved, but could not be started in time: nothing was done",
      actor,
    });
    await tables.leases.release(lease.targetKey, lease.owner);
    return false;
  }
  return true;
}

async function begin(tables: Tables, desk: Desk, { held, plan }: { readonly held: Held; readonly plan: Plan }): Promise<Held | undefined> {
  const atMs = desk.clock.nowMs();
  const { request, incident } = held;
  if (!(await tables.requests.transition(request.id, ["approved"], "executing", { atMs }))) {
    await tables.leases.release(held.lease.targetKey, held.lease.owner);
    return undefined;
  }
  if (!(await tables.runs.begin(held.run.id, { begunAtMs: atMs, plan }))) {
    throw new Error(`run ${held.run.id} had begun although request ${request.id} was still waiting`);
  }
  const run: Run = { ...held.run, begunAtMs: atMs, plan };
  const actor = { kind: "oomph" } as const;
  await tables.audit.append({
    kind: "run-begun",
    actor,
    atMs,
    incidentId: incident.id,
    requestId: request.id,
    detail: {
      runId: run.id,
      actionId: request.actionId,
      target: formatTarget(request.target),
      summary: plan.summary,
      planHash: request.planHash,
    },
  });
  await tables.incidents.note({ incidentId: incident.id, atMs, actor, says: `Carrying out ${request.actionId}: ${plan.summary}` });
  await tables.incidents.transition(incident.id, ["diagnosed"], "acting", atMs);
  const executing = { ...request, state: "executing" } as const;
  await desk.narrator(tables, { kind: "executing", incident, request: executing, run });
  return { ...held, request: executing, run };
}

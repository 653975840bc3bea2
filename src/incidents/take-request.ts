import type { ActionRequest, Lease, RequestState, Run } from "../domain/action-request.ts";
import { asClause } from "../domain/clause.ts";
import type { Incident } from "../domain/incident.ts";
import { formatTarget, targetKey } from "../domain/target.ts";
import { commit } from "./commit.ts";
import type { Desk } from "./desk.ts";
import { closeUndone, expireRequest, type Closing } from "./expire.ts";
import { keepLease, type KeptLease, type LeaseTimes } from "./keep-lease.ts";
import { stillAgreed } from "./may-approve.ts";
import { isIntact } from "./plan-hash.ts";
import { isConfigured } from "./why-not.ts";

/** An approved request in the hands of one execution, its target held against all others. */
export type Held = {
  readonly incident: Incident;
  readonly request: ActionRequest;
  readonly run: Run;
  readonly lease: KeptLease;
};

export type Taken =
  | { readonly kind: "taken"; readonly held: Held }
  /** Somebody else has the target, or it cannot be told whether this may be done: ask again. */
  | { readonly kind: "wait"; readonly delayMs: number }
  /** Ended, never approved, or ended just now because what was agreed does not hold any more. */
  | { readonly kind: "nothing" };

const NOTHING: Taken = { kind: "nothing" };
const TAKEABLE: readonly RequestState[] = ["approved", "executing", "verifying"];
const ASK_AGAIN_MS = 2_000;

/**
 * Takes an approved request for execution, or a begun one whose executing process died. What was checked at the click
 * is checked again; whoever is second waits until the first one's lease has run out.
 */
export async function takeRequest(desk: Desk, requestId: string, times: LeaseTimes): Promise<Taken> {
  const request = await desk.store.requests.get(requestId);
  if (request === undefined || !TAKEABLE.includes(request.state)) return NOTHING;
  const objection = request.state === "approved" ? await mayNotStart(desk, request) : undefined;
  if (objection !== undefined) return objection;

  const run = await desk.store.runs.ofRequest(requestId, desk.ids.next("run"));
  const lease = leaseOf(desk, { request, run, ttlMs: times.ttlMs });
  const acquired = await desk.store.leases.acquire(lease, lease.acquiredAtMs);
  if (acquired.kind === "held") return { kind: "wait", delayMs: waitFor(desk, acquired.lease, run) };
  return takenUnder(desk, lease, times);
}

async function mayNotStart(desk: Desk, request: ActionRequest): Promise<Taken | undefined> {
  if (request.expiresAtMs <= desk.clock.nowMs()) {
    await expireRequest(desk, request.id);
    return NOTHING;
  }
  const freeze = await desk.store.settings.get("freeze");
  if (freeze?.on === true) return close(desk, request, { to: "cancelled", outcome: frozenOutcome(freeze.by) });
  if (!isConfigured(desk, request))
    return close(desk, request, { to: "failed", outcome: `${formatTarget(request.target)} is not configured any more: nothing was done` });
  if (!isIntact(request))
    return close(desk, request, {
      to: "failed",
      outcome: "the stored plan is not the one that was approved: nothing was done, have the audit checked",
    });

  const agreed = await stillAgreed(desk, request, await desk.store.requests.decisions(request.id));
  if (agreed.kind === "unsure") return { kind: "wait", delayMs: ASK_AGAIN_MS };
  if (agreed.kind === "withdrawn") return close(desk, request, { to: "failed", outcome: `${asClause(agreed.because)}: nothing was done` });
  return undefined;
}

/** What is said of a request that met the kill switch before it began. */
export function frozenOutcome(by: string): string {
  return `frozen by ${by} before anything was done: ask again once it is thawed`;
}

async function close(desk: Desk, request: ActionRequest, ending: Pick<Closing, "to" | "outcome">): Promise<Taken> {
  await commit(desk, (tables) => closeUndone(tables, desk, { request, actor: { kind: "oomph" }, ...ending }));
  return NOTHING;
}

/** Each delivery is an owner of its own: a second one in the same process must wait as one in another process does. */
function leaseOf(
  desk: Desk,
  { request, run, ttlMs }: { readonly request: ActionRequest; readonly run: Run; readonly ttlMs: number },
): Lease {
  const nowMs = desk.clock.nowMs();
  return {
    targetKey: targetKey(request.target),
    owner: `${run.id}/${desk.ids.next("proc")}`,
    requestId: request.id,
    incidentId: request.incidentId,
    acquiredAtMs: nowMs,
    expiresAtMs: nowMs + ttlMs,
  };
}

function waitFor(desk: Desk, lease: Lease, run: Run): number {
  const sameRun = lease.owner.startsWith(`${run.id}/`);
  const leftMs = Math.max(1, lease.expiresAtMs - desk.clock.nowMs());
  return sameRun ? leftMs : Math.min(leftMs, ASK_AGAIN_MS);
}

/** Read again now that nobody else can be at it: the one before may have ended it meanwhile. */
async function takenUnder(desk: Desk, lease: Lease, times: LeaseTimes): Promise<Taken> {
  const request = await desk.store.requests.get(lease.requestId);
  const incident = await desk.store.incidents.get(lease.incidentId);
  if (request === undefined || incident === undefined || !TAKEABLE.includes(request.state)) {
    await desk.store.leases.release(lease.targetKey, lease.owner);
    return NOTHING;
  }
  const run = await desk.store.runs.ofRequest(request.id, desk.ids.next("run"));
  return { kind: "taken", held: { incident, request, run, lease: keepLease(desk, lease, times) } };
}

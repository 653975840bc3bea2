import { freezePolicy, type PolicyRule } from "../domain/access.ts";
import type { ActionRequest } from "../domain/action-request.ts";
import { formatDuration } from "../domain/duration.ts";
import type { Incident } from "../domain/incident.ts";
import type { Json } from "../domain/json.ts";
import type { Plan } from "../domain/plan.ts";
import { formatTarget } from "../domain/target.ts";
import type { Tables } from "../ports/store.ts";
import type { Desk } from "./desk.ts";
import { planHash } from "./plan-hash.ts";
import { takeOutWithin } from "./take-out.ts";

export type Asking = {
  readonly incident: Incident;
  readonly plan: Plan;
  readonly askedParams: Readonly<Record<string, Json>>;
  /** Slack user id of who asks. */
  readonly userId: string;
  readonly rule: PolicyRule;
} & Pick<ActionRequest, "reason" | "shell">;

/** Puts a plan to approval: freezes plan and policy, replaces an older open request for the same, audits and tells. */
export async function createRequest(tables: Tables, desk: Desk, asking: Asking): Promise<ActionRequest> {
  const request = requestOf(desk, asking);
  const older = await sameAndPending(tables, request);
  await tables.requests.create(request);
  for (const one of older) await supersede(tables, desk, { older: one, by: request, incident: asking.incident });

  const actor = { kind: "user", id: asking.userId } as const;
  await tables.audit.append({
    kind: "action-requested",
    actor,
    atMs: request.createdAtMs,
    incidentId: request.incidentId,
    requestId: request.id,
    detail: {
      actionId: request.actionId,
      target: formatTarget(request.target),
      summary: request.plan.summary,
      params: request.askedParams,
      scope: request.plan.scope,
      planHash: request.planHash,
      policy: request.policy.name,
      approvalsNeeded: request.policy.approvalsNeeded,
      expiresAfter: formatDuration(asking.rule.expiresAfterMs),
      ...(request.reason === undefined ? {} : { reason: request.reason }),
      ...(request.shell === undefined ? {} : { shell: request.shell }),
    },
  });
  const says = `Asked for ${request.actionId}: ${request.plan.summary}`;
  await tables.incidents.note({ incidentId: request.incidentId, atMs: request.createdAtMs, actor, says });
  await desk.narrator(tables, { kind: "requested", incident: await aloneNow(tables, desk, asking.incident), request });
  return request;
}

/** What is to be done about one of many is followed in a thread of its own. */
async function aloneNow(tables: Tables, desk: Desk, incident: Incident): Promise<Incident> {
  const now = (await tables.incidents.get(incident.id)) ?? incident;
  return now.stormId === undefined ? incident : (await takeOutWithin(tables, desk, now)).incident;
}

function requestOf(desk: Desk, { incident, plan, askedParams, userId, rule, reason, shell }: Asking): ActionRequest {
  const nowMs = desk.clock.nowMs();
  return {
    id: desk.ids.next("req"),
    incidentId: incident.id,
    actionId: plan.actionId,
    target: plan.target,
    askedParams,
    plan,
    planHash: planHash(plan),
    requestedBy: userId,
    ...(reason === undefined ? {} : { reason }),
    ...(shell === undefined ? {} : { shell }),
    policy: freezePolicy(rule),
    state: "pending",
    createdAtMs: nowMs,
    expiresAtMs: nowMs + rule.expiresAfterMs,
  };
}

async function sameAndPending(tables: Tables, request: ActionRequest): Promise<readonly ActionRequest[]> {
  const pending = await tables.requests.list({ states: ["pending"], incidentId: request.incidentId, limit: 100 });
  return pending.filter((one) => one.actionId === request.actionId && formatTarget(one.target) === formatTarget(request.target));
}

type Superseding = { readonly older: ActionRequest; readonly by: ActionRequest; readonly incident: Incident };

async function supersede(tables: Tables, desk: Desk, { older, by, incident }: Superseding): Promise<void> {
  const atMs = desk.clock.nowMs();
  const change = { atMs, outcome: "asked for again: the newer request takes its place", supersededBy: by.id };
  if (!(await tables.requests.transition(older.id, ["pending"], "superseded", change))) return;
  await tables.audit.append({
    kind: "request-superseded",
    actor: { kind: "user", id: by.requestedBy },
    atMs,
    incidentId: incident.id,
    requestId: older.id,
    detail: { by: by.id, because: change.outcome },
  });
  const decisions = await tables.requests.decisions(older.id);
  const ended: ActionRequest = { ...older, state: "superseded", endedAtMs: atMs, outcome: change.outcome, supersededBy: by.id };
  await desk.narrator(tables, { kind: "ended", incident, request: ended, decisions });
}

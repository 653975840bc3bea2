import type { ActionRequest } from "../domain/action-request.ts";
import { OomphError } from "../domain/errors.ts";
import type { Incident } from "../domain/incident.ts";
import type { Json } from "../domain/json.ts";
import type { Planned } from "../domain/plan.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import { commit } from "./commit.ts";
import { createRequest } from "./create-request.ts";
import type { Desk } from "./desk.ts";
import { mayRequest } from "./may-request.ts";
import { openIncident } from "./open-incident.ts";
import type { Opening } from "./opening.ts";
import { findUnresolved } from "./resolve.ts";

export type ActionWish = {
  /** Absent: the target's unresolved incident, or a new one as `opening` says. */
  readonly incidentId?: string;
  /** Needed without `incidentId`: how an incident would be opened for the target. */
  readonly opening?: Omit<Opening, "target" | "actor">;
  readonly actionId: string;
  readonly target: Target;
  readonly params: Readonly<Record<string, Json>>;
  /** Slack user id. */
  readonly userId: string;
} & Pick<ActionRequest, "reason" | "shell">;

export type Requested =
  | { readonly kind: "requested"; readonly incident: Incident; readonly request: ActionRequest }
  | { readonly kind: "refused"; readonly because: string };

/** Plans an action and puts it to approval. Nothing is changed on the target. Refusals are audited. */
export async function requestAction(desk: Desk, wish: ActionWish): Promise<Requested> {
  const allowed = await mayRequest(desk, wish);
  if (allowed.kind === "refused") return refuse(desk, wish, allowed.because);
  const planned = await planOrRefusal(desk, wish);
  if (planned.kind === "refused") return refuse(desk, wish, planned.because);
  const incident = await incidentFor(desk, wish);
  if (incident === undefined)
    return refuse(desk, wish, `expected an incident to ask within, found none for ${wish.incidentId ?? formatTarget(wish.target)}`);

  const asking = { ...wish, incident, plan: planned.plan, askedParams: wish.params, rule: allowed.rule };
  const request = await commit(desk, (tables) => createRequest(tables, desk, asking));
  return { kind: "requested", incident, request };
}

async function planOrRefusal(desk: Desk, wish: ActionWish): Promise<Planned> {
  try {
    return await desk.planner.plan(wish.actionId, wish.target, wish.params);
  } catch (error) {
    if (error instanceof OomphError) return { kind: "refused", because: error.message };
    throw error;
  }
}

async function incidentFor(desk: Desk, wish: ActionWish): Promise<Incident | undefined> {
  if (wish.incidentId !== undefined) return desk.store.incidents.get(wish.incidentId);
  if (wish.opening === undefined) return undefined;
  const running = await findUnresolved(desk.store, { target: wish.target, problem: wish.opening.problem });
  if (running !== undefined) return running;
  const { incident } = await openIncident(desk, { ...wish.opening, target: wish.target, actor: { kind: "user", id: wish.userId } });
  return incident;
}

async function refuse(desk: Desk, wish: ActionWish, because: string): Promise<Requested> {
  await desk.store.audit.append({
    kind: "action-refused",
    actor: { kind: "user", id: wish.userId },
    atMs: desk.clock.nowMs(),
    ...(wish.incidentId === undefined ? {} : { incidentId: wish.incidentId }),
    detail: {
      actionId: wish.actionId,
      target: formatTarget(wish.target),
      because,
      ...(wish.shell === undefined ? {} : { shell: wish.shell }),
    },
  });
  return { kind: "refused", because };
}

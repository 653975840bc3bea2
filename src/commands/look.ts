import { isListed, type Person } from "../domain/access.ts";
import { given } from "../domain/given.ts";
import type { Message } from "../domain/message.ts";
import { listLeases } from "../incidents/leases.ts";
import { threadLink } from "../incidents/thread-link.ts";
import { UNRESOLVED } from "../incidents/unresolved.ts";
import { approvalList } from "../messages/approval-list.ts";
import { auditList } from "../messages/audit-list.ts";
import { helpMenu } from "../messages/help-menu.ts";
import { incidentList } from "../messages/incident-list.ts";
import { incidentTimeline } from "../messages/incident-timeline.ts";
import { lockList } from "../messages/lock-list.ts";
import { refusal } from "../messages/refusal.ts";
import { runbookDetail, runbookList, type RunbookDoc } from "../messages/runbook-list.ts";
import { whoami } from "../messages/whoami.ts";
import { abilitiesOf } from "./access.ts";
import type { Front, RunbookFacts } from "./front.ts";
import { nearest } from "../domain/nearest.ts";

/** `/oom help`: only what the caller may do. */
export async function help(front: Front, userId: string): Promise<Message> {
  const { targets, planner } = front.desk;
  return helpMenu({
    abilities: await abilitiesOf(front, userId),
    targets: (await targets.list()).known.map(({ target }) => target),
    actionIds: planner.actions.map((action) => action.id),
  });
}

/** `/oom whoami` */
export async function me(front: Front, userId: string): Promise<Message> {
  const { groupIds, ...abilities } = await abilitiesOf(front, userId);
  const person: Person = { userId, groupIds };
  const policies = front.desk.rules.policies.map((rule) => ({
    rule,
    mayAsk: abilities.request && isListed(person, rule.requesters),
    mayApprove: isListed(person, rule.approvers),
  }));
  return whoami({ userId, groupIds, abilities, policies });
}

/** `/oom incidents` */
export async function incidents({ desk }: Front, which: "open" | "all"): Promise<Message> {
  const limit = 50;
  const list = await desk.store.incidents.list(which === "open" ? { states: UNRESOLVED, limit } : { limit });
  return incidentList({ incidents: list, which });
}

/** `/oom show`: an incident by its id, or by that of a request of it. */
export async function show(front: Front, typed: string): Promise<Message> {
  const { store } = front.desk;
  const id = typed.toLowerCase().slice(0, 60);
  const incidentId = id.startsWith("req_") ? ((await store.requests.get(id))?.incidentId ?? id) : id;
  const incident = (await store.incidents.get(incidentId)) ?? (await store.incidents.get(`inc_${incidentId}`));
  if (incident === undefined) return noSuchIncident(front, typed);
  const investigations = await store.investigations.ofIncident(incident.id);
  const finding = investigations.find((one) => one.diagnosis !== undefined)?.diagnosis?.finding;
  const permalink = await threadLink(front, incident);
  return incidentTimeline({
    incident,
    events: await store.incidents.timeline(incident.id),
    requests: await store.requests.list({ incidentId: incident.id, limit: 20 }),
    ...(finding === undefined ? {} : { finding }),
    ...(permalink === undefined ? {} : { permalink }),
  });
}

/** `/oom approvals` */
export async function approvals({ desk }: Front): Promise<Message> {
  const pending = await desk.store.requests.list({ states: ["pending"], limit: 50 });
  const now = desk.clock.nowMs();
  const waiting = pending
    .filter((request) => request.expiresAtMs > now)
    .map(async (request) => ({
      request,
      title: desk.planner.actions.find((action) => action.id === request.actionId)?.title ?? request.actionId,
      decisions: await desk.store.requests.decisions(request.id),
    }));
  return approvalList({ waiting: await Promise.all(waiting) });
}

/** `/oom locks` */
export async function locks(front: Front, userId: string): Promise<Message> {
  const { admin } = await abilitiesOf(front, userId);
  return lockList({ leases: await listLeases(front.desk), mayUnlock: admin });
}

/** `/oom runbooks` */
export function runbooks(front: Front, id: string | undefined): Message {
  const { actions } = front.desk.planner;
  const docs = front.runbooks.map(docOf);
  if (id === undefined) return runbookList({ runbooks: docs, actions });
  const runbook = docs.find((one) => one.id === id.toLowerCase());
  if (runbook !== undefined) return runbookDetail({ runbook, actions });
  const ids = docs.map((one) => one.id);
  const near = nearest(id, ids);
  const offered = (near.length > 0 ? near : ids).map((name) => `\`${name}\``).join(", ");
  return refusal({ because: `there is no runbook "${id.slice(0, 60)}"`, todo: `Did you mean ${offered}?` });
}

/** `/oom audit`: the newest entries, of one incident when its id is given, with the word of the hash chain. */
export async function audit({ desk }: Front, id: string | undefined): Promise<Message> {
  const verification = await desk.store.audit.verify();
  if (id === undefined) return auditList({ entries: await desk.store.audit.list({ limit: 20 }), verification });
  const typed = id.toLowerCase().slice(0, 60);
  const incidentId = /^(inc|req)_/.test(typed) ? typed : `inc_${typed}`;
  const about = incidentId.startsWith("req_") ? ((await desk.store.requests.get(incidentId))?.incidentId ?? incidentId) : incidentId;
  return auditList({ entries: await desk.store.audit.list({ incidentId: about, limit: 40 }), verification, about });
}

async function noSuchIncident(front: Front, typed: string): Promise<Message> {
  const newest = await front.desk.store.incidents.list({ limit: 50 });
  const near = nearest(
    typed,
    newest.map((one) => one.id),
  );
  const todo = near.length === 0 ? "`/oom incidents all` lists them." : `Did you mean ${near.map((id) => `\`${id}\``).join(", ")}?`;
  return refusal({ because: `there is no incident "${typed.slice(0, 60)}"`, todo });
}

function docOf({ id, title, targetKind, classes, steps }: RunbookFacts): RunbookDoc {
  return { id, title, targetKind, steps: steps.map((step) => step.title), ...given({ classes }) };
}

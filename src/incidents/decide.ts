import type { ActionRequest, Decision } from "../domain/action-request.ts";
import type { AuditKind } from "../domain/audit.ts";
import { messageOf } from "../domain/errors.ts";
import type { Incident } from "../domain/incident.ts";
import type { Tables } from "../ports/store.ts";
import { commit } from "./commit.ts";
import type { Desk } from "./desk.ts";
import { expireRequest } from "./expire.ts";
import { whyNot, whyNotFrom } from "./why-not.ts";
import type { Decided, NotDecided, Word } from "./word.ts";

/**
 * Takes one person's word on a request. Everything is checked again at this moment; the decision, the change of state,
 * the audit entry and the news are one transaction, so that of many clicks at once one counts and the others are told.
 */
export async function decide(desk: Desk, word: Word): Promise<Decided> {
  const request = await desk.store.requests.get(word.requestId);
  if (request === undefined) return { kind: "no-such-request" };
  const objection = await whyNot(desk, request, word);
  if (objection !== undefined) return turnDown(desk, { request, word, objection });

  const incident = await incidentOf(desk, request);
  const settled = await settle(desk, { request, word, incident });
  if (settled.kind === "approved") await queueAct(desk, request.id);
  return settled.kind === "overtaken" ? turnDown(desk, { request, word, objection: await overtakenBy(desk, request.id, word) }) : settled;
}

/** Asked before a dialog is opened: nothing stands against this person's word but what they have yet to type. A no is audited. */
export async function mayHaveWord(
  desk: Desk,
  word: Pick<Word, "requestId" | "userId" | "kind">,
): Promise<NotDecided | { readonly kind: "may"; readonly request: ActionRequest }> {
  const request = await desk.store.requests.get(word.requestId);
  if (request === undefined) return { kind: "no-such-request" };
  const objection = await whyNotFrom(desk, request, word);
  return objection === undefined ? { kind: "may", request } : turnDown(desk, { request, word, objection });
}

type Overtaken = { readonly kind: "overtaken" };
type Settling = { readonly request: ActionRequest; readonly word: Word; readonly incident: Incident };

/** Rolls the transaction back: somebody else, or the clock, was faster. */
class Rollback extends Error {}

async function settle(desk: Desk, settling: Settling): Promise<Decided | Overtaken> {
  try {
    return await commit(desk, (tables) => settleWithin(tables, desk, settling));
  } catch (error) {
    if (error instanceof Rollback) return { kind: "overtaken" };
    throw error;
  }
}

async function settleWithin(tables: Tables, desk: Desk, { request, word, incident }: Settling): Promise<Decided> {
  const atMs = desk.clock.nowMs();
  const reason = word.reason?.trim();
  const decision: Decision = { requestId: request.id, userId: word.userId, kind: word.kind, atMs, ...(reason ? { reason } : {}) };
  if (!(await tables.requests.decide(decision))) throw new Rollback();

  const state = await nextState(tables, decision);
  const decisions = await tables.requests.decisions(request.id);
  const now: ActionRequest = { ...request, state, ...(state === "denied" ? { endedAtMs: atMs, outcome: deniedBecause(decision) } : {}) };
  await record(tables, decision, now);
  await desk.narrator(tables, { kind: "decided", incident, request: now, decision, decisions });
  if (state === "denied") return { kind: "denied", request: now };
  if (state === "approved") return { kind: "approved", request: now };
  const approvals = decisions.filter((one) => one.kind === "approve").length;
  return { kind: "counted", request: now, approvals, needed: request.policy.approvalsNeeded };
}

async function nextState(tables: Tables, decision: Decision): Promise<"approved" | "denied" | "pending"> {
  const { requestId, atMs } = decision;
  if (decision.kind === "deny") {
    if (await tables.requests.transition(requestId, ["pending"], "denied", { atMs, outcome: deniedBecause(decision) })) return "denied";
    throw new Rollback();
  }
  if (await tables.requests.approveIfAgreed(requestId, atMs)) return "approved";
  const now = await tables.requests.get(requestId);
  if (now?.state !== "pending" || now.expiresAtMs <= atMs) throw new Rollback();
  return "pending";
}

function deniedBecause(decision: Decision): string {
  return decision.reason === undefined ? "denied" : `denied: ${decision.reason}`;
}

const AUDIT_KINDS: Readonly<Record<Decision["kind"], AuditKind>> = {
  approve: "decision-approved",
  deny: "decision-denied",
  "break-glass": "break-glass",
};
const NOTES: Readonly<Record<Decision["kind"], string>> = { approve: "Approved", deny: "Denied", "break-glass": "Broke the glass for" };

async function record(tables: Tables, decision: Decision, request: ActionRequest): Promise<void> {
  const actor = { kind: "user", id: decision.userId } as const;
  await tables.audit.append({
    kind: AUDIT_KINDS[decision.kind],
    actor,
    atMs: decision.atMs,
    incidentId: request.incidentId,
    requestId: request.id,
    detail: { planHash: request.planHash, policy: request.policy.name, state: request.state, reason: decision.reason ?? null },
  });
  const reason = decision.reason === undefined ? "" : ` (${decision.reason})`;
  const says = `${NOTES[decision.kind]} ${request.actionId}${reason}`;
  await tables.incidents.note({ incidentId: request.incidentId, atMs: decision.atMs, actor, says });
}

async function overtakenBy(desk: Desk, requestId: string, word: Word): Promise<NotDecided> {
  const request = await desk.store.requests.get(requestId);
  if (request === undefined) return { kind: "no-such-request" };
  const decisions = await desk.store.requests.decisions(requestId);
  const own = decisions.find((one) => one.userId === word.userId);
  if (request.state === "pending" && own !== undefined) return { kind: "already-decided", decision: own };
  if (request.state === "pending") return { kind: "expired", request };
  return { kind: "too-late", state: request.state, request, decisions };
}

type TurningDown = { readonly request: ActionRequest; readonly word: Pick<Word, "userId" | "kind">; readonly objection: NotDecided };

async function turnDown(desk: Desk, { request, word, objection }: TurningDown): Promise<NotDecided> {
  if (objection.kind === "expired") await expireRequest(desk, request.id);
  await desk.store.audit.append({
    kind: "decision-refused",
    actor: { kind: "user", id: word.userId },
    atMs: desk.clock.nowMs(),
    incidentId: request.incidentId,
    requestId: request.id,
    detail: { word: word.kind, because: objection.kind === "refused" ? objection.because : objection.kind },
  });
  return objection;
}

async function incidentOf(desk: Desk, request: ActionRequest): Promise<Incident> {
  const incident = await desk.store.incidents.get(request.incidentId);
  if (incident === undefined) throw new Error(`request ${request.id} belongs to incident ${request.incidentId}, which is not stored`);
  return incident;
}

async function queueAct(desk: Desk, requestId: string): Promise<void> {
  try {
    await desk.queue.add("act", { requestId }, { id: requestId });
  } catch (error) {
    desk.log.warn({ requestId, because: messageOf(error) }, "could not queue an approved action, the sweeper will");
  }
}

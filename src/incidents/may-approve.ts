import {
  freezePolicy,
  isListed,
  mayApprove,
  mayBreakGlass,
  policyFor,
  type Access,
  type Person,
  type PolicyRule,
} from "../domain/access.ts";
import type { ActionRequest, Decision } from "../domain/action-request.ts";
import type { Desk } from "./desk.ts";
import { mayRequest, personOrReason } from "./may-request.ts";

const ALLOWED: Access = { kind: "allowed" };

/**
 * May this person have this word on this request? Asked of the policy as frozen with the request and of the policy as
 * configured now, and both must agree: who was taken off the list since may not, who was put on it since may not either.
 */
export function mayDecide(
  desk: Pick<Desk, "rules">,
  person: Person,
  { request, kind }: { readonly request: ActionRequest; readonly kind: Decision["kind"] },
): Access {
  const rule = policyFor(desk.rules, request.actionId, request.target);
  if (rule === undefined) return { kind: "refused", because: `no policy covers ${request.actionId} any more, so nobody may decide on it` };
  const frozen = judge(kind, person, request);
  return frozen.kind === "refused" ? frozen : judge(kind, person, { requestedBy: request.requestedBy, policy: freezePolicy(rule) });
}

/**
 * Does what was agreed still hold? The requester may still ask, and enough of those who approved are approvers still.
 * Throws nothing: groups that cannot be asked mean no, as `unsure`, because that may pass.
 */
export async function stillAgreed(
  desk: Pick<Desk, "rules" | "person">,
  request: ActionRequest,
  decisions: readonly Decision[],
): Promise<StillAgreed> {
  const rule = policyFor(desk.rules, request.actionId, request.target);
  if (rule === undefined) return { kind: "withdrawn", because: `no policy covers ${request.actionId} any more` };
  const requester = await personOrReason(desk, request.requestedBy, "anew"); // those who approved are then told from the same answer
  if (typeof requester === "string") return { kind: "unsure", because: requester };
  const asked = await mayRequest({ rules: desk.rules, person: async () => requester }, { ...request, userId: request.requestedBy });
  if (asked.kind === "refused") return { kind: "withdrawn", because: `the requester may no longer ask for this (${asked.because})` };

  const standing: Decision[] = [];
  for (const decision of decisions.filter((one) => one.kind !== "deny")) {
    const person = await personOrReason(desk, decision.userId);
    if (typeof person === "string") return { kind: "unsure", because: person };
    if (mayDecide(desk, person, { request, kind: decision.kind }).kind === "allowed") standing.push(decision);
  }
  return enough(request, rule, standing) ? { kind: "agreed" } : { kind: "withdrawn", because: lacking(request, rule, standing) };
}

export type StillAgreed =
  | { readonly kind: "agreed" }
  /** An approver was removed since, or the rules were tightened: it must not be done. */
  | { readonly kind: "withdrawn"; readonly because: string }
  /** The groups cannot be asked at the moment. */
  | { readonly kind: "unsure"; readonly because: string };

/** May this person freeze, thaw and release leases? */
export function mayAdminister(desk: Pick<Desk, "rules">, person: Person): Access {
  if (isListed(person, desk.rules.admins)) return ALLOWED;
  return { kind: "refused", because: "this is for admins only (access.admins)" };
}

function judge(kind: Decision["kind"], person: Person, request: Pick<ActionRequest, "requestedBy" | "policy">): Access {
  if (kind === "break-glass") return person.userId === request.requestedBy ? mayBreakGlass(person, request) : onlyTheRequester();
  return mayApprove(person, request);
}

function onlyTheRequester(): Access {
  return { kind: "refused", because: "break-glass is for the one who asked: as another approver, approve it instead" };
}

function enough(request: ActionRequest, rule: PolicyRule, standing: readonly Decision[]): boolean {
  return standing.some((one) => one.kind === "break-glass") || standing.length >= needed(request, rule);
}

function needed(request: ActionRequest, rule: PolicyRule): number {
  return Math.max(1, request.policy.approvalsNeeded, rule.approvalsNeeded);
}

function lacking(request: ActionRequest, rule: PolicyRule, standing: readonly Decision[]): string {
  const approvals = `${needed(request, rule)} ${needed(request, rule) === 1 ? "approval" : "approvals"}`;
  return `an approver was removed or the policy was tightened since: ${approvals} needed, ${standing.length} still valid`;
}

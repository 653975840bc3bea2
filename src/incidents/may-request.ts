import { isListed, policyFor, type Person, type PolicyRule } from "../domain/access.ts";
import { messageOf } from "../domain/errors.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import type { Desk } from "./desk.ts";

/** The policy that an action on a target falls under, or why it may not be asked for. */
export type MayRequest = { readonly kind: "allowed"; readonly rule: PolicyRule } | { readonly kind: "refused"; readonly because: string };

/** May this person ask for this action now, by the current configuration and groups? Groups that cannot be asked mean no. */
export async function mayRequest(
  desk: Pick<Desk, "rules" | "person">,
  wish: { readonly actionId: string; readonly target: Target; readonly userId: string },
): Promise<MayRequest> {
  const refused = (because: string): MayRequest => ({ kind: "refused", because });
  const rule = policyFor(desk.rules, wish.actionId, wish.target);
  const what = `${wish.actionId} on ${formatTarget(wish.target)}`;
  if (rule === undefined) return refused(`no policy covers ${what}, so nobody may ask for it: add one to the configuration`);
  const person = await personOrReason(desk, wish.userId);
  if (typeof person === "string") return refused(person);
  if (!isListed(person, desk.rules.requesters)) return refused("you are not among those who may ask for actions (access.requesters)");
  if (!isListed(person, rule.requesters)) return refused(`policy "${rule.name}" does not let you ask for ${what}`);
  if (!someoneCouldApprove(rule, wish.userId))
    return refused(`policy "${rule.name}" names nobody who could approve ${what}: name an approver besides the requester`);
  return { kind: "allowed", rule };
}

/** The person with their groups as of now, or why that cannot be told. */
export async function personOrReason(desk: Pick<Desk, "person">, userId: string, asked?: "anew"): Promise<Person | string> {
  try {
    return await desk.person(userId, asked);
  } catch (error) {
    return messageOf(error);
  }
}

function someoneCouldApprove(rule: PolicyRule, userId: string): boolean {
  return rule.approvers.some((id) => id !== userId) || (rule.breakGlass && rule.approvers.includes(userId));
}

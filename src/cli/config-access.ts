import type { Config, ServiceConfig } from "../config.ts";
import type { PolicyRule } from "../domain/access.ts";
import { actionNamed, type ActionNamed } from "../domain/named-action.ts";
import { fitsPattern } from "../domain/name-pattern.ts";
import type { ActionDoc } from "../domain/plan.ts";

type Actions = readonly Pick<ActionDoc, "id" | "targetKind">[];
type List = readonly string[] | "everyone";

/** Policies under which nothing can ever be approved, and names of actions that there are not. Nobody is asked who is in a group. */
export function accessWarnings({ access }: Pick<Config | ServiceConfig, "access">, actions: Actions): readonly string[] {
  return access.policies.flatMap((policy) => [
    ...policy.actions.flatMap((pattern) => noAction(policy.name, pattern, actions)),
    ...noApproval(policy, [access.requesters, policy.requesters]),
  ]);
}

function noAction(policy: string, pattern: string, actions: Actions): readonly string[] {
  if (actions.some(({ id }) => fitsPattern(pattern, id))) return [];
  const named = actionNamed(pattern.replace(/\*$/, ""), actions);
  const meant = meantBy(named);
  const kinds = [...new Set(actions.map(({ id }) => `${id.split(".", 1)[0] ?? id}.*`))].toSorted();
  const hint = meant.length === 0 ? `there is ${kinds.join(", ")}` : `did you mean ${meant.slice(0, 3).join(" or ")}?`;
  return [`the policy "${policy}" names ${pattern}, which no action fits: ${hint}`];
}

function meantBy(named: ActionNamed): readonly string[] {
  if (named.kind === "found") return [named.id];
  return named.kind === "several" ? named.ids : named.nearest;
}

/** Nobody approves their own request: of all who may ask, none has enough others. */
function noApproval(policy: PolicyRule, mayAsk: readonly List[]): readonly string[] {
  const { name, approvers, approvalsNeeded, breakGlass } = policy;
  if (approvers.length === 0 || [approvers, ...mayAsk].some(hasGroup)) return [];
  const requesters = mayAsk.reduce<List>(both, "everyone");
  if (requesters === "everyone") return [];
  if (requesters.length === 0) return [`under the policy "${name}" nobody may ask: no id is in access.requesters and in its requesters`];
  const isApproved = (id: string): boolean =>
    approvers.filter((other) => other !== id).length >= approvalsNeeded || (breakGlass && approvers.includes(id));
  if (requesters.some(isApproved)) return [];
  const needs = approvalsNeeded === 1 ? "an approver" : `${approvalsNeeded} approvers`;
  return [
    `under the policy "${name}" no request can ever be approved: only ${requesters.join(", ")} may ask, nobody approves their own request, and it needs ${needs} besides`,
  ];
}

function hasGroup(list: List): boolean {
  return list !== "everyone" && list.some((id) => id.startsWith("S"));
}

function both(left: List, right: List): List {
  if (left === "everyone") return right;
  return right === "everyone" ? left : left.filter((id) => right.includes(id));
}

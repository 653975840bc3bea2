import type { ActionRequest, FrozenPolicy } from "./action-request.ts";
import { fitsPattern } from "./name-pattern.ts";
import { targetKey, type Target } from "./target.ts";

/** Who may do what, from the configuration. Ids of users (`U`, `W`) and user groups (`S`); an empty list means nobody. */
export type AccessRules = {
  /** May investigate and look; `everyone` on the workspace when so configured. */
  readonly investigators: readonly string[] | "everyone";
  /** May ask for actions. */
  readonly requesters: readonly string[] | "everyone";
  /** May freeze and release leases. */
  readonly admins: readonly string[];
  /** The first rule that fits decides. No rule fits: nobody may approve. */
  readonly policies: readonly PolicyRule[];
};

export type PolicyRule = {
  readonly name: string;
  /** Action ids, `*` at the end matches the rest: `redis.*`. */
  readonly actions: readonly string[];
  /** Target keys, likewise: `redis/prod-*`. */
  readonly targets: readonly string[];
  /** Narrows who may ask, beside AccessRules.requesters. */
  readonly requesters: readonly string[] | "everyone";
  readonly approvers: readonly string[];
  readonly approvalsNeeded: number;
  readonly breakGlass: boolean;
  readonly expiresAfterMs: number;
};

/** A person with the groups that they are in at this moment. */
export type Person = { readonly userId: string; readonly groupIds: readonly string[] };

export type Access = { readonly kind: "allowed" } | { readonly kind: "refused"; readonly because: string };

/** The first policy for an action on a target, in the order of the configuration. */
export function policyFor(rules: AccessRules, actionId: string, target: Target): PolicyRule | undefined {
  return rules.policies.find(
    (rule) =>
      rule.actions.some((pattern) => fitsPattern(pattern, actionId)) &&
      rule.targets.some((pattern) => fitsPattern(pattern, targetKey(target))),
  );
}

/** Is the person in a list of users and groups? */
export function isListed(person: Person, list: readonly string[] | "everyone"): boolean {
  return list === "everyone" || list.includes(person.userId) || person.groupIds.some((group) => list.includes(group));
}

/** May this person approve this request? Break-glass is asked for separately: see `mayBreakGlass`. */
export function mayApprove(person: Person, request: Pick<ActionRequest, "requestedBy" | "policy">): Access {
  if (request.policy.approvers.length === 0) {
    return { kind: "refused", because: `policy "${request.policy.name}" names no approver, so nobody may approve this` };
  }
  if (person.userId === request.requestedBy) {
    return { kind: "refused", because: "nobody approves their own request: ask another approver" };
  }
  if (!isListed(person, request.policy.approvers)) {
    return { kind: "refused", because: `you are not an approver under policy "${request.policy.name}"` };
  }
  return { kind: "allowed" };
}

/** May this person go alone, with a typed reason? Only who asked, and only an approver, where the policy allows it. */
export function mayBreakGlass(person: Person, request: Pick<ActionRequest, "requestedBy" | "policy">): Access {
  if (!request.policy.breakGlass) {
    return { kind: "refused", because: `policy "${request.policy.name}" does not allow break-glass` };
  }
  if (!isListed(person, request.policy.approvers)) {
    return { kind: "refused", because: `break-glass is for approvers under policy "${request.policy.name}" only` };
  }
  return { kind: "allowed" };
}

/** What of a rule is frozen with a request. */
export function freezePolicy(rule: PolicyRule): FrozenPolicy {
  return { name: rule.name, approvers: rule.approvers, approvalsNeeded: rule.approvalsNeeded, breakGlass: rule.breakGlass };
}

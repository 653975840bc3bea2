import { counted } from "../domain/count.ts";
import type { PolicyRule } from "../domain/access.ts";
import type { Message } from "../domain/message.ts";
import { formatDuration } from "../domain/duration.ts";
import { context, message, lines, titled } from "./kit.ts";
import type { Abilities } from "./help-menu.ts";
import { code, listed, person } from "./words.ts";

/** What the caller may do, and under which policies they may ask and approve. */
export function whoami(facts: {
  readonly userId: string;
  readonly groupIds: readonly string[];
  readonly abilities: Abilities;
  readonly policies: readonly { readonly rule: PolicyRule; readonly mayAsk: boolean; readonly mayApprove: boolean }[];
}): Message {
  const { userId, groupIds, abilities, policies } = facts;
  const groups = groupIds.length === 0 ? "in no user group that Oomph's rules name" : `in ${listed(groupIds.map(person))}`;
  return message(`You may: ${summary(abilities)}`, [
    ...lines([
      `You are ${person(userId)}, ${groups}.`,
      `${mark(abilities.investigate)} investigate and look`,
      `${mark(abilities.request)} ask for actions`,
      `${mark(abilities.approve)} approve what others ask for`,
      `${mark(abilities.admin)} freeze, and release locks`,
    ]),
    titled("Policies, the first that fits decides", policies.map(policyLine)),
    policies.length === 0 ? context("No policy is configured, so nobody may approve anything.") : undefined,
  ]);
}

function summary(abilities: Abilities): string {
  const may = [
    ...(abilities.investigate ? ["investigate"] : []),
    ...(abilities.request ? ["ask for actions"] : []),
    ...(abilities.approve ? ["approve"] : []),
    ...(abilities.admin ? ["freeze and unlock"] : []),
  ];
  return may.length === 0 ? "nothing yet" : listed(may);
}

function mark(may: boolean): string {
  return may ? "✅" : "🚫";
}

function policyLine({
  rule,
  mayAsk,
  mayApprove,
}: {
  readonly rule: PolicyRule;
  readonly mayAsk: boolean;
  readonly mayApprove: boolean;
}): string {
  const you = [mayAsk ? "you may ask" : "you may not ask", mayApprove ? "you may approve" : "you may not approve"];
  const terms = [
    counted(rule.approvalsNeeded, "approval"),
    `within ${formatDuration(rule.expiresAfterMs)}`,
    ...(rule.breakGlass ? ["break-glass allowed"] : []),
  ];
  return `• ${code(rule.name)}: ${rule.actions.map((action) => code(action)).join(" ")} on ${rule.targets.map((target) => code(target)).join(" ")}: ${terms.join(", ")}; ${you.join(", ")}`;
}

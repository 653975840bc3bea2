import type { Plan } from "../domain/plan.ts";
import { formatTarget } from "../domain/target.ts";
import { printable } from "./printable.ts";

/** A plan for people: what changes, who is touched, the way back. */
export function renderPlan(plan: Plan): string {
  const lines = [
    plan.summary,
    `${plan.actionId} on ${formatTarget(plan.target)}, risk: ${plan.risk}`,
    "",
    "What changes:",
    ...plan.changes.map(({ what, before, after }) => `  - ${what}: ${before} → ${after}`),
    ...section("Who and what is touched:", plan.blastRadius),
    ...section("Know before you agree:", plan.warnings),
    "",
    `Way back: ${plan.wayBack}`,
    ...(plan.confirm === undefined ? [] : [`To be typed by the approver: ${plan.confirm}`]),
  ];
  return printable(`${lines.join("\n")}\n`);
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  - ${line}`)];
}

import type { Plan } from "../domain/plan.ts";
import type { SectionBlock } from "../domain/message.ts";
import { lines, titled } from "./kit.ts";
import { code, prose } from "./words.ts";

/** The exact plan: what changes, who is touched, what to know, the way back. Shown whole, nothing shortened. */
export function planSections(plan: Plan): readonly SectionBlock[] {
  return [
    ...titled(
      "What changes",
      plan.changes.map((change) => `• ${prose(change.what)}: ${reading(change.before)} → ${reading(change.after)}`),
    ),
    ...titled(
      "Who and what is touched",
      plan.blastRadius.map((line) => `• ${prose(line)}`),
    ),
    ...titled(
      "Know before you agree",
      plan.warnings.map((line) => `⚠️ ${prose(line)}`),
    ),
    ...lines([`*Way back*: ${prose(plan.wayBack)}`]),
  ];
}

/** A value as it is set or counted stands in backticks; a longer explanation does not. */
function reading(text: string): string {
  return text.length <= 24 ? code(text) : prose(text);
}

import type { AlertCondition, AlertRule } from "../domain/alert-rule.ts";
import { given } from "../domain/given.ts";
import type { AlertsDocument } from "./alert-rules-schema.ts";

/** The users' own rules, in the order in which they are written. */
export function buildAlertRules({ rules }: AlertsDocument): readonly AlertRule[] {
  return rules.map(({ id, says, when, unless, verdict: { memory, ...more } }) => ({
    id,
    says,
    when: when.map(buildCondition),
    ...given({ unless: unless?.map(buildCondition) }),
    verdict: { memory, ...given(more) },
  }));
}

function buildCondition(condition: AlertsDocument["rules"][number]["when"][number]): AlertCondition {
  return given(condition);
}

import { treeAt } from "./name-checks.ts";
import type { Problem } from "./problem.ts";
import type { RawDocument } from "./raw-document.ts";
import { isTree } from "./yaml-file.ts";

const MOST_RULES = 200;

/** What a rule for alerts needs to decide anything: a condition that says something, and an id of its own. */
export function alertRuleChecks(raw: RawDocument): readonly Problem[] {
  const { rules } = treeAt(raw.content, "alerts");
  if (!Array.isArray(rules)) return [];
  const list: readonly unknown[] = rules;
  const at = (path: readonly (string | number)[]): string => raw.keyOf(["alerts", "rules", ...path]);
  const tooMany = list.length > MOST_RULES ? [{ key: at([]), expected: `at most ${MOST_RULES} rules`, received: `${list.length}` }] : [];
  return [...tooMany, ...list.flatMap((rule, index) => (isTree(rule) ? problemsOf(rule, index, { list, at }) : []))];
}

type Around = { readonly list: readonly unknown[]; at(path: readonly (string | number)[]): string };

function problemsOf(rule: Readonly<Record<string, unknown>>, index: number, { list, at }: Around): readonly Problem[] {
  const { id, when } = rule;
  const isTwice = list.slice(0, index).some((other) => isTree(other) && other["id"] === id && id !== undefined);
  const twice: readonly Problem[] = isTwice
    ? [{ key: at([index, "id"]), expected: "an id that no other rule has", received: JSON.stringify(id) }]
    : [];
  if (!Array.isArray(when)) return twice;
  const conditions: readonly unknown[] = when;
  const empty = conditions.findIndex((condition) => isTree(condition) && Object.keys(condition).length === 0);
  if (conditions.length > 0 && empty < 0) return twice;
  const key = at(conditions.length === 0 ? [index, "when"] : [index, "when", empty]);
  return [...twice, { key, expected: "at least one of name, parts, labels, phrases, sentence, metric, source", received: "nothing" }];
}

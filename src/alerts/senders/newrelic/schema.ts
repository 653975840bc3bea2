import type { z } from "zod";
import { isRecord, Items, section, Word, WordList, Words } from "../loose-schema.ts";

/*
 * What New Relic's workflows post by their default template, with what docs/alerts.md adds to it, and what its older alert
 * policies posted. Source: New Relic, "Workflows: webhook", "Legacy: webhook format".
 */

const Issue = section({
  id: Word,
  issueId: Word,
  issueUrl: Word,
  title: Word,
  priority: Word,
  state: Word,
  trigger: Word,
  createdAt: Word,
  updatedAt: Word,
  description: Word,
  impactedEntities: WordList,
  entitiesData: section({ names: WordList, entities: Items }),
  alertPolicyNames: WordList,
  alertConditionNames: WordList,
  accumulations: section({ conditionDescription: WordList, nrqlQuery: WordList }),
});
export type NewRelicIssue = z.output<typeof Issue>;

const Incident = section({
  condition_name: Word,
  current_state: Word,
  severity: Word,
  details: Word,
  incident_id: Word,
  incident_url: Word,
  policy_name: Word,
  timestamp: Word,
  targets: Items,
});
export type NewRelicIncident = z.output<typeof Incident>;

const Target = section({ name: Word, type: Word, labels: Words });

export type NewRelicMessage =
  | { readonly kind: "issue"; readonly issue: NewRelicIssue; readonly tags: Readonly<Record<string, string>> }
  | { readonly kind: "incident"; readonly incident: NewRelicIncident; readonly targets: readonly z.output<typeof Target>[] };

/** Undefined: it is not New Relic's. */
export function parseNewRelic(body: unknown): NewRelicMessage | undefined {
  if (!isRecord(body)) return undefined;
  if (typeof body["condition_name"] === "string") {
    const incident = Incident.parse(body);
    return { kind: "incident", incident, targets: incident.targets.slice(0, 100).map((target) => Target.parse(target)) };
  }
  const isIssue = ["issueUrl", "alertConditionNames", "impactedEntities", "issueId"].some((field) => body[field] !== undefined);
  if (!isIssue) return undefined;
  const accumulations = isRecord(body["accumulations"]) ? body["accumulations"] : {};
  return { kind: "issue", issue: Issue.parse(body), tags: { ...single(accumulations["tag"]), ...single(body["labels"]) } };
}

/** Of a name with several values nobody can tell whose they are. */
function single(values: unknown): Readonly<Record<string, string>> {
  if (!isRecord(values)) return {};
  const found = Object.keys(values)
    .slice(0, 256)
    .map((name) => [name, listOf(values[name])] as const);
  return Words.parse(Object.fromEntries(found.flatMap(([name, words]) => (words.length === 1 ? [[name, words[0]]] : []))));
}

function listOf(value: unknown): readonly string[] {
  return WordList.parse(Array.isArray(value) ? value : [value]);
}

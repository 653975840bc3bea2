import type { AlertFacts } from "../../../domain/alert.ts";
import { given } from "../../../domain/given.ts";
import { bounded, linkOf, severityOf, statusOfWord, timeOf } from "../../facts.ts";
import type { Sender, Sent } from "../sender.ts";
import { timeOfNumber } from "../times.ts";
import { linesOf } from "../words.ts";
import { parseNewRelic, type NewRelicMessage } from "./schema.ts";

/** New Relic: the webhooks of its workflows, and those of its older alert policies. */
export const newrelic = {
  source: "newrelic" as const,
  readSent(body: unknown): Sent {
    const message = parseNewRelic(body);
    if (message === undefined) return { kind: "unfit", because: "issueUrl, alertConditionNames: expected fields of a workflow's webhook" };
    return message.kind === "issue" ? ofIssue(message) : ofIncident(message);
  },
} satisfies Sender;

function ofIssue({ issue, tags }: Extract<NewRelicMessage, { kind: "issue" }>): Sent {
  const { title, priority, state, alertConditionNames, alertPolicyNames, accumulations, updatedAt } = issue;
  const id = issue.issueId ?? issue.id;
  const entities = issue.impactedEntities.length > 0 ? issue.impactedEntities : issue.entitiesData.names;
  const factsOf = (entity: string | undefined): AlertFacts =>
    bounded({
      name: title ?? alertConditionNames[0] ?? null,
      status: statusOfWord(state) ?? "firing",
      severity: severityOf(priority),
      labels: { ...tags, ...given({ entity: entity ?? entityIn(title), condition: alertConditionNames[0], policy: alertPolicyNames[0] }) },
      text: linesOf([title, issue.description, ...alertConditionNames, ...accumulations.conditionDescription, ...accumulations.nrqlQuery]),
      ...given({ startsAtMs: timeOfNumber(issue.createdAt) ?? timeOf(issue.createdAt), link: linkOf(issue.issueUrl) }),
    });
  const isTold = id !== undefined && updatedAt !== undefined;
  return {
    kind: "facts",
    facts: entities.length > 1 ? entities.map(factsOf) : [factsOf(entities[0])],
    ...(isTold ? { id: `${id}/${state ?? ""}/${updatedAt}`.slice(0, 256) } : {}),
  };
}

function ofIncident({ incident, targets }: Extract<NewRelicMessage, { kind: "incident" }>): Sent {
  const factsOf = (target: (typeof targets)[number] | undefined): AlertFacts =>
    bounded({
      name: incident.condition_name ?? null,
      status: statusOfWord(incident.current_state) ?? "firing",
      severity: severityOf(incident.severity),
      labels: { ...target?.labels, ...given({ entity: target?.name, policy: incident.policy_name }) },
      text: linesOf([incident.condition_name, incident.details]),
      ...given({ startsAtMs: timeOfNumber(incident.timestamp), link: linkOf(incident.incident_url) }),
    });
  return { kind: "facts", facts: targets.length > 1 ? targets.map(factsOf) : [factsOf(targets[0])] };
}

/** The default title, where the template leaves entities out: `Memory usage > 90.0 on 'app-host-3'`. */
function entityIn(title: string | undefined): string | undefined {
  return / on '([^']{1,200})'$/.exec((title ?? "").slice(0, 1000).trimEnd())?.[1];
}

import type { AlertFacts, AlertStatus } from "../../../domain/alert.ts";
import { given } from "../../../domain/given.ts";
import { bounded, linkOf, severityOf, timeOf } from "../../facts.ts";
import type { Sender, Sent } from "../sender.ts";
import { linesOf } from "../words.ts";
import { parsePagerDutyEvent, type PagerDutyEvent } from "./schema.ts";

/** PagerDuty: its webhooks of version 3. */
export const pagerduty = {
  source: "pagerduty" as const,
  knowsSent: (body: unknown) => parsePagerDutyEvent(body) !== undefined,
  readSent(body: unknown): Sent {
    const event = parsePagerDutyEvent(body);
    if (event === undefined) return { kind: "unfit", because: "event.event_type: expected an event of a version 3 webhook" };
    const status = STATUS_OF.get(event.event_type);
    return { kind: "facts", facts: status === undefined ? [] : [factsOf(event, status)], ...given({ id: event.id }) };
  },
} satisfies Sender;

// The others say who has taken it, noted something or was asked: nothing of what is wrong. `pagey.ping` is a test of the way.
const STATUS_OF = new Map<string, AlertStatus>([
  ["incident.triggered", "firing"],
  ["incident.reopened", "firing"],
  ["incident.escalated", "firing"],
  ["incident.priority_updated", "firing"],
  ["incident.resolved", "resolved"],
]);

function factsOf({ data, occurred_at: occurredAt }: PagerDutyEvent, status: AlertStatus): AlertFacts {
  const { title, urgency, priority, service, incident_key: key } = data;
  return bounded({
    name: title ?? null,
    status,
    severity: severityOf(priority.summary) ?? severityOf(urgency),
    labels: given({ service: service.summary, urgency, priority: priority.summary, incident_key: key }),
    text: linesOf([title]),
    ...given({ startsAtMs: timeOf(data.created_at) ?? timeOf(occurredAt), link: linkOf(data.html_url) }),
  });
}

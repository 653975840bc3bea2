import type { AlertFacts, AlertStatus } from "../../../domain/alert.ts";
import { given } from "../../../domain/given.ts";
import { bounded, linkOf, severityOf, timeOf } from "../../facts.ts";
import type { Sender, Sent } from "../sender.ts";
import { timeOfNumber } from "../times.ts";
import { linesOf } from "../words.ts";
import { exceptionsIn, thrownIn, parseSentryMessage, tagsOf, type SentryMessage } from "./schema.ts";

/** Sentry: the webhooks of an integration, and those of its old plugin. */
export const sentry = {
  source: "sentry" as const,
  isSentOnce: true,
  readSent(body: unknown): Sent {
    const message = parseSentryMessage(body);
    if (message === undefined) return { kind: "unfit", because: "data: expected event, error, issue or metric_alert" };
    if (message.kind === "event") return ofEvent(message);
    if (message.kind === "issue") return ofIssue(message);
    return message.kind === "metric" ? ofMetric(message) : { kind: "facts", facts: [] };
  },
} satisfies Sender;

/** The header Request-ID is another for each attempt, so that the event's own id is what tells one from another. */
function ofEvent({ hook, data, event }: Extract<SentryMessage, { kind: "event" }>): Sent {
  const { contexts } = event;
  const project = hook.project_slug ?? hook.project ?? event.project;
  const labels = {
    ...tagsOf(event),
    ...given({
      project,
      level: event.level ?? hook.level,
      exception: thrownIn(event),
      environment: event.environment,
      release: event.release,
      server_name: event.server_name ?? contexts.device.name,
      runtime: contexts.runtime.name,
      container_id: contexts.container.id,
      container_name: contexts.container.name,
    }),
    ...contexts.kubernetes,
  };
  const facts = bounded({
    name: event.title ?? data.triggered_rule ?? null,
    status: "firing",
    severity: severityOf(event.level ?? hook.level),
    labels,
    text: linesOf([
      event.title,
      event.logentry.formatted ?? event.logentry.message,
      event.message,
      hook.message,
      ...exceptionsIn(event),
      event.culprit ?? hook.culprit,
    ]),
    ...given({ startsAtMs: timeOf(event.datetime) ?? timeOfNumber(event.timestamp), link: linkOf(event.web_url) ?? linkOf(hook.url) }),
  });
  const { event_id: id } = event;
  return { kind: "facts", facts: [facts], ...(id === undefined ? {} : { id: `event/${id}/${data.triggered_rule ?? ""}`.slice(0, 256) }) };
}

// What else happens to an issue is done by people: somebody takes it, mutes it.
const STATUS_OF_ISSUE = new Map<string, AlertStatus>([
  ["created", "firing"],
  ["unresolved", "firing"],
  ["resolved", "resolved"],
]);

function ofIssue({ hook, issue }: Extract<SentryMessage, { kind: "issue" }>): Sent {
  const status = STATUS_OF_ISSUE.get(hook.action ?? "created");
  if (status === undefined) return { kind: "facts", facts: [] };
  const facts: AlertFacts = bounded({
    name: issue.title ?? null,
    status,
    severity: severityOf(issue.level),
    labels: given({
      project: issue.project.slug ?? issue.project.name,
      level: issue.level,
      platform: issue.platform,
      exception: issue.metadata.type,
    }),
    text: linesOf([issue.title, ...exceptionsIn({ exception: { values: [] }, metadata: issue.metadata }), issue.culprit]),
    ...given({ startsAtMs: timeOf(issue.lastSeen) ?? timeOf(issue.firstSeen), link: linkOf(issue.web_url) ?? linkOf(issue.permalink) }),
  });
  return { kind: "facts", facts: [facts] };
}

function ofMetric({ hook, data, alert }: Extract<SentryMessage, { kind: "metric" }>): Sent {
  const { name, aggregate, query, environment } = alert.alert_rule;
  const facts: AlertFacts = bounded({
    name: name ?? alert.title ?? data.description_title ?? null,
    status: hook.action === "resolved" ? "resolved" : "firing",
    severity: severityOf(hook.action),
    labels: given({ project: alert.projects[0], environment, query }),
    text: linesOf([data.description_title, data.description_text, query]),
    ...given({ metric: aggregate, startsAtMs: timeOf(alert.date_started), link: linkOf(data.web_url) }),
  });
  return { kind: "facts", facts: [facts] };
}

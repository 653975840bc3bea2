import type { AlertStatus, Severity } from "../../../domain/alert.ts";
import { given } from "../../../domain/given.ts";
import { bounded, linkOf, severityOf, timeOf } from "../../facts.ts";
import type { Sender, Sent } from "../sender.ts";
import { timeOfNumber } from "../times.ts";
import { linesOf, tagsIn } from "../words.ts";
import { metricIn, metricSaid } from "./metric.ts";
import { severityOfMonitor } from "./priority.ts";
import { parseDatadog, type DatadogFields } from "./schema.ts";

/** Datadog: its webhooks integration. */
export const datadog = {
  source: "datadog" as const,
  readSent(body: unknown): Sent {
    const fields = parseDatadog(body);
    const title = fields?.get("alert_title", "title", "event_title");
    const says = fields?.get("text_only_msg", "body", "event_msg", "text", "message");
    if (fields === undefined || (title === undefined && says === undefined))
      return { kind: "unfit", because: "title, body: expected one of them, or another field named after a variable of Datadog's" };
    return { kind: "facts", facts: [factsOf(fields, title, says)], ...given({ id: idOf(fields) }) };
  },
  knowsSent(body: unknown): boolean {
    const fields = parseDatadog(body);
    const isDatadogs = ["alert_transition", "alert_type", "event_type", "alert_metric", "alert_query", "alert_scope", "text_only_msg"];
    return fields?.get("title", "event_title", "alert_title") !== undefined && fields.get(...isDatadogs) !== undefined;
  },
} satisfies Sender;

function factsOf(fields: DatadogFields, title: string | undefined, says: string | undefined) {
  const host = fields.get("hostname", "host");
  const metric = fields.get("alert_metric", "metric") ?? metricIn(fields.get("alert_query", "query")) ?? metricSaid(says ?? "");
  const priority = fields.get("alert_priority", "priority");
  return bounded({
    // `[P1] [Triggered on {host:web-1}] Memory is high on web-1`
    name: title?.replace(/^(?:\[[^\]]{1,200}\] {0,3}){1,3}/, "") ?? null,
    status: statusOf(fields, title ?? ""),
    severity: severityOf(fields.get("severity")) ?? severityIn(fields, title ?? ""),
    labels: {
      ...tagsIn(fields.tags),
      ...given({ alert_transition: fields.get("alert_transition", "transition") }),
      ...tagsIn((fields.get("alert_scope", "scope") ?? "").slice(0, 4000).split(",")),
      ...given({ host, priority }),
    },
    // %%% encloses Markdown.
    text: linesOf([title, says?.replaceAll("%%%", "")]),
    ...given({
      metric,
      value: fields.get("alert_value", "value"),
      startsAtMs: startOf(fields),
      link: linkOf(fields.get("link", "url", "event_url")),
    }),
  });
}

/** Its own id of the event: a repeat of the alert is another event. */
function idOf(fields: DatadogFields): string | undefined {
  const id = fields.get("id", "event_id");
  return id === undefined ? undefined : `${id}/${fields.get("alert_transition", "last_updated", "date") ?? ""}`.slice(0, 256);
}

function statusOf(fields: DatadogFields, title: string): AlertStatus {
  const word = (fields.get("alert_transition", "transition", "alert_status", "status") ?? "").toLowerCase();
  if (/^(?:recovered|ok|resolved)\b/.test(word)) return "resolved";
  if (word !== "") return "firing";
  return fields.get("alert_type") === "success" || /^(?:\[[^\]]{1,20}\] {0,3}){0,2}\[Recovered/i.test(title) ? "resolved" : "firing";
}

/** The monitor's priority, by its own field or in its title; what any monitor calls itself that fires (`error`) counts where it has none. */
function severityIn(fields: DatadogFields, title: string): Severity | null {
  const priority = fields.get("alert_priority", "priority");
  const ofMonitor = [priority, PRIORITY_IN_TITLE.exec(title)?.[1]].find((word) => PRIORITY.test(word ?? ""));
  const type = fields.get("alert_type");
  const isWarning = type === "warning" || /^warn/i.test(fields.get("alert_transition", "transition") ?? "");
  return severityOfMonitor(ofMonitor, isWarning) ?? (type === "success" ? null : severityOf(type)) ?? severityOf(priority);
}

const PRIORITY = /^p[1-5]$/i;
const PRIORITY_IN_TITLE = /^\[(P[1-5])\]/i;

/** When it began, where the sender has been asked for it; else when this was sent. */
function startOf(fields: DatadogFields): number | undefined {
  const given = fields.get("alert_started", "last_updated", "date", "timestamp");
  return timeOfNumber(given) ?? timeOf(given);
}

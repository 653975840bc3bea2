import type { AlertFacts } from "../../../domain/alert.ts";
import { given } from "../../../domain/given.ts";
import { bounded, linkOf, severityOf, statusOfWord, timeOf } from "../../facts.ts";
import { MOST_ALERTS, type Sent } from "../sender.ts";
import { linesOf } from "../words.ts";
import { parseGroup, parseGroupedAlert, type AlertGroup, type GroupedAlert } from "./schema.ts";

/** What a sender with the same form says beside. */
export type Beside = (alert: GroupedAlert) => {
  /** Where the alert itself does not name them. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly value?: string | undefined;
};

/** Reads a group of alerts; each may lack anything. */
export function readGroup(body: unknown, beside: Beside = () => ({})): Sent {
  const group = parseGroup(body);
  if (group === undefined) return { kind: "unfit", because: "alerts: expected a list of alerts" };
  const read = group.alerts.slice(0, MOST_ALERTS).flatMap((item) => {
    const alert = parseGroupedAlert(item);
    return alert === undefined ? [] : [factsOf(alert, group, beside(alert))];
  });
  const leftOut = group.alerts.length - read.length + truncatedIn(group);
  return { kind: "facts", facts: read, ...(leftOut === 0 ? {} : { leftOut }) };
}

function factsOf(alert: GroupedAlert, group: AlertGroup, beside: ReturnType<Beside>): AlertFacts {
  const labels = merged(alert.labels, beside.labels, group.commonLabels, group.groupLabels);
  const annotations = merged(alert.annotations, group.commonAnnotations);
  const link = [annotations["dashboard_url"], annotations["dashboard"], alert.panelURL, alert.dashboardURL, alert.generatorURL]
    .concat(group.externalURL)
    .map(linkOf)
    .find((one) => one !== undefined);
  return bounded({
    name: labels["alertname"] ?? null,
    status: statusOfWord(alert.status) ?? statusOfWord(group.status) ?? "firing",
    severity: severityOf(labels["severity"]) ?? severityOf(labels["level"]) ?? severityOf(labels["priority"]),
    labels,
    text: textOf(annotations),
    ...given({
      metric: expressionIn(alert.generatorURL),
      value: annotations["value"] ?? beside.value,
      startsAtMs: timeOf(alert.startsAt),
      link,
    }),
  });
}

/** The first that has a name wins. */
function merged(...sources: readonly (Readonly<Record<string, string>> | undefined)[]): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  for (const [name, value] of sources.flatMap((words) => Object.entries(words ?? {}))) {
    if (!found.has(name)) found.set(name, value);
  }
  return Object.fromEntries(found);
}

// What people read first; the rest with its name.
const FOR_PEOPLE = ["summary", "message", "title", "description"];

/** Annotations as lines. Addresses of runbooks and ids of dashboards say nothing about what is wrong. */
function textOf(annotations: Readonly<Record<string, string>>): string {
  const others = Object.entries(annotations).filter(([name]) => !FOR_PEOPLE.includes(name) && !name.startsWith("__"));
  return linesOf([
    ...FOR_PEOPLE.map((name) => annotations[name]),
    ...others.filter(([, value]) => !/^https?:/.test(value)).map(([name, value]) => `${name}: ${value}`),
  ]);
}

const EXPRESSION = /[?&]g0\.expr=([^&#]{1,4000})/;
const MOST_EXPRESSION_CHARACTERS = 1000;

/** Prometheus links to its own graph of what it has compared: `.../graph?g0.expr=container_memory_usage_bytes+%3E+5`. */
function expressionIn(url: string | undefined): string | undefined {
  const encoded = EXPRESSION.exec((url ?? "").slice(0, 8000))?.[1];
  if (encoded === undefined) return undefined;
  return new URLSearchParams(`expr=${encoded}`).get("expr")?.slice(0, MOST_EXPRESSION_CHARACTERS);
}

function truncatedIn({ truncatedAlerts }: AlertGroup): number {
  const count = Number(truncatedAlerts ?? 0);
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}

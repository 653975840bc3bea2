import type { AlertFacts, AlertStatus } from "../../domain/alert.ts";
import { given } from "../../domain/given.ts";
import { bounded, linkOf, severityOf, timeOf } from "../facts.ts";
import { labelsInText } from "../labels-in-text.ts";
import { timeInText } from "../time-in-text.ts";
import { isProse } from "../title-values.ts";
import { comparable } from "../victim-labels.ts";

/** What a post says of one alert: its lines, under whose heading they stand. */
type Section = { readonly status: AlertStatus | undefined; readonly lines: readonly string[] };

export type PostTitle = { readonly status: AlertStatus; readonly name: string | null; readonly line: string };

const MOST_SECTIONS = 200;
// `*Alerts Firing:*`, `**Resolved**`, `✅ Resolved (2)`, alone on a line.
const STATUS_LINE = /^[^\w]{0,12}(?:alerts? )?(firing|resolved)(?: alerts?)?[^A-Za-z]{0,16}$/i;
const ALERT_LINE = /^[^\w]{0,12}alert(?: ?name)?[^\w]{0,6}[:=](?!\/\/)/i;
const ALERTNAME_LINE = /^[^\w]{0,12}alert_?name[^\w]{0,6}[:=]/i;
const LABELS_LINE = /^[^\w]{0,12}labels[^\w]{0,6}$/i;
const ANNOTATIONS_LINE = /^[^\w]{0,12}annotations[^\w]{0,6}$/i;

/** The alerts of a message that has one title: one by one where their lines tell them apart, else one. */
export function alertsBelow(title: PostTitle, lines: readonly string[]): readonly AlertFacts[] {
  return sectionsOf(lines).map((section) => factsOf(title, section));
}

type Begun = Section & { readonly lines: string[]; readonly begun: Map<string, string> };

function sectionsOf(lines: readonly string[]): readonly Section[] {
  const sections: Begun[] = [];
  let status: AlertStatus | undefined;
  const begin = (): Begun => {
    const section = { status, lines: [], begun: new Map<string, string>() };
    if (sections.length < MOST_SECTIONS) sections.push(section);
    return section;
  };
  for (const line of lines) {
    const heading = STATUS_LINE.exec(line)?.[1];
    if (heading !== undefined) {
      status = heading.toLowerCase() === "firing" ? "firing" : "resolved";
      if (sections.at(-1)?.lines.length !== 0 || sections.at(-1)?.status !== status) begin();
      continue;
    }
    const open = sections.at(-1) ?? begin();
    const mark = markOf(line);
    const section = mark !== undefined && isOfAnother(open.begun, mark) ? begin() : open;
    if (mark !== undefined) section.begun.set(mark.name, mark.value);
    section.lines.push(line);
  }
  // What only leads somewhere is the title's.
  const filled = sections.filter(({ lines: own }) => own.some((line) => !LINK_LINE.test(line)));
  return filled.length > 0 ? withHead(filled) : [{ status, lines: [] }];
}

const LINK_LINE = /^link: https?:/i;
// `• *Instance:* node-7:9100`
const PLACE_LINE = /^\s{0,8}[•*-]\s{0,3}[*_`]{0,2}(instance|pod|host|node)[*_`]{0,2} {0,2}[:=][*_`\s]{0,4}(\S{1,253})/i;

type Mark = { readonly name: string; readonly value: string };

/** What stands once in each alert: the second begins another. */
function markOf(line: string): Mark | undefined {
  if (ALERTNAME_LINE.test(line)) return { name: "alertname", value: "" };
  if (ALERT_LINE.test(line)) return { name: "alert", value: "" };
  if (LABELS_LINE.test(line)) return { name: "labels", value: "" };
  const [, place, value = ""] = PLACE_LINE.exec(line) ?? [];
  return place === undefined ? undefined : { name: place.toLowerCase(), value };
}

/** A place that is named again is another's only when it is another place. */
function isOfAnother(begun: ReadonlyMap<string, string>, { name, value }: Mark): boolean {
  const before = begun.get(name);
  return before !== undefined && (value === "" || before !== value);
}

/** What stands above lists of places, and names none, is said of each of them. */
function withHead([first, ...rest]: readonly Begun[]): readonly Section[] {
  const isPlace = ({ begun }: Begun): boolean => [...begun.values()].some((value) => value !== "");
  const isHead = first !== undefined && first.status === undefined && !isPlace(first) && rest.length > 0;
  const isListed = rest.every((section) => isPlace(section) && !section.begun.has("alert") && !section.begun.has("alertname"));
  if (first === undefined || !isHead || !isListed) return first === undefined ? [] : [first, ...rest];
  return rest.map(({ status, lines }) => ({ status, lines: [...first.lines, ...lines] }));
}

// What is said for people, or leads somewhere; the rest are labels. Compared as `comparable` makes them.
const FOR_PEOPLE = new Set([
  "summary",
  "description",
  "message",
  "details",
  "title",
  "info",
  "note",
  "reason_text",
  "text",
  "alert",
  "annotations",
  "labels",
]);
const LEADS =
  /^(?:runbook\w{0,20}|graph|dashboard\w{0,20}|source|silence\w{0,20}|panel\w{0,20}|generator\w{0,20}|link|url|playbook|view|query|expr\w{0,20}|external_url)$/;
const STARTS = [
  "startsat",
  "starts_at",
  "started",
  "started_at",
  "start",
  "start_time",
  "starttime",
  "since",
  "time",
  "timestamp",
  "fired_at",
  "active_since",
];

function factsOf({ status, name, line }: PostTitle, section: Section): AlertFacts {
  const parts = partsOf(section.lines);
  // `[FIRING] MemoryHigh severity=page pod=web-1`
  const labels = { ...labelsInText(line), ...parts.labels };
  const said = new Map(Object.entries(labels).map(([label, value]) => [comparable(label), value] as const));
  const kept = Object.entries(labels).filter(([label]) => isLabel(comparable(label)));
  const called = said.get("alertname") ?? said.get("alert_name") ?? nameIn(said.get("alert")) ?? name;
  const starts = STARTS.map((label) => said.get(label)).map((text) => timeOf(text) ?? timeInText(text ?? ""));
  return bounded({
    name: called,
    status: section.status ?? status,
    severity:
      severityOf(said.get("severity")) ??
      severityOf(said.get("level")) ??
      severityOf(said.get("priority")) ??
      severityInWords(line, said.get("alert")) ??
      severityInTitle(line),
    labels: Object.fromEntries(kept),
    text: [line, ...parts.texts].filter((one) => one !== "").join("\n"),
    ...given({
      value: said.get("value"),
      startsAtMs: starts.find((ms) => ms !== undefined),
      link: ["dashboard", "panel", "source", "graph", "link", "generator_url"]
        .map((label) => linkOf(said.get(label)))
        .find((one) => one !== undefined),
    }),
  });
}

type Parts = { readonly labels: Readonly<Record<string, string>>; readonly texts: readonly string[] };

/** Lines under "Annotations" are for people, whatever they look like. */
function partsOf(lines: readonly string[]): Parts {
  const annotations = lines.findIndex((line) => ANNOTATIONS_LINE.test(line));
  const end = annotations < 0 ? -1 : lines.findIndex((line, index) => index > annotations && !/^\s*[-•*]/.test(line));
  const inAnnotations = (index: number): boolean => annotations >= 0 && index >= annotations && (end < 0 || index < end);
  const others = lines.filter((_, index) => !inAnnotations(index));
  const annotated = lines.filter((_, index) => inAnnotations(index) && index !== annotations);
  const labels = labelsInText(others.join("\n"));
  return { labels: { ...labels, ...labelsInGrafanaValues(lines) }, texts: [...annotated, ...others.filter((line) => !isLabelLine(line))] };
}

/** `[ var='A' labels={instance=node-7:9100, job=node} value=2.4e+09 ]` */
function labelsInGrafanaValues(lines: readonly string[]): Readonly<Record<string, string>> {
  const inside = lines.flatMap((line) =>
    Array.from(line.slice(0, 4000).matchAll(/labels=\{([^}]{1,2000})\}/g), ([, labels = ""]) => labels),
  );
  return labelsInText(inside.join("\n").replaceAll(", ", "\n"));
}

// `kernel: Out of memory: Killed process 42 (node)`, `log: java.lang.OutOfMemoryError: Java heap space`: what happened, whatever stands in front.
const SENTENCE = /^[^:=\n]{0,100}[:=] {0,3}(?:\S{1,200} {1,3}){3}\S/;

function isLabelLine(line: string): boolean {
  if (SENTENCE.test(line)) return false;
  const [only, ...others] = Object.keys(labelsInText(line));
  if (only === undefined) return /^[^\w]{0,12}(?:labels|details|annotations)[^\w]{0,6}$/i.test(line);
  const label = comparable(only);
  return others.length === 0 ? label !== "alert" && (isLabel(label) || LEADS.test(label)) : others.every((one) => isLabel(comparable(one)));
}

function isLabel(label: string): boolean {
  return !FOR_PEOPLE.has(label) && !LEADS.test(label) && label !== "value" && !STARTS.includes(label);
}

/** `HighMemoryUsage - \`warning\`` */
function nameIn(alert: string | undefined): string | undefined {
  const [name = ""] = (alert ?? "").split(/ [-–|] | [`([]/);
  const bare = name.replaceAll(/[`*_]/g, "").trim();
  return bare === "" ? undefined : bare;
}

function severityInWords(...texts: readonly (string | undefined)[]): AlertFacts["severity"] {
  return severityOf(/\b(?:critical|warning|info)\b/i.exec(texts.join(" "))?.[0]);
}

// What means nothing else, wherever it stands among a title's values.
const SURELY = /(?<![\w-])(?:p[1-5]|sev[1-5]|page|crit|fatal)(?![\w-])/i;

const ENDS = /\s(p[1-5]|sev[1-5]|page|crit)\s{0,4}$/i;

/** Alertmanager's default title has the labels' values in parentheses, by the order of their names: of the usual ones severity is the last. */
function severityInTitle(line: string): AlertFacts["severity"] {
  const inside = /\(([^()\n]{1,500})\)\s{0,4}$/.exec(line.slice(0, 600))?.[1];
  if (inside === undefined) return line.split(/\s+/, 60).some(isProse) ? null : severityOf(ENDS.exec(line.slice(0, 600))?.[1]);
  return (
    severityOf(
      inside
        .trim()
        .split(/[\s,]+/)
        .at(-1),
    ) ?? severityOf(SURELY.exec(inside)?.[0])
  );
}

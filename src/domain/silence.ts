import { REDIS_REFUSAL_RULE } from "./alert-rule.ts";
import { isWorse, type Alert, type AlertClass, type Severity } from "./alert.ts";
import { given } from "./given.ts";
import { NO_VALUE, type HeardLabels } from "./heard-labels.ts";
import type { Incident, Problem } from "./incident.ts";
import { severityOf as severityOfWord } from "./severity-words.ts";
import { fitsPattern } from "./name-pattern.ts";
import { targetKey, type Target } from "./target.ts";

/** What somebody wants to hear nothing of for a while. Nothing that a person asks for is ever silenced. */
export type Silence = {
  /** `sil_...` */
  readonly id: string;
  readonly what: Silenced;
  /** Kills for want of memory too. Without it they are told all the same. */
  readonly kills: boolean;
  /** Absent: until the incidents that it fits are resolved. */
  readonly untilMs?: number;
  /** Slack user id. */
  readonly by: string;
  readonly atMs: number;
  readonly reason?: string;
};

export type Silenced =
  /** Target keys, `*` at the end matches the rest: `deploy/shop/*`. With a problem, only that of them. */
  | { readonly kind: "target"; readonly pattern: string; readonly problem?: Problem }
  | { readonly kind: "problem"; readonly problem: Problem }
  /** A label's name, and its value with the same `*`. */
  | { readonly kind: "label"; readonly name: string; readonly pattern: string }
  /** Where it would be told: Slack channel id. */
  | { readonly kind: "channel"; readonly channel: string }
  /** What is told in this storm's thread. */
  | { readonly kind: "storm"; readonly stormId: string };

/** Something that is about to be told unasked. */
export type Noise = {
  /** Absent: what it is about could not be found. */
  readonly target?: Target;
  readonly problem?: Problem;
  readonly channel: string;
  /** Its incident is one of this storm. */
  readonly stormId?: string;
  readonly labels: HeardLabels;
  /** By its sender's word, or by what it is; null: unknown. */
  readonly severity: Severity | null;
  readonly isKill: boolean;
};

type Weighed = Pick<Alert, "severity" | "class"> & Partial<Pick<Alert, "rule">>;

/** How bad an alert is: where its sender does not weigh it, that something has ended or failed for want of memory is critical. */
export function severityOf({ severity, class: kind, rule }: Weighed): Severity | null {
  return severity ?? (kind === "oom_killed" || kind === "out_of_memory" || rule === REDIS_REFUSAL_RULE ? "critical" : null);
}

type Told = Weighed & Pick<Alert, "labels" | "source"> & { readonly name?: string | null };

/** The labels of an alert as silences see them: what its sender wrote, and how it was understood where that says nothing. */
export function labelsOf(alert: Told): HeardLabels {
  const { name, class: kind, source } = alert;
  const severity = severityOf(alert);
  const all = {
    class: kind,
    source,
    ...(name === undefined || name === null ? {} : { alertname: name }),
    ...(severity === null ? {} : { severity }),
    ...alert.labels,
  };
  return Object.fromEntries(Object.entries(all).map(([label, value]) => [label, [value]]));
}

/** Is it a kill that a silence must name to cover it? One that its sender calls harmless need not be named. */
export function isGraveKill(alert: { readonly class: AlertClass; readonly severity: Severity | null }): boolean {
  return alert.class === "oom_killed" && !isWorse("critical", severityOf(alert));
}

/** Does a silence cover all of this? When it ends is not asked here. */
export function covers({ what, kills }: Pick<Silence, "what" | "kills">, noise: Noise): boolean {
  if (noise.isKill && !kills) return false;
  switch (what.kind) {
    case "target":
      return fitsTarget(what, noise);
    case "problem":
      return noise.problem === what.problem;
    case "label":
      return fitsLabel(what, noise);
    case "channel":
      return noise.channel === what.channel;
    case "storm":
      return noise.stormId === what.stormId;
  }
}

/** Is it about this incident, by any of its alerts? */
export function coversIncident({ what }: Pick<Silence, "what">, incident: Incident): boolean {
  if (coversWhole({ what }, incident)) return true;
  return what.kind === "label" && saidOf(what, incident.labels ?? {}).some((value) => fitsValue(what, value));
}

/** Is it about this incident, by every one of its alerts, kills among them? */
export function coversWhole({ what }: Pick<Silence, "what">, incident: Incident): boolean {
  return covers({ what, kills: true }, noiseOf(incident));
}

/** What of an incident would be told, by all that was heard of it. */
export function noiseOf(incident: Incident): Noise {
  const { target, problem, channel, severity = null, labels = {}, stormId } = incident;
  const isKill = severity === "critical" && labels["class"]?.includes("oom_killed" satisfies AlertClass) === true;
  return { target, problem, channel, severity, labels, isKill, ...given({ stormId }) };
}

/** `deploy/shop/*`, `severity=warning`: as it is typed. */
export function formatSilenced(what: Silenced): string {
  switch (what.kind) {
    case "target":
      return what.problem === undefined ? what.pattern : `${what.pattern} (${what.problem})`;
    case "problem":
      return what.problem;
    case "label":
      return `${what.name}=${what.pattern}`;
    case "channel":
      return `#${what.channel}`;
    case "storm":
      return what.stormId;
  }
}

function fitsTarget({ pattern, problem }: Extract<Silenced, { readonly kind: "target" }>, noise: Noise): boolean {
  if (noise.target === undefined) return false;
  return fitsPattern(pattern, targetKey(noise.target)) && (problem === undefined || problem === noise.problem);
}

type Label = Pick<Extract<Silenced, { readonly kind: "label" }>, "name" | "pattern">;

/** Has everything that was heard of it this label? `severity=warn` fits what its sender calls `minor` and we call a warning. */
export function fitsLabel(label: Label, { labels, severity }: Noise): boolean {
  const said = saidOf(label, labels);
  if (label.name.toLowerCase() !== "severity" || severity === null)
    return said.length > 0 && said.every((value) => fitsValue(label, value));
  // The worst counts: what is less bad is not told for itself.
  const worst = said.length === 1 ? said : said.filter((value) => severityOfWord(value) === severity);
  return severityOfWord(label.pattern) === severity || [severity, ...worst].some((value) => fitsValue(label, value));
}

function saidOf({ name }: Pick<Label, "name">, labels: HeardLabels): readonly string[] {
  return Object.entries(labels).flatMap(([label, values]) => (label.toLowerCase() === name.toLowerCase() ? values : []));
}

function fitsValue({ pattern }: Pick<Label, "pattern">, value: string): boolean {
  return value !== NO_VALUE && fitsPattern(pattern.toLowerCase(), value.toLowerCase());
}

import { maskSecrets } from "./mask-secrets.ts";
import type { KernelKill } from "./kernel-oom/types.ts";
import type { WorkloadResource } from "./target.ts";
import type { Threshold } from "./threshold.ts";

/** A post in a channel that Oomph listens to, as text: attachments, blocks and previews of files flattened into lines. */
export type Post = {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs?: string;
  readonly userId?: string;
  readonly botId?: string;
  /** All readable text of the message, its attachments, blocks and files; Slack markup undone. */
  readonly text: string;
};

/** What a message of a sender comes to: each alert in it by itself, in the sender's order. Empty: it holds none. */
export type AlertReading = {
  readonly source: AlertSource;
  readonly alerts: readonly Alert[];
};

/** Who sends. `text`: a person, or a program that says no more than words. */
export const ALERT_SOURCES = [
  "alertmanager",
  "grafana",
  "wazuh",
  "cloudwatch",
  "datadog",
  "pagerduty",
  "sentry",
  "newrelic",
  "robusta",
  "botkube",
  "kube-eventer",
  "generic",
  "text",
] as const;
export type AlertSource = (typeof ALERT_SOURCES)[number];

/**
 * An alert as its sender wrote it, before anybody has judged it: what the parser of a sender makes of JSON or of a post.
 * Nothing in it is trusted; parsers bound it (see `src/alerts/facts.ts`).
 */
export type AlertFacts = {
  /** `alertname`, `AlarmName`, the title of a monitor. Null: it has none. */
  readonly name: string | null;
  readonly status: AlertStatus;
  /** By the sender's own word, put into ours; null: it has none. */
  readonly severity: Severity | null;
  /** Labels, dimensions, tags and fields by name, as written. */
  readonly labels: Readonly<Record<string, string>>;
  /** All that it says for people: title, summary, description, message, log lines. */
  readonly text: string;
  /** What is measured, where the sender names it: CloudWatch's MetricName, Datadog's and Prometheus' metric. */
  readonly metric?: string;
  /** The measured value, as the sender writes it. */
  readonly value?: string;
  /** When it began, by the sender's word. */
  readonly startsAtMs?: number;
  /** The sender's page of it: dashboard, alarm, incident. http or https. */
  readonly link?: string;
};

export type AlertStatus = "firing" | "resolved";

export const SEVERITIES = ["critical", "warning", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Is `left` worse than `right`? Any is worse than none. */
export function isWorse(left: Severity | null, right: Severity | null): boolean {
  return rankOf(left) < rankOf(right);
}

function rankOf(severity: Severity | null): number {
  return severity === null ? SEVERITIES.length : SEVERITIES.indexOf(severity);
}

/**
 * What kind of trouble an alert tells of. Source: the seven types of the memory-leak runbook, the high-memory runbook, the
 * OOM analysis workflow, the Redis and container runbooks.
 */
export const ALERT_CLASSES = [
  /** Somebody was killed for want of memory, and is named. */
  "oom_killed",
  /** Memory ran out; the alert says no more. */
  "out_of_memory",
  /** A process, container, pod or workload uses much of its limit, or more than a threshold. */
  "memory_high",
  /** HighMemoryGrowthRate, CriticalMemoryGrowthRate: more MB an hour than allowed. */
  "memory_growth",
  /** MemoryLeakEventsDetected: more growth events an hour than allowed. */
  "memory_leak",
  /** HighPythonObjectGrowth: more new objects an hour than allowed. */
  "object_growth",
  /** ExcessiveGarbageCollection: more collections a second than allowed. */
  "gc_pressure",
  /** MemoryMetricsMissing: no metrics for some minutes. */
  "metrics_missing",
  /** MetricsAuthenticationFailure: metrics cannot be scraped for want of the right credentials. */
  "metrics_auth",
  /** Containers restarted; whether for want of memory is to be found out. */
  "container_restarts",
  /** BackOff, CrashLoopBackOff: a container does not stay up. */
  "back_off",
  /** A pod was evicted. */
  "evicted",
  /** A Redis is full or nearly so, refuses writes or evicts. */
  "redis_memory",
  /** A machine has little memory left. */
  "node_memory_high",
  /** Not about memory. */
  "other",
] as const;
export type AlertClass = (typeof ALERT_CLASSES)[number];

/** An alert that was judged. */
export type Alert = Omit<AlertFacts, "text" | "metric"> & {
  readonly source: AlertSource;
  /** `unsure`: it may be (a restart, a back-off); it gets at most a quiet offer. */
  readonly memory: "yes" | "no" | "unsure";
  readonly class: AlertClass;
  /** Id of the rule that decided, as `docs/alert-rules.md` and the configuration list them. `none`: no rule fits. */
  readonly rule: string;
  /** From where on its sender's rule fires, where that is said. */
  readonly threshold?: Threshold;
  /** By its words a Redis refuses writes for want of memory. */
  readonly refusesWrites?: true;
  readonly subject: AlertSubject;
  /** Who was killed for want of memory, as far as log lines in it say: oldest first, the newest few. */
  readonly kills: readonly AlertKill[];
  /** The alert in a line, as its sender says it; never markup. */
  readonly says: string;
  /** The beginning of its summary and description, on one line; never markup. Absent: no more than `says`. */
  readonly words?: string;
};

/** What is told of an alert in the thread that it opens. */
export type AlertWords = Pick<Alert, "says" | "severity" | "source" | "words" | "value" | "link">;

/** An alert in a line of an incident's history. */
export function inOneLine({ says, severity, words, value, link }: AlertWords): string {
  const parts = [severity === null ? says : `${says} (${severity})`, words, value === undefined ? undefined : `value ${value}`, link];
  return maskSecrets(parts.filter((part) => part !== undefined).join(" · "));
}

/** Whose memory an alert is about, as far as its words go. Who reports (exporters, scrapers, senders) is left out. */
export type AlertSubject = {
  /** `unknown`: it names something, and does not say of what kind it is. */
  readonly about: "redis" | "container" | "workload" | "node" | "unknown";
  /** Words that may name a Redis or a container of Docker's, the likelier first: instance, host, service, database. */
  readonly names: readonly string[];
  /** Of these the one that surely is a Redis' name (`redis/billing`): another Redis is not meant, even if this one is not known. */
  readonly called?: string;
  /** Machines that it names as the place or as the victim: a node, Wazuh's agent, the host in front of a syslog line. */
  readonly hosts: readonly string[];
  /** Kubernetes: what the alert calls the cluster. */
  readonly cluster?: string;
  readonly namespace?: string;
  /** It stood among bare values, without its name: another of them may be the namespace. */
  readonly isNamespaceGuessed?: true;
  readonly pod?: string;
  /** Only its shape says that it is one, and nothing in the alert speaks of pods: a container of Docker's may be called so, or one beside it. */
  readonly isPodGuessed?: true;
  readonly container?: string;
  /** Where the alert names what has the pods. */
  readonly owner?: { readonly resource: WorkloadResource; readonly name: string };
};

/** One kill that an alert tells of. What its log lines leave out is null. */
export type AlertKill = Pick<
  KernelKill,
  "process" | "pid" | "constraint" | "cgroup" | "oomCgroup" | "containerId" | "podUid" | "killer" | "anonRssBytes" | "limitBytes"
> & {
  /** The kill as a sentence without a stop: who killed whom, and whose memory was short. */
  readonly says: string;
  /** By the line itself. Absent: it has no date, year or zone. */
  readonly atMs?: number;
  /** The time as the line writes it, where that leaves the year or the zone open: `Jun 11 14:22:20`. */
  readonly loggedAt?: string;
};

/** What came by a webhook, read and waiting to be handled: the alerts that are or may be about memory. */
export type SentAlerts = {
  /** The sender's own id of the message, or one made of its content: the same id is the same message, sent again. */
  readonly id: string;
  readonly receivedAtMs: number;
  readonly alerts: readonly Alert[];
  /** Alerts of the same message that are not in any of its parts: more than are taken, or left out by the sender. */
  readonly leftOut?: number;
};

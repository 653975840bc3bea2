import type { Judge } from "../alerts/judge.ts";
import { readAlert } from "../alerts/read-alert.ts";
import { guessedFacts, isTitled } from "../alerts/senders/generic/guess.ts";
import { SENDERS } from "../alerts/senders/index.ts";
import { courseOf, type Course } from "../commands/course-of.ts";
import { isTalk } from "../commands/on-post.ts";
import type { Alert, AlertReading } from "../domain/alert.ts";
import { asClause } from "../domain/clause.ts";
import type { AlertResult, ExplainedAlert, ExplainedTarget } from "./alert-result.ts";
import { messagesIn, textOfSlackPost, writerOf } from "./explain-slack-post.ts";
import type { Explained } from "./explained.ts";
import { beginsAsJson, jsonOf } from "./wrapped-json.ts";

const MOST_CHARACTERS = 2 ** 20;

/** An alert as its sender's webhook or Slack post has it, in JSON. Pure. */
export function explainAlert(text: string, judge: Judge): Explained<AlertResult> | undefined {
  const value = jsonOf(text);
  const reading = value === undefined ? undefined : (readPosted(value, judge) ?? readSent(value, judge));
  return reading === undefined ? undefined : toldAlert(reading);
}

/** What a message comes to, for programs and for people. */
export function toldAlert(reading: AlertReading): Explained<AlertResult> {
  const result = resultOf(reading);
  return { result, text: rendered(result), alerts: reading.alerts };
}

// How what somebody has copied out of a channel for alerts begins.
const BEGINS_AS_POST =
  /^[^\w[]{0,12}(?:\[(?:firing|resolved|alerting|ok|no data)\b[^\]\n]{0,40}\]|(?:alarm|ok|insufficient_data): "|wazuh alert\b)/i;

const CALLS_A_CHANNEL = /^(?:<!|@)(?:channel|here|everyone)\b/i;

/** A Slack post that was pasted as plain text: its title tells that it is one. Pure. */
export function explainPastedPost(text: string, judge: Judge): Explained<AlertResult> | undefined {
  const begins = text.length <= MOST_CHARACTERS ? text.trimStart() : "";
  if (BEGINS_AS_POST.test(begins)) return explainedPost(text, judge);
  const called = CALLS_A_CHANNEL.test(begins) ? explainWords(text, judge) : undefined;
  return called?.result.memoryRelated === true ? called : undefined;
}

/** Other text that is, or may be, an alert about memory: asked after all who read logs. JSON, whole or broken, is none: no webhook would take it. Pure. */
export function explainWords(text: string, judge: Judge): Explained<AlertResult> | undefined {
  const isPost = text.length <= MOST_CHARACTERS && jsonOf(text) === undefined && !beginsAsJson(text);
  const explained = isPost ? explainedPost(text, judge) : undefined;
  return explained?.result.memoryRelated === false ? undefined : explained;
}

/** JSON that no sender is known by, and that is titled as alerts are, where it is, or may be, about memory: asked before those who read logs. Pure. */
export function explainTitled(text: string, judge: Judge): Explained<AlertResult> | undefined {
  const explained = isTitled(jsonOf(text)) ? explainGuessed(text, judge) : undefined;
  return explained?.result.memoryRelated === false ? undefined : explained;
}

/** JSON that no sender is known by, where it is, or may be, an alert about memory, or is titled as one: asked last. Pure. */
export function explainGuessed(text: string, judge: Judge): Explained<AlertResult> | undefined {
  const value = jsonOf(text);
  const facts = value === undefined ? undefined : guessedFacts(value);
  const explained = facts === undefined ? undefined : toldAlert({ source: "generic", alerts: [judge(facts, "generic")] });
  return explained?.result.memoryRelated === false && !isTitled(value) ? undefined : explained;
}

function explainedPost(text: string, judge: Judge): Explained<AlertResult> {
  return toldAlert(readAlert({ text }, judge));
}

/** The text of a Slack post that is no alert about memory, or a person's that may be one: a log may have been pasted into it. */
export function textBesideAlert(text: string, judge: Judge): { readonly said: string; readonly mayBeAlert: boolean } | undefined {
  const value = jsonOf(text);
  const said = value === undefined ? undefined : textOfSlackPost(value);
  if (value === undefined || said === undefined) return undefined;
  const { memoryRelated, source } = resultOf(readingOf(value, said, judge));
  const mayBeAlert = memoryRelated === "unknown";
  return memoryRelated === false || (mayBeAlert && source === "text" && writerOf(value).botId === undefined)
    ? { said, mayBeAlert }
    : undefined;
}

function readSent(value: object, judge: Judge): AlertReading | undefined {
  for (const { source, readSent: read, knowsSent } of SENDERS) {
    const sent = (knowsSent?.(value) ?? true) ? read?.(value) : undefined;
    if (sent?.kind !== "facts") continue;
    // A message that is surely its own, and holds no alert, says who has taken an incident, or notes something.
    if (sent.facts.length > 0 || sent.id !== undefined || knowsSent !== undefined)
      return { source, alerts: sent.facts.map((facts) => judge(facts, source)) };
  }
  return undefined;
}

function readPosted(value: object, judge: Judge): AlertReading | undefined {
  const posts = messagesIn(value).flatMap((message) => {
    const text = textOfSlackPost(message);
    return text === undefined ? [] : [readingOf(message, text, judge)];
  });
  const [first, ...others] = posts;
  if (first === undefined || others.length === 0) return first;
  const alerts = posts.flatMap((reading) => reading.alerts);
  const telling = posts.find((reading) => reading.alerts.some(({ memory }) => memory !== "no")) ?? first;
  return { source: telling.source, alerts };
}

/** As the service reads it in a channel for alerts. */
function readingOf(value: object, text: string, judge: Judge): AlertReading {
  const writer = writerOf(value);
  return isTalk(writer) ? { source: "text", alerts: [] } : readAlert({ text, ...writer }, judge);
}

function resultOf({ source, alerts }: AlertReading): AlertResult {
  const unsure = alerts.some(({ memory }) => memory === "unsure") ? "unknown" : false;
  return {
    kind: "alert",
    source,
    memoryRelated: alerts.some(({ memory }) => memory === "yes") ? true : unsure,
    status: alerts.length > 0 && alerts.every(({ status }) => status === "resolved") ? "resolved" : "firing",
    alerts: alerts.flatMap(rowsOf),
  };
}

const RELATED = { yes: true, no: false, unsure: "unknown" } as const;

/** A row for each kill that it tells of, else one. */
export function rowsOf(alert: Alert): readonly ExplainedAlert[] {
  const { name, class: kind, memory, rule, status, severity, labels, startsAtMs, says, kills } = alert;
  const one = (atMs: number | undefined): ExplainedAlert => ({
    name,
    class: kind,
    memoryRelated: RELATED[memory],
    rule,
    status,
    leadsTo: courseOf(alert),
    severity,
    target: targetOf(alert),
    startsAt: atMs === undefined ? null : new Date(atMs).toISOString(),
    labels,
    says,
  });
  if (kills.length === 0) return [one(startsAtMs)];
  return kills.map(({ process, pid, constraint, cgroup, containerId, podUid, anonRssBytes, limitBytes, atMs, says: killed }) => ({
    ...one(atMs ?? startsAtMs),
    target: { ...targetOf(alert), process, pid, constraint, cgroup, containerId, podUid, anonRssBytes, limitBytes },
    says: killed,
  }));
}

const NOBODY = {
  process: null,
  pid: null,
  constraint: "unknown",
  cgroup: null,
  containerId: null,
  podUid: null,
  anonRssBytes: null,
  limitBytes: null,
} as const;

function targetOf({ subject: { about, names, hosts, cluster, namespace, owner, pod, container } }: Alert): ExplainedTarget {
  const node = hosts[0] ?? null;
  return {
    about,
    cluster: cluster ?? null,
    namespace: namespace ?? null,
    owner: owner ?? null,
    pod: pod ?? null,
    container: container ?? null,
    node,
    host: node,
    names,
    ...NOBODY,
  };
}

const HEADLINES = {
  true: (status: string) => `An alert about memory, ${status}.`,
  false: () => "An alert that is not about memory.",
  unknown: () => "An alert that may be about memory: it does not say enough.",
};

function rendered({ source, memoryRelated, status, alerts }: AlertResult): string {
  if (alerts.length === 0) return `A message of ${source} that holds no alert which fires or is over.\n`;
  return `${[HEADLINES[`${memoryRelated}`](status), ...alerts.map(section)].join("\n\n")}\n`;
}

/** Each course as people are told of it. */
export const LEADS_TO = {
  nothing: "nothing",
  ended: "the end of its incident, where one is open",
  offer:
    "a quiet offer below its post where its target is known, once an hour for each; else nothing. By a webhook nothing, unless the pod's last end says OOM",
  thread: "a thread with an investigation, or one more in the thread that is open",
} as const satisfies Record<Course, string>;

function section({ says, status, leadsTo, severity, target, startsAt, labels, class: kind, rule }: ExplainedAlert): string {
  const { owner } = target;
  const facts: readonly (readonly [string, string | null])[] = [
    ["class", kind],
    ["rule", rule === "none" ? "none fits" : rule],
    ["leads to", LEADS_TO[leadsTo]],
    ["state", status],
    ["severity", severity],
    ["when", startsAt],
    ["cluster", target.cluster],
    ["namespace", target.namespace],
    ["owner", owner === null ? null : `${owner.resource}/${owner.name}`],
    ["pod", target.pod],
    ["container", target.container ?? target.containerId],
    ["node", target.node],
    ["may be named", target.names.length === 0 ? null : target.names.join(", ")],
    ["cgroup", target.cgroup],
    ...Object.entries(labels),
  ];
  return [`${asClause(says)}.`, ...facts.flatMap(([name, fact]) => (fact === null ? [] : [`  ${name.padEnd(16)}  ${fact}`]))].join("\n");
}

import { flattenPost } from "../adapters/slack/flatten-post.ts";
import { readAlert } from "../alerts/read-alert.ts";
import type { AboutMemory } from "../domain/alert.ts";
import { visibleStart } from "../alerts/visible-start.ts";
import type { AlertFacts, AlertResult } from "./alert-result.ts";

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
const SEVERITIES = ["critical", "warning", "info"] as const;

/** All that is readable in a Slack message, as its API has it: the message, or an event or a view around it. Undefined: it is none. */
export function textOfSlackPost(value: object): string | undefined {
  const message = ["message", "event"].map((key) => memberOf(value, key)).find(isObject) ?? value;
  const [text, attachments, blocks] = ["text", "attachments", "blocks"].map((key) => memberOf(message, key));
  const hasText = typeof text === "string" && ["ts", "type", "channel", "user"].some((key) => memberOf(message, key) !== undefined);
  if (!hasText && !Array.isArray(attachments) && !Array.isArray(blocks)) return undefined;
  const flat = flattenPost({
    ...(typeof text === "string" ? { text } : {}),
    ...(Array.isArray(attachments) ? { attachments: attachments.filter(isObject) } : {}),
    ...(Array.isArray(blocks) ? { blocks: blocks.filter(isObject) } : {}),
  });
  return flat.trim() === "" ? undefined : flat;
}

/** A post as a channel for alerts would be read. */
export function readSlackPost(text: string): AlertResult {
  const reading = readAlert({ channel: "", ts: "", text });
  const severity = SEVERITIES.find((word) => new RegExp(`\\b${word}\\b`, "i").test(text)) ?? null;
  if (reading.kind === "not-about-memory") {
    const other: AlertFacts = {
      class: "other",
      severity,
      target: { host: null, ...NOBODY },
      startsAt: null,
      labels: {},
      says: visibleStart(text),
    };
    return { kind: "alert", memoryRelated: false, status: "firing", alerts: [other] };
  }
  return { kind: "alert", memoryRelated: true, status: reading.status, alerts: factsOf(reading, { text, severity }) };
}

function factsOf(
  { kills, hosts, names, source, atMs }: AboutMemory,
  { text, severity }: { readonly text: string; readonly severity: AlertFacts["severity"] },
): readonly AlertFacts[] {
  const labels = { source, ...(names.length === 0 ? {} : { names: names.join(", ") }) };
  const host = hosts[0] ?? null;
  const startOf = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());
  if (kills.length === 0) {
    const isOom = /\boom|out of memory/i.test(text);
    const target = { host, ...NOBODY };
    return [{ class: isOom ? "out_of_memory" : "memory", severity, target, startsAt: startOf(atMs), labels, says: visibleStart(text) }];
  }
  return kills.map(({ process, pid, constraint, cgroup, containerId, podUid, anonRssBytes, limitBytes, says, atMs: killedAtMs }) => ({
    class: "oom_killed",
    severity,
    target: { host, process, pid, constraint, cgroup, containerId, podUid, anonRssBytes, limitBytes },
    startsAt: startOf(killedAtMs ?? atMs),
    labels,
    says,
  }));
}

function memberOf(holder: object, key: string): unknown {
  return Object.entries(holder).find(([name]) => name === key)?.[1];
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

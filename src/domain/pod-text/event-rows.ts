import { given } from "../given.ts";
import type { ClusterEvent, ObjectName } from "../workload.ts";
import type { Line } from "./lines.ts";

// Under `Events:` of kubectl describe, now and up to 1.7: `Warning  BackOff  3m (x5 over 1h)  kubelet  Back-off ...` and
// `1h  3m  5  kubelet, node-1  spec.containers{app}  Warning  BackOff  Back-off ...`.
const AGE = String.raw`(?:<\w+>|(?:\d+[ywdhms])+)`;
const ROW = new RegExp(String.raw`^(Normal|Warning)\s+(\S+)\s+${AGE}(?:\s+\(x(\d+) over ${AGE}\))?\s+([^\s,]+(?:, \S+)?)\s+(\S.*)$`);
const OLD_ROW = new RegExp(
  String.raw`^${AGE}\s+${AGE}\s+(\d+)\s+(?:\{)?(\S+?)(?:,? [^\s{}]+)?\}?\s+(?:spec\.\w+\{([^}]+)\}\s+)?(Normal|Warning)\s+(\S+)\s+(\S.*)$`,
);
// kubectl get events: `2m  Warning  BackOff  pod/web-1  Back-off ...`, with the namespace in front, with more columns when wide.
const LISTED = new RegExp(
  String.raw`^(?:([a-z0-9][-a-z0-9]*)\s+)?${AGE}(?:\s+\(x(\d+) over ${AGE}\))?\s+(Normal|Warning)\s+(\S+)\s+([a-z]+)/(\S+)\s+(?:spec\.\w+\{([^}]+)\}\s+)?(\S.*)$`,
);
// As tests of clusters log them: `event for web-1: {kubelet node-1} Evicted: The node was low on ...`.
const RETOLD = /\bevent for (\S+?): \{(\S+?)(?: \S+)?\} (\w+): (\S.*)$/;
// Of a node, and not of a pod on it.
const OF_NODE = /^(?:SystemOOM|OOMKilling|EvictionThresholdMet|Rebooted|Node[A-Z]\w+|\w+GCFailed)$/;
const KINDS: Readonly<Record<string, string>> = {
  pod: "Pod",
  node: "Node",
  job: "Job",
  deployment: "Deployment",
  replicaset: "ReplicaSet",
  statefulset: "StatefulSet",
  daemonset: "DaemonSet",
};

/** A row of the events that kubectl describe shows of an object. Their ages are of when it was run, and not told in time. */
export function readEventRow({ text }: Line, about: ObjectName & { readonly namespace: string }): ClusterEvent | undefined {
  const row = ROW.exec(text);
  if (row !== null) {
    const [, type = "", reason = "", count = "1", source = "", message = ""] = row;
    return event({ type, reason, count: Number(count), source, message, about });
  }
  const old = OLD_ROW.exec(text);
  if (old === null) return undefined;
  const [, count = "1", source = "", container, type = "", reason = "", message = ""] = old;
  return event({ type, reason, count: Number(count), source, message, about: { ...about, ...given({ container }) } });
}

/** A row of events whose object stands elsewhere: cut out of a description, or told again by another program. */
export function readLooseEvent(line: Line): ClusterEvent | undefined {
  const retold = RETOLD.exec(line.text);
  if (retold !== null) {
    const [, name = "", source = "", reason = "", message = ""] = retold;
    return event({ type: "", reason, count: 1, source, message, about: { kind: "Pod", name, namespace: "" } });
  }
  const row = readEventRow(line, { kind: "Pod", name: "", namespace: "" });
  if (row === undefined || !OF_NODE.test(row.reason)) return row;
  const name = /^Node (\S+) /.exec(row.message)?.[1] ?? /, (\S+)$/.exec(row.source ?? "")?.[1] ?? "";
  return { ...row, about: { kind: "Node", name, namespace: "" } };
}

/** A row of kubectl get events. */
export function readListedEvent({ text }: Line): ClusterEvent | undefined {
  const row = LISTED.exec(text);
  if (row === null) return undefined;
  const [, namespace = "", count = "1", type = "", reason = "", kind = "", name = "", container, rest = ""] = row;
  const about = { kind: KINDS[kind] ?? kind, name, namespace, ...given({ container }) };
  return event({ type, reason, count: Number(count), source: "", message: messageIn(rest), about });
}

/** Wide rows have the source before the message, and when it was first seen, how often, and the event's own name after it. */
function messageIn(rest: string): string {
  const parts = rest.split(/\s{2,}/);
  if (parts.length < 3) return rest;
  const sourceFirst = /^[a-z][-a-z]*(?:, \S+)?$/.test(parts[0] ?? "");
  const last = parts.findIndex((part, at) => at > 0 && new RegExp(`^${AGE}$`).test(part));
  return parts.slice(sourceFirst ? 1 : 0, last === -1 ? undefined : last).join("  ");
}

type Told = Pick<ClusterEvent, "type" | "reason" | "message" | "count" | "about"> & { readonly source: string };

function event({ source, ...told }: Told): ClusterEvent {
  return { uid: "", ...told, ...given({ source: source === "" ? undefined : source }) };
}

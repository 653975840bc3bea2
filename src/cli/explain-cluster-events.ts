import { counted } from "../domain/count.ts";
import type { ClusterEvent } from "../domain/workload.ts";
import { oneLine } from "../runbooks/words.ts";
import type { Explained } from "./explained.ts";
import { listed } from "./listed.ts";

/** What events of a cluster come to. Keys are stable for scripts. */
export type EventsResult = {
  readonly kind: "events";
  /** `oom_killed`: one tells of a kill for want of memory. `not_oom`: others only, which do not rule one out. */
  readonly verdict: "oom_killed" | "evicted" | "not_oom" | "undetermined";
  readonly confidence: number;
  readonly events: number;
  /** What the telling ones are about: `pod/web-1`, `node/worker-2`. */
  readonly about: readonly string[];
  readonly for: readonly string[];
  readonly against: readonly string[];
  readonly advice: readonly string[];
};

const KILLS: ReadonlySet<string> = new Set(["OOMKilling", "OOMKilled", "SystemOOM", "OOM"]);
const MEMORY_EVICTION = /\bmemory\b/i;
// What ends containers for reasons of its own.
const OTHER_ENDS = /failed (?:liveness|startup) probe|Stopping container|Preempt|definition changed|TaintManagerEviction/i;
const MOST_SHOWN = 8;

/** Do these events tell of a kill for want of memory? Undefined: there are none. */
export function judgeEvents(events: readonly ClusterEvent[]): Explained<EventsResult> | undefined {
  if (events.length === 0) return undefined;
  const kills = events.filter(({ reason }) => KILLS.has(reason));
  const evictions = events.filter(({ reason }) => reason === "Evicted");
  const ends = events.filter(({ reason, message }) => OTHER_ENDS.test(`${reason} ${message}`));
  const again = events.filter(({ reason, message }) => reason === "BackOff" || /exit code 137/.test(message));
  const verdict = verdictOf({ kills: kills.length, evictions: evictions.length, ends: ends.length, isBackOff: again.length > 0 });
  const telling = { oom_killed: kills, evicted: evictions, not_oom: ends, undetermined: again }[verdict];
  const byMemory = evictions.some(({ message }) => MEMORY_EVICTION.test(message));
  const result: EventsResult = {
    kind: "events",
    verdict,
    confidence: { oom_killed: 0.9, evicted: 0.92, not_oom: ends.length > 0 ? 0.7 : 0.55, undetermined: 0.3 }[verdict],
    events: events.length,
    about: [...new Set(telling.map(nameOf))],
    for: telling.slice(0, MOST_SHOWN).map(inWords),
    against: [
      ...(verdict === "evicted" && !byMemory ? ["what ran low is not memory, or is not told"] : []),
      ...(verdict === "not_oom" || verdict === "undetermined"
        ? ["a kill by a container's limit is in its status (lastState), and not in its events"]
        : []),
    ],
    advice: verdict === "not_oom" && ends.length === 0 ? [] : adviceFor(telling[0]),
  };
  return { result, text: rendered(result) };
}

type Counts = { readonly kills: number; readonly evictions: number; readonly ends: number; readonly isBackOff: boolean };

function verdictOf({ kills, evictions, ends, isBackOff }: Counts): EventsResult["verdict"] {
  if (kills > 0) return "oom_killed";
  if (evictions > 0) return "evicted";
  return ends > 0 || !isBackOff ? "not_oom" : "undetermined";
}

function adviceFor(first: ClusterEvent | undefined): readonly string[] {
  const { kind, name, namespace } = first?.about ?? { kind: "Pod", name: "<pod>", namespace: "" };
  if (kind === "Node")
    return [
      `Ask the kernel of ${name === "" ? "the node" : `node ${name}`} whom it killed, and by whose limit: \`journalctl -k | oomph explain -\`.`,
    ];
  const place = `${kind.toLowerCase()} ${name || "<name>"}${namespace === "" ? "" : ` -n ${namespace}`}`;
  return [`See how its containers ended: \`kubectl get ${place} -o json | oomph explain -\`.`];
}

function nameOf({ about }: ClusterEvent): string {
  if (about.name === "") return `a ${about.kind.toLowerCase()}`;
  return `${about.kind.toLowerCase()}/${about.namespace === "" ? "" : `${about.namespace}/`}${about.name}`;
}

function inWords(event: ClusterEvent): string {
  return `${nameOf(event)}: ${event.reason}${event.count > 1 ? ` (${counted(event.count, "time")})` : ""}: "${oneLine(event.message, 160)}"`;
}

function someOf([first = "Something", ...others]: readonly string[]): string {
  return others.length === 0 ? `${first} is` : `${first} and ${counted(others.length, "other")} are`;
}

function rendered(result: EventsResult): string {
  const headline = {
    oom_killed: "These events tell of a kill for want of memory.",
    evicted: "These events tell of an eviction: the node was short of something, and the evicted pod need not be what took it.",
    not_oom: "These events tell of no kill for want of memory.",
    undetermined: `${someOf(result.about)} started again and again, and these events do not say how it ended.`,
  }[result.verdict];
  const sections = [
    `${headline}\n${result.verdict}, confidence ${Math.round(result.confidence * 100)}%; ${counted(result.events, "event")} read`,
    listed("For", result.for),
    listed("Against", result.against),
    listed("What to do", result.advice),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

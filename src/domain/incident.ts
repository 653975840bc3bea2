import type { Actor } from "./actor.ts";
import type { Severity } from "./alert.ts";
import type { HeardLabels } from "./heard-labels.ts";
import type { Target } from "./target.ts";
import type { Trait } from "./trait.ts";

/** The kind of trouble, a part of the fingerprint: the same target with another problem is another incident. */
export const PROBLEMS = ["redis-memory", "container-memory", "workload-memory", "workload-metrics", "node-memory"] as const;
export type Problem = (typeof PROBLEMS)[number];

export type IncidentState = "open" | "investigating" | "diagnosed" | "acting" | "verifying" | "resolved";

/** One target with one problem, whoever reports it, and the thread that tells of it. */
export type Incident = {
  /** `inc_...` */
  readonly id: string;
  /** targetKey and problem: one incident per fingerprint is unresolved at any time. */
  readonly fingerprint: string;
  readonly target: Target;
  readonly problem: Problem;
  readonly state: IncidentState;
  /** Slack channel id of the thread. */
  readonly channel: string;
  /** The alert's own post, when the thread hangs below it; else absent, and the outbox slot `<id>/root` has the thread. */
  readonly rootTs?: string;
  /** The post that has opened it, and perhaps others with it. Absent: there is none, or its thread tells of something else. */
  readonly postTs?: string;
  readonly openedBy: Actor;
  readonly openedAtMs: number;
  /** When an alert or a person last asked about it. */
  readonly lastSeenAtMs: number;
  readonly timesSeen: number;
  /** Of the worst alert of it. Absent: none said. */
  readonly severity?: Severity;
  /** The storm in whose thread it is told; absent: it has a thread of its own. */
  readonly stormId?: string;
  /** What it may share with others. */
  readonly traits?: readonly Trait[];
  /** Of all alerts that were heard of it. Absent: none was. */
  readonly labels?: HeardLabels;
  readonly resolvedAtMs?: number;
};

/** Which states may follow. `resolved` is left only by a re-fire (reopened). Source: ARCHITECTURE.md, States. */
export const INCIDENT_TRANSITIONS: Readonly<Record<IncidentState, readonly IncidentState[]>> = {
  open: ["investigating", "resolved"],
  investigating: ["diagnosed", "open", "resolved"],
  diagnosed: ["investigating", "acting", "resolved"],
  acting: ["verifying", "diagnosed", "resolved"],
  verifying: ["resolved", "diagnosed"],
  resolved: ["open"],
};

/** A re-fire within this time after resolution reopens the incident instead of opening another. */
export const REOPEN_WITHIN_MS = 30 * 60_000;

/** One line of an incident's timeline, for `/oom show`. */
export type IncidentEvent = {
  readonly incidentId: string;
  readonly atMs: number;
  readonly actor: Actor;
  /** A sentence for people. */
  readonly says: string;
};

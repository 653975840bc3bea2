import type { TargetKind } from "./target.ts";

/** What may be told outside the chat, the milder first. `resolved` ends what the others began. */
export type EscalationEvent = "warning" | "leak" | "critical" | "killed" | "resolved";

/** What begins or worsens a trouble. */
export type EscalationTrigger = Exclude<EscalationEvent, "resolved">;

/** Where it is told. */
export type EscalationKind = "github-issue" | "mail";

/** What is told, and where; from the configuration. Neither kind configured: nothing is. */
export type EscalationRules = {
  /** The end of what was told is told as well. */
  readonly on: readonly EscalationTrigger[];
  readonly kinds: readonly EscalationKind[];
};

/**
 * One thing that happened to an incident, to be told in one place until it is accepted there. An incident has one issue,
 * which is made to agree with all its rows; each row of mail is a mail of its own.
 */
export type Escalation = {
  /** `esc_...` */
  readonly id: string;
  readonly incidentId: string;
  readonly kind: EscalationKind;
  /** Unique within incident and kind: the event, and from the second time that the incident was open `-2`: `critical-2`. */
  readonly key: string;
  readonly event: EscalationEvent;
  /** What happened, a sentence with figures and units. The newest where it happened again. */
  readonly says: string;
  readonly raisedAtMs: number;
  /** When it was last raised, and how often. */
  readonly lastRaisedAtMs: number;
  readonly times: number;
  /** `sentTimes` is how many of `times` the other side has. */
  readonly sentTimes: number;
  readonly state: "due" | "sent" | "failed";
  /** Since when it could have been told: what its lateness counts from. */
  readonly dueSinceMs: number;
  readonly attempts: number;
  readonly nextAttemptAtMs: number;
  /** When the first attempt began: from here on it may have arrived without our having heard so. */
  readonly firstAttemptAtMs?: number;
  readonly claimedUntilMs?: number;
  readonly lastError?: string;
  readonly sentAtMs?: number;
  /** The number, or the Message-ID. */
  readonly externalId?: string;
  readonly externalUrl?: string;
  /** Mail: addresses for which the server has accepted it. */
  readonly reached: readonly string[];
  /** What the thread was last told of a failure, so that it is told once. */
  readonly told?: "late" | "refused";
};

export type Raising = Pick<Escalation, "incidentId" | "kind" | "key" | "event" | "says">;

export type Label = {
  readonly name: string;
  /** At most 100 characters. */
  readonly description: string;
  /** Six hex digits. */
  readonly color: string;
};

const LABELS = {
  docker: { name: "docker", description: "Container-related issue", color: "1d63ed" },
  memory: { name: "memory", description: "Memory management", color: "5319e7" },
  risk: { name: "oom-risk", description: "Risk of an out-of-memory kill", color: "d93f0b" },
  leak: { name: "memory-leak", description: "Suspected memory leak", color: "e99695" },
  critical: { name: "priority:critical", description: "Immediate attention required", color: "b60205" },
  high: { name: "priority:high", description: "Important but not urgent", color: "fbca04" },
} as const satisfies Readonly<Record<string, Label>>;

const LABELS_OF: Readonly<Record<EscalationEvent, readonly Label[]>> = {
  warning: [LABELS.risk, LABELS.high],
  leak: [LABELS.leak, LABELS.high],
  critical: [LABELS.risk, LABELS.critical],
  killed: [LABELS.risk, LABELS.critical],
  resolved: [],
};

/** The labels of an issue about a target to which all this has happened: the higher priority takes the place of the lower. */
export function labelsFor(target: TargetKind, events: readonly EscalationEvent[]): readonly Label[] {
  const all = new Set<Label>([
    ...(target === "docker" ? [LABELS.docker] : []),
    LABELS.memory,
    ...events.flatMap((event) => LABELS_OF[event]),
  ]);
  if (all.has(LABELS.critical)) all.delete(LABELS.high);
  return [...all];
}

/** Labels that an issue may carry from an earlier, milder event and should no longer. */
export function labelsOutgrown(labels: readonly Label[]): readonly string[] {
  return labels.includes(LABELS.critical) ? [LABELS.high.name] : [];
}

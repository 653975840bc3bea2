import type { AlertKill } from "../domain/alert.ts";

/** What a sender's alert comes to. The keys are stable for scripts; null: the alert does not say. */
export type AlertResult = {
  readonly kind: "alert";
  readonly memoryRelated: boolean | "unknown";
  readonly status: "firing" | "resolved";
  readonly alerts: readonly AlertFacts[];
};

export type AlertFacts = {
  /**
   * `oom_killed`: somebody was; `out_of_memory`: the alert says no more than that; `memory`: it runs short; `other`: not
   * about memory.
   */
  readonly class: "oom_killed" | "out_of_memory" | "memory" | "other";
  readonly severity: "critical" | "warning" | "info" | null;
  readonly target: AlertTargetFacts;
  /** ISO 8601 in UTC. */
  readonly startsAt: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** The same as a sentence. */
  readonly says: string;
};

export type AlertTargetFacts = { readonly host: string | null } & Pick<
  AlertKill,
  "process" | "pid" | "constraint" | "cgroup" | "containerId" | "podUid" | "anonRssBytes" | "limitBytes"
>;

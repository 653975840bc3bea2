import type { Alert, AlertClass, AlertKill, Severity } from "../domain/alert.ts";
import type { Course } from "../commands/course-of.ts";
import type { WorkloadResource } from "../domain/target.ts";

/** What a sender's message comes to. The keys are stable for scripts; null: the alert does not say. */
export type AlertResult = {
  readonly kind: "alert";
  readonly source: Alert["source"];
  /** True when any of its alerts is, `unknown` when none is and any may be. */
  readonly memoryRelated: boolean | "unknown";
  /** `resolved` only when all of its alerts are. */
  readonly status: "firing" | "resolved";
  readonly alerts: readonly ExplainedAlert[];
};

export type ExplainedAlert = {
  readonly name: string | null;
  readonly class: AlertClass;
  readonly memoryRelated: boolean | "unknown";
  /** Id of the rule that decided. */
  readonly rule: string;
  readonly status: "firing" | "resolved";
  /** What the service makes of it, where its target is known and nothing is silenced. */
  readonly leadsTo: Course;
  readonly severity: Severity | null;
  readonly target: ExplainedTarget;
  /** The configured Redis that goes by one of its names. Absent: none does, or no configuration is read. */
  readonly configured?: string;
  /** ISO 8601 in UTC. */
  readonly startsAt: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** The same as a sentence. */
  readonly says: string;
};

export type ExplainedTarget = {
  readonly about: Alert["subject"]["about"];
  readonly cluster: string | null;
  readonly namespace: string | null;
  readonly owner: { readonly resource: WorkloadResource; readonly name: string } | null;
  readonly pod: string | null;
  readonly container: string | null;
  /** The machine: the victim, or the place. `host` is the same. */
  readonly node: string | null;
  readonly host: string | null;
  /** Words that may name a Redis or a container, the likelier first. */
  readonly names: readonly string[];
} & Pick<AlertKill, "process" | "pid" | "constraint" | "cgroup" | "containerId" | "podUid" | "anonRssBytes" | "limitBytes">;

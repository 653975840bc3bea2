import type { Alert, AlertClass, AlertSource, AlertSubject, Severity } from "./alert.ts";

/**
 * What makes an alert one about memory, or not: a row that people can read, in the same shape in `src/alerts/rules` and in
 * oomph.yaml. Upper and lower case are the same everywhere; `*` in a pattern stands for anything. No regular expressions.
 */
export type AlertRule = {
  readonly id: string;
  /** What it recognises, for people. */
  readonly says: string;
  /** Any one of these. */
  readonly when: readonly AlertCondition[];
  /** None of these. */
  readonly unless?: readonly AlertCondition[];
  readonly verdict: AlertVerdict;
};

/** All that is given in it must fit; of a list any. */
export type AlertCondition = {
  /** Patterns for the alert's whole name, in which only letters and digits count: `HighMemory*` fits `high_memory_usage`. */
  readonly name?: readonly string[];
  /** Patterns for the parts of its name (`KubePodOOMKilled`: kube, pod, oom, killed): of each list one part must fit. */
  readonly parts?: readonly (readonly string[])[];
  /** Patterns for the values of labels, by the label's name: each of them must be there. */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  /** Whole words anywhere in what it says; with `*` at an end they may go on there. */
  readonly phrases?: readonly string[];
  /** On one line, at most 120 characters apart. */
  readonly sentence?: { readonly of: readonly string[]; readonly near: readonly string[] };
  /** Patterns for the name of what is measured. */
  readonly metric?: readonly string[];
  readonly source?: readonly AlertSource[];
};

export type AlertVerdict = {
  readonly memory: Alert["memory"];
  /** Absent: `other` where it is not about memory, else `memory_high`. */
  readonly class?: AlertClass;
  /** Absent: told by what the alert names. */
  readonly about?: AlertSubject["about"];
  /** Absent: as its sender says. */
  readonly severity?: Severity;
  /** Taken instead of `memory` where the alert names nobody whose memory it could be. */
  readonly nobody?: Alert["memory"];
};

/** Id of the built-in rule for what a full Redis says itself: its writes fail now. */
export const REDIS_REFUSAL_RULE = "redis-refusal";

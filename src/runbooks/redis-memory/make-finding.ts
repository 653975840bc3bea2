import type { Advice, Finding, Reason } from "../../domain/finding.ts";

/** The stable names of what this runbook can come to. */
export type Verdict =
  | "full-under-noeviction"
  | "full-without-ttl-under-volatile"
  | "database-never-cleaned"
  | "client-output-buffers"
  | "replication-backlog"
  | "script-memory"
  | "many-tiny-keys"
  | "few-large-keys"
  | "fragmentation"
  | "no-maxmemory-near-host-limit"
  | "evicting-under-pressure"
  | "near-full"
  | "writes-refused-otherwise"
  | "loading-data-set"
  | "wrong-credentials"
  | "unreachable"
  | "healthy"
  | "undetermined";

/** A finding of this runbook, its confidence within 0.05 to 0.99 and in whole hundredths. */
export function makeFinding(finding: {
  readonly verdict: Verdict;
  readonly headline: string;
  readonly confidence: number;
  readonly for: readonly Reason[];
  readonly against?: readonly Reason[];
  readonly advice?: readonly Advice[];
}): Finding {
  const confidence = Math.round(Math.min(0.99, Math.max(0.05, finding.confidence)) * 100) / 100;
  return { against: [], advice: [], ...finding, confidence };
}

/** The item when the condition holds, for lists of reasons. */
export function given<Item>(holds: boolean, item: Item): readonly Item[] {
  return holds ? [item] : [];
}

/** Below this a finding is a hypothesis and never the verdict. */
export const VERDICT_CONFIDENCE = 0.5;

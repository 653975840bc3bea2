import type { Finding } from "../../domain/finding.ts";
import { makeFinding as make, type Draft } from "../make-finding.ts";

/** The stable names of what this runbook can come to; those of a container's runbook where the matter is the same. */
export type Verdict =
  | "node-out-of-memory"
  | "evicted"
  | "leak"
  | "limit-too-small"
  | "spike"
  | "runtime-heap-exhausted"
  | "child-killed"
  | "cgroup-limit-kill"
  | "misreported"
  | "probe-kill"
  | "preempted"
  | "node-shutdown"
  | "told-to-stop"
  | "no-room"
  | "plain-sigkill"
  | "crashed-otherwise"
  | "recent-rollout"
  | "connection-leak"
  | "unclosed-connections"
  | "large-outputs"
  | "too-many-at-once"
  | "cache-growth"
  | "object-growth"
  | "gc-pressure"
  | "near-limit"
  | "healthy"
  | "not-found"
  | "unreachable"
  | "undetermined";

/** A finding of this runbook, its confidence within 0.05 to 0.97 and in whole hundredths. */
export function makeFinding(draft: Draft<Verdict>): Finding {
  return make(draft);
}

import type { Finding } from "../../domain/finding.ts";
import { makeFinding as make, type Draft } from "../make-finding.ts";

/** The stable names of what this runbook can come to. */
export type Verdict =
  | "worker-overspawn"
  | "leak"
  | "limit-too-small"
  | "spike"
  | "cache-or-tmpfs"
  | "runtime-heap-exhausted"
  | "child-killed"
  | "cgroup-limit-kill"
  | "host-out-of-memory"
  | "plain-sigkill"
  | "process-limit"
  | "crashed-otherwise"
  | "near-limit"
  | "stopped"
  | "healthy"
  | "not-found"
  | "unreachable"
  | "undetermined";

/** A finding of this runbook, its confidence within 0.05 to 0.97 and in whole hundredths. */
export function makeFinding(draft: Draft<Verdict>): Finding {
  return make(draft);
}

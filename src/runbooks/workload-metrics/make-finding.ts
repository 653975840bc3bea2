import type { Finding } from "../../domain/finding.ts";
import { makeFinding as make, type Draft } from "../make-finding.ts";

/** The stable names of what this runbook can come to. */
export type Verdict =
  | "secret-missing"
  | "secret-changed"
  | "credentials-missing"
  | "endpoint-unconfigured"
  | "wrong-credentials"
  | "pod-not-ready"
  | "not-listening"
  | "wrong-path"
  | "not-metrics"
  | "endpoint-fails"
  | "middleware-not-loaded"
  | "scrape-refused"
  | "target-down"
  | "not-scraped"
  | "not-protected"
  | "healthy"
  | "not-found"
  | "unreachable"
  | "undetermined";

/** A finding of this runbook, its confidence within 0.05 to 0.97 and in whole hundredths. */
export function makeFinding(draft: Draft<Verdict>): Finding {
  return make(draft);
}

import type { AlertThresholds } from "../../domain/alert-thresholds.ts";
import { withSendersThreshold } from "../../domain/senders-threshold.ts";
import type { Runbook, Step } from "../runbook.ts";
import { ALERT_TYPES, type AlertType } from "./alert-types.ts";
import { checkClaim, withClaim } from "./check-claim.ts";
import { workloadMemoryRunbook, type WorkloadMemoryDeps } from "./index.ts";
import { assemble } from "./picture.ts";
import type { WorkloadSession } from "./session.ts";

/** A runbook for each type of alert about pods: the same looks and verdicts, in the order of that type, and its claim checked. */
export function alertRunbooks(deps: WorkloadMemoryDeps, thresholds: AlertThresholds): readonly Runbook<WorkloadSession>[] {
  const all = workloadMemoryRunbook(deps);
  return ALERT_TYPES.map((type) => ({
    ...all,
    id: type.id,
    title: type.title,
    classes: [type.kind],
    steps: inOrder(all.steps, type),
    diagnose(evidence, failures, asked) {
      const theirs = withSendersThreshold(thresholds, type.kind, asked?.alert);
      const claim = checkClaim(type.claim(assemble(evidence, failures), theirs), asked?.alert);
      return withClaim(all.diagnose(evidence, failures), claim);
    },
  }));
}

/** Those of the type first; the others as they were, for a verdict needs them. */
function inOrder(steps: readonly Step<WorkloadSession>[], { first }: AlertType): readonly Step<WorkloadSession>[] {
  const rank = ({ id }: Step<WorkloadSession>): number => (first.includes(id) ? first.indexOf(id) : first.length);
  return steps.toSorted((left, right) => rank(left) - rank(right));
}

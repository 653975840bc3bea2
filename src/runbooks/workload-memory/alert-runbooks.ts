import type { AlertThresholds } from "../../domain/alert-thresholds.ts";
import type { ClaimCheck, Diagnosis } from "../../domain/finding.ts";
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
      return withClaim(besideClaim(all.diagnose(evidence, failures), claim), claim);
    },
  }));
}

/** Those of the type first; the others as they were, for a verdict needs them. */
function inOrder(steps: readonly Step<WorkloadSession>[], { first }: AlertType): readonly Step<WorkloadSession>[] {
  const rank = ({ id }: Step<WorkloadSession>): number => (first.includes(id) ? first.indexOf(id) : first.length);
  return steps.toSorted((left, right) => rank(left) - rank(right));
}

/** Where nothing else is found, what the alert says is the news: that memory has room now is no answer to it. Pure. */
function besideClaim(diagnosis: Diagnosis, claim: ClaimCheck): Diagnosis {
  const headline = headlineBeside(diagnosis.finding, claim);
  return headline === undefined ? diagnosis : { ...diagnosis, finding: { ...diagnosis.finding, headline } };
}

function headlineBeside({ verdict, headline }: Diagnosis["finding"], claim: ClaimCheck): string | undefined {
  const [measured] = claim.for;
  if (claim.holds === "borne-out" && measured !== undefined) {
    if (verdict === "healthy") return `Its memory has room for now, but what the alert says is so: ${measured.says}.`;
    return verdict === "undetermined" ? `What the alert says is so: ${measured.says}. ${headline}` : undefined;
  }
  return verdict === "healthy" && claim.holds === "cannot-be-checked"
    ? "Its memory has room for now. What the alert says could not be checked."
    : undefined;
}

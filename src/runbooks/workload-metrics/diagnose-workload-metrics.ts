import type { ErrorCode } from "../../domain/errors.ts";
import type { Evidence, StepFailure } from "../../domain/evidence.ts";
import type { Diagnosis, Finding } from "../../domain/finding.ts";
import { VERDICT_CONFIDENCE } from "../make-finding.ts";
import { diagnoseUnreachable as diagnoseWorkloadUnreachable } from "../workload-memory/diagnose-workload-memory.ts";
import {
  diagnoseCredentialsMissing,
  diagnoseNotProtected,
  diagnoseSecret,
  diagnoseSecretChanged,
  diagnoseWrongCredentials,
} from "./diagnose-access.ts";
import { diagnoseHealthy, diagnoseNotScraped, diagnoseScrapeRefused, diagnoseTargetDown } from "./diagnose-scraping.ts";
import { diagnoseMiddleware, diagnoseNotListening, diagnoseNotMetrics, diagnoseNotReady } from "./diagnose-serving.ts";
import { furtherStepsFor } from "./further-steps.ts";
import { makeFinding } from "./make-finding.ts";
import { askedPods, assemble, reason, statusOf, type Picture } from "./picture.ts";
import { summarise } from "./summary.ts";

type Rule = (picture: Picture) => Finding | undefined;

// In this order the first that is sure enough is the verdict: first what keeps the endpoint from serving, then who is not
// let in, then what is in it, then who scrapes it.
const RULES: readonly Rule[] = [
  diagnoseSecret,
  diagnoseNotReady,
  diagnoseSecretChanged,
  diagnoseCredentialsMissing,
  diagnoseNotListening,
  diagnoseWrongCredentials,
  diagnoseNotMetrics,
  diagnoseScrapeRefused,
  diagnoseTargetDown,
  diagnoseNotScraped,
  diagnoseMiddleware,
  diagnoseNotProtected,
  diagnoseHealthy,
];

/** Why metrics of a workload are missing, or that they are not. Pure: the same evidence gives the same diagnosis. */
export function diagnoseWorkloadMetrics(evidence: readonly Evidence[], failures: readonly StepFailure[]): Diagnosis {
  const picture = assemble(evidence, failures);
  const found = RULES.flatMap((rule) => rule(picture) ?? []);
  const finding = found.find(({ confidence }) => confidence >= VERDICT_CONFIDENCE) ?? undetermined(picture);
  const hypotheses = found
    .filter((other) => other !== finding && other.verdict !== "healthy")
    .toSorted((left, right) => right.confidence - left.confidence);
  return { finding, hypotheses, summary: summarise(picture), suspects: undefined, furtherSteps: furtherStepsFor(finding, picture) };
}

/** What it means that the workload could not be looked at at all. Pure. */
export function diagnoseUnreachable(code: ErrorCode, because: string): Diagnosis {
  return diagnoseWorkloadUnreachable(code, because);
}

function undetermined(picture: Picture): Finding {
  const asked = askedPods(picture);
  const locked = asked.find(({ with: within, without }) => within === undefined && statusOf(without) === 401);
  return makeFinding({
    verdict: "undetermined",
    headline: locked === undefined ? notTold(picture) : LOCKED,
    confidence: 0.3,
    for: [
      ...(locked === undefined ? [] : [reason(picture, "endpoint", `${locked.pod} ${locked.path} answers 401 without credentials`)]),
      ...picture.gaps.slice(0, 3).map(({ step, because }) => ({ evidenceId: step, says: because })),
    ],
  });
}

const LOCKED = "Its metrics want a user and a password that Oomph does not have: who else is not let in cannot be told.";

function notTold({ endpoint, gaps }: Picture): string {
  const isUnknown = endpoint === undefined && !gaps.some(({ step }) => step === "k8s.endpoint");
  if (isUnknown) return "Where its metrics are served is not known, so that nothing could be asked.";
  return "Why its metrics are missing cannot be told by what could be looked at.";
}

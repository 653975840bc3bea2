import type { ErrorCode } from "../../domain/errors.ts";
import type { Evidence, StepFailure } from "../../domain/evidence.ts";
import type { Diagnosis, Finding } from "../../domain/finding.ts";
import { VERDICT_CONFIDENCE } from "../make-finding.ts";
import { stepsForCauses } from "./cause-steps.ts";
import {
  diagnoseCacheGrowth,
  diagnoseCollecting,
  diagnoseConnectionLeak,
  diagnoseLargeOutputs,
  diagnoseObjectGrowth,
  diagnoseTooMuchAtOnce,
  diagnoseUnclosed,
} from "./diagnose-causes.ts";
import {
  diagnoseCrash,
  diagnoseHealthy,
  diagnoseHeapExhausted,
  diagnoseOtherEnd,
  diagnosePlainSigkill,
  diagnoseUndetermined,
} from "./diagnose-ends.ts";
import { diagnoseChildKilled, diagnoseEvicted, diagnoseLimitKill, diagnoseMisreported, diagnoseNodeOutOfMemory } from "./diagnose-kills.ts";
import { diagnoseLeak, diagnoseLimitTooSmall, diagnoseNearLimit, diagnoseSpike } from "./diagnose-load.ts";
import { diagnoseRecentRollout } from "./diagnose-rollout.ts";
import { focusOf, type Focus } from "./focus.ts";
import { furtherStepsFor } from "./further-steps.ts";
import { makeFinding, type Verdict } from "./make-finding.ts";
import { assemble, type Picture } from "./picture.ts";
import { stepsForApp } from "./summary-app.ts";
import { killsIn, podsTable, summarise } from "./summary.ts";

type Rule = (picture: Picture, focus: Focus) => Finding | undefined;

// In this order the first that is sure enough is the verdict: why it happened comes before what happened, and both
// before what may happen.
const RULES: readonly Rule[] = [
  diagnoseEvicted,
  diagnoseNodeOutOfMemory,
  diagnoseHeapExhausted,
  diagnoseLeak,
  diagnoseLimitTooSmall,
  diagnoseSpike,
  diagnoseChildKilled,
  diagnoseLimitKill,
  diagnoseMisreported,
  diagnoseOtherEnd,
  diagnosePlainSigkill,
  diagnoseCrash,
  diagnoseNearLimit,
  diagnoseHealthy,
];

// What may lie behind it, beside the verdict and never in its place.
const HYPOTHESES: readonly Rule[] = [
  diagnoseRecentRollout,
  diagnoseConnectionLeak,
  diagnoseUnclosed,
  diagnoseLargeOutputs,
  diagnoseTooMuchAtOnce,
  diagnoseCacheGrowth,
  diagnoseObjectGrowth,
  diagnoseCollecting,
];

/** Reads the evidence of a workload, whichever of it is there. Pure: the same evidence gives the same diagnosis. */
export function diagnoseWorkloadMemory(evidence: readonly Evidence[], failures: readonly StepFailure[]): Diagnosis {
  const picture = assemble(evidence, failures);
  const focus = focusOf(picture);
  if (focus === undefined) return nothingRead(picture, failures);
  const { finding, hypotheses } = diagnosePicture(picture, focus);
  const kills = killsIn(picture, focus);
  return {
    finding,
    hypotheses,
    summary: summarise(picture, focus),
    suspects: podsTable(picture, focus),
    ...(kills === undefined ? {} : { kills }),
    furtherSteps: [...stepsForCauses(hypotheses), ...furtherStepsFor(finding, picture, focus), ...stepsForApp(picture)],
  };
}

/** The verdict, and what else the evidence leaves open, the likelier first. Pure. */
export function diagnosePicture(picture: Picture, focus: Focus): { readonly finding: Finding; readonly hypotheses: readonly Finding[] } {
  const found = RULES.flatMap((rule) => rule(picture, focus) ?? []);
  const finding = found.find(({ confidence }) => confidence >= VERDICT_CONFIDENCE) ?? diagnoseUndetermined(picture, focus);
  const hypotheses = [...found, ...HYPOTHESES.flatMap((rule) => rule(picture, focus) ?? [])]
    .filter((other) => other !== finding && other.verdict !== "healthy")
    .toSorted((left, right) => right.confidence - left.confidence);
  return { finding, hypotheses };
}

type Meaning = { readonly verdict: Verdict; readonly headline: string; readonly confidence: number; readonly steps: readonly string[] };

const NO_ANSWER: Meaning = {
  verdict: "unreachable",
  headline:
    "The cluster's API server does not answer: it may be down or overloaded, or the network does not let Oomph through. What runs in the cluster may run on all the same.",
  confidence: 0.9,
  steps: ["See whether the API server answers others: `kubectl get --raw /readyz`."],
};

const UNREACHABLE: Readonly<Partial<Record<ErrorCode, Meaning>>> = {
  unreachable: NO_ANSWER,
  "timed-out": NO_ANSWER,
  "not-found": {
    verdict: "not-found",
    headline: "There is nothing of this name in that namespace: it was removed, or it has another name now.",
    confidence: 0.95,
    steps: ["`/oom top pods` shows the names that there are. Logs of what is gone are where logs are kept, around the time of the alert."],
  },
  "wrong-credentials": {
    verdict: "undetermined",
    headline: "The cluster does not take Oomph's credentials: a token or certificate may have expired.",
    confidence: 0.2,
    steps: ["Renew what Oomph signs in with; `oomph config check` says which cluster it is."],
  },
  "no-rights": {
    verdict: "undetermined",
    headline: "The cluster answers, but does not let Oomph look at this.",
    confidence: 0.2,
    steps: ["Bind the reading role of deploy/kubernetes to Oomph's user or service account."],
  },
};

const OTHERWISE: Meaning = { verdict: "undetermined", headline: "This workload could not be looked at.", confidence: 0.2, steps: [] };

/** What it means that a workload could not be looked at at all. Pure. */
export function diagnoseUnreachable(code: ErrorCode, because: string): Diagnosis {
  const { steps, ...says } = UNREACHABLE[code] ?? OTHERWISE;
  return {
    finding: makeFinding({ ...says, for: [{ evidenceId: "k8s.pods", says: because }] }),
    hypotheses: [],
    summary: [],
    suspects: undefined,
    furtherSteps: steps,
  };
}

/** The workload is there and has no pods, or none could be read. */
function nothingRead({ pods }: Picture, failures: readonly StepFailure[]): Diagnosis {
  const first = failures.find(({ step }) => step === "k8s.pods") ?? failures[0];
  if (pods === undefined) return diagnoseUnreachable(first?.code ?? "internal", first?.because ?? "no evidence was collected");
  return {
    finding: makeFinding({
      verdict: "undetermined",
      headline: "It has no pods now: there is no memory in use, and no container left whose end could be read.",
      confidence: 0.3,
      for: [{ evidenceId: pods.evidenceId, says: "no pod of it is there" }],
    }),
    hypotheses: [],
    summary: [],
    suspects: undefined,
    furtherSteps: ["Look at the logs of that time where they are kept, and at who scaled it down or removed its pods."],
  };
}

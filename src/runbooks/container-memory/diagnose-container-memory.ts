import type { ErrorCode } from "../../domain/errors.ts";
import type { Evidence, StepFailure } from "../../domain/evidence.ts";
import type { Diagnosis, Finding } from "../../domain/finding.ts";
import { diagnoseCache } from "./diagnose-cache.ts";
import { diagnoseHealthy, diagnoseUndetermined } from "./diagnose-calm.ts";
import { diagnoseChildKilled, diagnoseHostOutOfMemory, diagnoseLimitKill, diagnosePlainSigkill } from "./diagnose-kills.ts";
import { diagnoseLeak, diagnoseLimitTooSmall, diagnoseNearLimit, diagnoseSpike } from "./diagnose-load.ts";
import { diagnoseProcessLimit } from "./diagnose-process-limit.ts";
import { diagnoseCrash, diagnoseHeapExhausted, diagnoseStopped } from "./diagnose-runtime.ts";
import { diagnoseAutoWorkers, diagnoseOverspawn } from "./diagnose-workers.ts";
import { furtherStepsFor } from "./further-steps.ts";
import { ceilingOf } from "./ceiling.ts";
import { VERDICT_CONFIDENCE } from "../make-finding.ts";
import { makeFinding, type Verdict } from "./make-finding.ts";
import { killsOf } from "./kills.ts";
import { assemble, isEmpty, type Picture } from "./picture.ts";
import { suspectsIn } from "./suspects.ts";
import { summarise } from "./summary.ts";

// In this order the first that is sure enough is the verdict: why it happened comes before what happened, and both
// before what may happen.
const RULES: readonly ((picture: Picture) => Finding | undefined)[] = [
  diagnoseHostOutOfMemory,
  diagnoseOverspawn,
  diagnoseAutoWorkers,
  diagnoseCache,
  diagnoseHeapExhausted,
  diagnoseLeak,
  diagnoseLimitTooSmall,
  diagnoseSpike,
  diagnoseChildKilled,
  diagnoseLimitKill,
  diagnosePlainSigkill,
  diagnoseProcessLimit,
  diagnoseCrash,
  diagnoseNearLimit,
  diagnoseStopped,
  diagnoseHealthy,
];

/** Reads the evidence of a container, whichever of it is there. Pure: the same evidence gives the same diagnosis. */
export function diagnoseContainerMemory(evidence: readonly Evidence[], failures: readonly StepFailure[]): Diagnosis {
  const picture = assemble(evidence, failures);
  if (isEmpty(picture)) return nothingRead(failures);
  const { finding, hypotheses } = diagnosePicture(picture);
  const { signs, lastAtMs } = killsOf(picture);
  const sign = signs.map(({ says }) => says).join("; ");
  const kills = { ...(lastAtMs === undefined ? {} : { lastAtMs }), says: `Something was killed in it for want of memory: ${sign}.` };
  return {
    ...(signs.length === 0 ? {} : { kills }),
    finding,
    hypotheses,
    summary: summarise(picture),
    suspects: suspectsIn(picture),
    furtherSteps: furtherStepsFor(finding, picture),
  };
}

/** The verdict, and what else the evidence leaves open, the likelier first. Pure. */
export function diagnosePicture(picture: Picture): { readonly finding: Finding; readonly hypotheses: readonly Finding[] } {
  const ceiling = ceilingOf(picture);
  const found = RULES.flatMap((rule) => rule(picture) ?? []).map((each) => ({ ...each, confidence: Math.min(each.confidence, ceiling) }));
  const finding = found.find(({ confidence }) => confidence >= VERDICT_CONFIDENCE) ?? diagnoseUndetermined(picture);
  const hypotheses = found.filter((other) => other !== finding && other.verdict !== "healthy");
  return { finding, hypotheses: hypotheses.toSorted((left, right) => right.confidence - left.confidence) };
}

/** What it means that a container could not be looked at at all. Pure. */
export function diagnoseUnreachable(code: ErrorCode, because: string): Diagnosis {
  const says = UNREACHABLE[code] ?? OTHERWISE;
  return {
    finding: makeFinding({ ...says, for: [{ evidenceId: "docker.state", says: because }] }),
    hypotheses: [],
    summary: [],
    suspects: undefined,
    furtherSteps: says.steps,
  };
}

type Meaning = { readonly verdict: Verdict; readonly headline: string; readonly confidence: number; readonly steps: readonly string[] };

const OTHERWISE: Meaning = { verdict: "undetermined", headline: "This container could not be looked at.", confidence: 0.2, steps: [] };

const NO_ANSWER: Meaning = {
  verdict: "unreachable",
  headline: "The Docker host does not answer: its daemon may be down or overloaded, or the network does not let Oomph through.",
  confidence: 0.9,
  steps: [
    "See whether the host and its daemon run: `systemctl status docker`, and the kernel's log for kills. Oomph cannot tell from here.",
  ],
};

const UNREACHABLE: Readonly<Partial<Record<ErrorCode, Meaning>>> = {
  unreachable: NO_ANSWER,
  "timed-out": NO_ANSWER,
  "not-found": {
    verdict: "not-found",
    headline: "There is no container of this name on that host: it was removed, or it has another name now.",
    confidence: 0.95,
    steps: ["`docker ps -a` on the host, or `/oom top containers`, shows the names that there are."],
  },
  "no-rights": {
    verdict: "undetermined",
    headline: "The Docker host answers, but does not let Oomph look at containers.",
    confidence: 0.2,
    steps: ["Allow the calls that docs/security.md lists for the reading half: a socket proxy must let them through."],
  },
};

/** The container was found, but no step brought anything: it may have gone in the middle. */
function nothingRead(failures: readonly StepFailure[]): Diagnosis {
  const first = failures.find(({ step }) => step === "docker.state") ?? failures[0];
  if (first === undefined) return diagnoseUnreachable("internal", "no evidence was collected");
  return diagnoseUnreachable(first.code, first.because);
}

import type { ErrorCode } from "../../domain/errors.ts";
import type { Evidence, StepFailure } from "../../domain/evidence.ts";
import type { Diagnosis, Finding } from "../../domain/finding.ts";
import { diagnoseNode, type NodeDiagnosis } from "./diagnose-node.ts";
import { isFull } from "./fullness.ts";
import { furtherStepsFor } from "./further-steps.ts";
import { makeFinding, type Verdict } from "./make-finding.ts";
import { occupancyOf } from "./occupancy.ts";
import { assemble, type Picture } from "./picture.ts";
import { suspectsIn } from "./suspects.ts";
import { summarise } from "./summary.ts";

// With several servers the worst decides, in this order.
const GRAVEST_FIRST: readonly string[] = [
  "client-output-buffers",
  "replication-backlog",
  "script-memory",
  "full-under-noeviction",
  "full-without-ttl-under-volatile",
  "writes-refused-otherwise",
  "no-maxmemory-near-host-limit",
  "loading-data-set",
  "database-never-cleaned",
  "near-full",
  "undetermined",
  "fragmentation",
  "evicting-under-pressure",
  "healthy",
] satisfies readonly Verdict[];

const HEALTHY_BUT_INCOMPLETE = 0.6;

/** Reads the evidence of a Redis, whichever of it is there. Pure: the same evidence gives the same diagnosis. */
export function diagnoseRedisMemory(evidence: readonly Evidence[], failures: readonly StepFailure[]): Diagnosis {
  const picture = assemble(evidence, failures);
  const nodes = picture.nodes.map(diagnoseNode).toSorted((left, right) => gravity(left.finding) - gravity(right.finding));
  const [worst, ...others] = nodes;
  if (worst === undefined) return nothingRead(failures);
  const named = nodes.length === 1 ? worst.finding : nameNode(worst, nodes.length);
  return {
    finding: withMissing(named, picture),
    hypotheses: [
      ...worst.hypotheses,
      ...others.filter(({ finding }) => finding.verdict !== "healthy").map((other) => nameNode(other, nodes.length)),
    ],
    summary: summarise(picture, worst.node),
    suspects: suspectsIn(picture, worst.node),
    ...(picture.missing.length === 0 && nodes.every(hasRoom) ? { hadRoom: true } : {}),
    furtherSteps: furtherStepsFor(worst),
  };
}

function hasRoom({ node, finding }: NodeDiagnosis): boolean {
  return occupancyOf(node).usedBytes !== undefined && !isFull(node) && finding.verdict !== "writes-refused-otherwise";
}

/** What it means that a Redis could not be looked at at all. Pure. */
export function diagnoseUnreachable(code: ErrorCode, because: string): Diagnosis {
  const says = UNREACHABLE[code] ?? { verdict: "undetermined", headline: "This Redis could not be looked at.", confidence: 0.2, steps: [] };
  return {
    finding: makeFinding({ ...says, for: [{ evidenceId: "redis.info", says: because }] }),
    hypotheses: [],
    summary: [],
    suspects: undefined,
    furtherSteps: says.steps,
  };
}

type Meaning = { readonly verdict: Verdict; readonly headline: string; readonly confidence: number; readonly steps: readonly string[] };

const GONE: Meaning = {
  verdict: "unreachable",
  headline:
    "This Redis does not answer: it may be down, restarting, killed for want of memory, or behind a network that does not let Oomph through.",
  confidence: 0.9,
  steps: [
    "See whether its process or container runs, and whether it was killed: `docker inspect`, `kubectl describe pod` or the kernel's log say so. Oomph cannot tell from here.",
  ],
};

const UNREACHABLE: Readonly<Partial<Record<ErrorCode, Meaning>>> = {
  unreachable: GONE,
  "timed-out": GONE,
  loading: {
    verdict: "loading-data-set",
    headline: "Redis is still loading its data from disk and answers nothing else until it is done. Look again in a minute.",
    confidence: 0.95,
    steps: ["A Redis that loads has been restarted: find out why (a kill for want of memory, a deployment, a crash)."],
  },
  "wrong-credentials": {
    verdict: "wrong-credentials",
    headline: "Redis answers, but refuses the user or password that Oomph was given.",
    confidence: 0.95,
    steps: ["Correct user and password of this connection in Oomph's configuration (redis.connections), then investigate again."],
  },
  "no-rights": {
    verdict: "undetermined",
    headline: "Redis answers, but Oomph's user may not even read INFO there.",
    confidence: 0.2,
    steps: [
      "Grant the user at least +info, +config|get, +memory|stats, +client|list, +scan, +dbsize, +type, +pttl, +object|idletime and +memory|usage.",
    ],
  },
};

/** Connected, but no step brought anything. */
function nothingRead(failures: readonly StepFailure[]): Diagnosis {
  const first = failures.find(({ step }) => step === "redis.info") ?? failures[0];
  if (first === undefined) return diagnoseUnreachable("internal", "no evidence was collected");
  return diagnoseUnreachable(first.code, first.because);
}

/** A master that did not answer may be the one in trouble: whatever the others say is less sure then. */
function withMissing(finding: Finding, { missing, surroundingsId }: Picture): Finding {
  if (missing.length === 0) return finding;
  const against = missing.map(({ address, because }) => ({
    evidenceId: surroundingsId,
    says: `the master ${address} was not looked at: ${because}`,
  }));
  const confidence = finding.verdict === "healthy" ? Math.min(finding.confidence, HEALTHY_BUT_INCOMPLETE) : finding.confidence;
  return { ...finding, confidence, against: [...finding.against, ...against] };
}

function gravity({ verdict }: Finding): number {
  const index = GRAVEST_FIRST.indexOf(verdict);
  return index === -1 ? GRAVEST_FIRST.length : index;
}

function nameNode({ node, finding }: NodeDiagnosis, of: number): Finding {
  return { ...finding, headline: `${node.address} (one of ${of} servers): ${finding.headline}` };
}

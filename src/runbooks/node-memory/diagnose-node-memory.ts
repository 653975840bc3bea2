import { formatBytes } from "../../domain/bytes.ts";
import { counted } from "../../domain/count.ts";
import type { ErrorCode } from "../../domain/errors.ts";
import type { Evidence, StepFailure } from "../../domain/evidence.ts";
import type { Diagnosis, Finding, Reason } from "../../domain/finding.ts";
import { makeFinding as make, VERDICT_CONFIDENCE, weigh, when, type Draft } from "../make-finding.ts";
import { percent } from "../words.ts";
import { figuresOf, type Figures } from "./figures.ts";
import { assemble, reason, type Picture } from "./picture.ts";
import { furtherStepsFor, largestTable, summarise } from "./summary.ts";

/** The stable names of what this runbook can come to. */
export type Verdict =
  | "node-out-of-memory"
  | "memory-pressure"
  | "evicting"
  | "near-limit"
  | "overcommitted"
  | "healthy"
  | "not-found"
  | "unreachable"
  | "undetermined";

type Rule = (picture: Picture, figures: Figures) => Finding | undefined;

const NEAR_SHARE = 0.85;

// In this order the first that is sure enough is the verdict.
const RULES: readonly Rule[] = [outOfMemory, underPressure, evicting, nearLimit, overcommitted, healthy];

/** Reads the evidence of a node, whichever of it is there. Pure: the same evidence gives the same diagnosis. */
export function diagnoseNodeMemory(evidence: readonly Evidence[], failures: readonly StepFailure[]): Diagnosis {
  const picture = assemble(evidence, failures);
  const figures = figuresOf(picture);
  const found = RULES.flatMap((rule) => rule(picture, figures) ?? []);
  const finding = found.find(({ confidence }) => confidence >= VERDICT_CONFIDENCE) ?? undetermined(picture, figures);
  const hypotheses = found.filter((other) => other !== finding && other.verdict !== "healthy");
  return {
    finding,
    hypotheses: hypotheses.toSorted((left, right) => right.confidence - left.confidence),
    summary: summarise(picture, figures),
    suspects: largestTable(picture),
    ...killsIn(figures),
    furtherSteps: furtherStepsFor(finding, picture),
  };
}

const MEANING: Readonly<Partial<Record<ErrorCode, readonly [Verdict, string]>>> = {
  "not-found": ["not-found", "The cluster has no node of this name: it was removed or replaced, and its pods with it."],
  unreachable: ["unreachable", "The cluster's API server does not answer: it may be down or overloaded."],
  "timed-out": ["unreachable", "The cluster's API server does not answer in time: it may be overloaded."],
  "no-rights": [
    "undetermined",
    "The cluster does not let Oomph look at nodes: they belong to no namespace, so that a ClusterRole is needed.",
  ],
};

/** What it means that a node could not be looked at at all. Pure. */
export function diagnoseUnreachable(code: ErrorCode, because: string): Diagnosis {
  const [verdict, headline] = MEANING[code] ?? ["undetermined", "This node could not be looked at."];
  const confidence = verdict === "undetermined" ? 0.2 : 0.9;
  const finding = makeFinding({ verdict, headline, confidence, for: [{ evidenceId: "k8s.node", says: because }] });
  return { finding, hypotheses: [], summary: [], suspects: undefined, furtherSteps: [] };
}

/** The kernel had no memory left for anybody on it. */
function outOfMemory(picture: Picture, { globalKills, systemOoms, share, pressed }: Figures): Finding | undefined {
  if (globalKills.length === 0 && systemOoms === 0) return undefined;
  const full = pressed || (share ?? 0) >= NEAR_SHARE;
  return makeFinding({
    verdict: "node-out-of-memory",
    headline: "The node ran out of memory, and the kernel killed processes whatever their own limits are.",
    confidence: globalKills.length > 0 ? weigh(0.8, [systemOoms > 0, 0.08], [full, 0.06]) : weigh(0.4, [full, 0.4]),
    for: [
      when(
        globalKills.length > 0,
        reason(
          picture,
          "kernel",
          `${counted(globalKills.length, "kill")} in its kernel's log, by no limit: ${globalKills.slice(-3).join(", ")}`,
        ),
      ),
      when(systemOoms > 0, reason(picture, "events", `the kubelet tells of SystemOOM ${counted(systemOoms, "time")}`)),
      usageReason(picture),
    ],
    against: [
      when(
        globalKills.length === 0,
        reason(
          picture,
          "events",
          "kubelets say SystemOOM of what a limit outside their pods killed as well, and the kernel's log has no kill by the node",
        ),
      ),
      when(!full && share !== undefined, reason(picture, "state", "it has room now")),
    ],
  });
}

/** It tells so itself, and takes no pods without a request any more. */
function underPressure(picture: Picture, { pressed, pressureSinceMs }: Figures): Finding | undefined {
  if (!pressed) return undefined;
  const since = pressureSinceMs === undefined ? "" : ` since ${new Date(pressureSinceMs).toISOString().slice(11, 16)} UTC`;
  return makeFinding({
    verdict: "memory-pressure",
    headline: "The node is short of memory: the kubelet evicts pods, those first that take more than they request.",
    confidence: 0.93,
    for: [reason(picture, "state", `MemoryPressure is True${since}`), usageReason(picture), hogReason(picture), commitReason(picture)],
  });
}

function evicting(picture: Picture, { evicted }: Figures): Finding | undefined {
  if (evicted.length === 0) return undefined;
  const named = evicted.slice(0, 3).map(({ namespace, pod }) => `${namespace}/${pod}`);
  return makeFinding({
    verdict: "evicting",
    headline: `Pods were evicted from it for want of memory: ${counted(evicted.length, "pod")} that are still listed.`,
    confidence: weigh(0.6, [evicted.length > 1, 0.1]),
    for: [reason(picture, "pods", `evicted: ${named.join(", ")}`), usageReason(picture), hogReason(picture), commitReason(picture)],
    against: [reason(picture, "state", "it is not under pressure now")],
  });
}

function nearLimit(picture: Picture, { share }: Figures): Finding | undefined {
  if (share === undefined || share < NEAR_SHARE) return undefined;
  return makeFinding({
    verdict: "near-limit",
    headline: `The node uses ${percent(share)} of what it has for pods: one of them that grows is enough for evictions.`,
    confidence: weigh(0.7, [share >= 0.95, 0.1]),
    for: [usageReason(picture), hogReason(picture), commitReason(picture)],
    against: [reason(picture, "state", "it tells of no pressure")],
  });
}

/** Its pods may take more than there is; whether they do is another matter. */
function overcommitted(picture: Picture, { limitShare, share }: Figures): Finding | undefined {
  if (limitShare === undefined || limitShare <= 1.2) return undefined;
  return makeFinding({
    verdict: "overcommitted",
    headline: `Its pods may take ${percent(limitShare)} of what it has: when several grow at once, it runs out.`,
    confidence: weigh(0.3, [limitShare >= 2, 0.1], [(share ?? 0) >= 0.7, 0.2]),
    for: [commitReason(picture), usageReason(picture)],
    against: [when((share ?? 1) < 0.7, reason(picture, "state", "they take much less now"))],
  });
}

function healthy(picture: Picture, { share, pressed, globalKills, systemOoms, evicted }: Figures): Finding | undefined {
  if (picture.state === undefined || share === undefined || share >= NEAR_SHARE || pressed || globalKills.length > 0 || evicted.length > 0)
    return undefined;
  return makeFinding({
    verdict: "healthy",
    headline: "The node has room: memory is not its problem.",
    confidence: weigh(
      0.62,
      [picture.events !== undefined && systemOoms === 0, 0.1],
      [picture.kernel !== undefined, 0.12],
      [picture.pods !== undefined, 0.06],
    ),
    for: [usageReason(picture), reason(picture, "state", "it tells of no pressure")],
    against: [
      when(systemOoms > 0, reason(picture, "events", `the kubelet tells of SystemOOM ${counted(systemOoms, "time")}`)),
      when(picture.kernel === undefined, reason(picture, "kernel", "its kernel's log was not read: a kill in between would not show")),
    ],
  });
}

function undetermined(picture: Picture, { share }: Figures): Finding {
  return makeFinding({
    verdict: "undetermined",
    headline: "What is known of this node is not enough to say how its memory stands.",
    confidence: 0.2,
    for: [usageReason(picture)],
    against: [when(share === undefined, reason(picture, "state", "how much of it is in use could not be read"))],
  });
}

function usageReason(picture: Picture): Reason | undefined {
  const { usedBytes, allocatableBytes, share } = figuresOf(picture);
  if (usedBytes === undefined || allocatableBytes === undefined || share === undefined) return undefined;
  return reason(
    picture,
    "state",
    `${formatBytes(usedBytes)} are in use, ${formatBytes(allocatableBytes)} are for pods (${percent(share)})`,
  );
}

function commitReason(picture: Picture): Reason | undefined {
  const { pods } = picture;
  const { allocatableBytes } = figuresOf(picture);
  if (pods === undefined || allocatableBytes === undefined) return undefined;
  const { requestBytes, limitBytes, withoutLimit } = pods.value;
  const without = withoutLimit === 0 ? "" : `, and ${counted(withoutLimit, "pod")} have no limit`;
  return reason(
    picture,
    "pods",
    `pods request ${formatBytes(requestBytes)} (${percent(requestBytes / allocatableBytes)}), their limits come to ${formatBytes(limitBytes)} (${percent(limitBytes / allocatableBytes)})${without}`,
  );
}

/** What takes more than it asked for, as far as it stands out. */
function hogReason(picture: Picture): Reason | undefined {
  const over = (picture.pods?.value.largest ?? []).find(({ workingSetBytes, requestBytes = 0 }) => workingSetBytes > requestBytes);
  if (over === undefined) return undefined;
  const asked = over.requestBytes === undefined ? "requests none" : `requests ${formatBytes(over.requestBytes)}`;
  return reason(picture, "pods", `${over.namespace}/${over.pod} takes ${formatBytes(over.workingSetBytes)} and ${asked}`);
}

function killsIn({ globalKills, lastKillAtMs }: Figures): Pick<Diagnosis, "kills"> {
  if (globalKills.length === 0) return {};
  const says = `${counted(globalKills.length, "process was", "processes were")} killed because the node had no memory left.`;
  return { kills: { says, ...(lastKillAtMs === undefined ? {} : { lastAtMs: lastKillAtMs }) } };
}

function makeFinding(draft: Draft<Verdict>): Finding {
  return make(draft);
}

import type { Finding } from "../../domain/finding.ts";
import {
  diagnoseEvicting,
  diagnoseFullUnderNoeviction,
  diagnoseFullUnexplained,
  diagnoseFullWithoutTtl,
  diagnoseNearFull,
} from "./diagnose-full.ts";
import { diagnoseFewLargeKeys, diagnoseNeverCleaned, diagnoseTinyKeys } from "./diagnose-growth.ts";
import { diagnoseFragmentation, diagnoseNearHostLimit } from "./diagnose-host.ts";
import { diagnoseClientBuffers, diagnoseReplicationBuffers, diagnoseScriptMemory } from "./diagnose-occupants.ts";
import { diagnoseHealthy, diagnoseLoading, diagnoseOtherRefusal, diagnoseUndetermined } from "./diagnose-other.ts";
import { VERDICT_CONFIDENCE } from "./make-finding.ts";
import type { NodePicture } from "./picture.ts";

// In this order the first that is sure enough is the verdict. What is not keys comes before what is: it looks the same
// from outside, and clearing keys would then free nothing.
const RULES: readonly ((node: NodePicture) => Finding | undefined)[] = [
  diagnoseLoading,
  diagnoseOtherRefusal,
  diagnoseClientBuffers,
  diagnoseReplicationBuffers,
  diagnoseScriptMemory,
  diagnoseFullUnderNoeviction,
  diagnoseFullWithoutTtl,
  diagnoseEvicting,
  diagnoseFullUnexplained,
  diagnoseNearHostLimit,
  diagnoseNeverCleaned,
  diagnoseNearFull,
  diagnoseFragmentation,
  diagnoseFewLargeKeys,
  diagnoseTinyKeys,
  diagnoseHealthy,
];

export type NodeDiagnosis = { readonly node: NodePicture; readonly finding: Finding; readonly hypotheses: readonly Finding[] };

/** One server's verdict, and what else the evidence leaves open, the likelier first. Pure. */
export function diagnoseNode(node: NodePicture): NodeDiagnosis {
  const found = RULES.flatMap((rule) => rule(node) ?? []);
  const finding = found.find(({ confidence }) => confidence >= VERDICT_CONFIDENCE) ?? diagnoseUndetermined(node);
  const hypotheses = found.filter((other) => other !== finding && other.verdict !== "healthy" && other.verdict !== finding.verdict);
  return { node, finding, hypotheses: hypotheses.toSorted((left, right) => right.confidence - left.confidence) };
}

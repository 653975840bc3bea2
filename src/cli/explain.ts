import type { Reason } from "../domain/finding.ts";
import { diagnoseNode } from "../runbooks/redis-memory/diagnose-node.ts";
import { furtherStepsFor } from "../runbooks/redis-memory/further-steps.ts";
import { occupancyOf } from "../runbooks/redis-memory/occupancy.ts";
import { unknownNode, type NodePicture } from "../runbooks/redis-memory/picture.ts";
import { readPastedText } from "../runbooks/redis-memory/read-pasted-text.ts";
import { totalKeys } from "../runbooks/redis-memory/read-info.ts";
import { adviceLine } from "./advice-line.ts";

/** What a pasted text comes to. Sizes in bytes; null: the text does not say. Keys are stable for scripts. */
export type ExplainResult =
  | {
      readonly kind: "redis_info";
      readonly verdict: string;
      /** 0 to 1. */
      readonly confidence: number;
      readonly for: readonly string[];
      readonly against: readonly string[];
      readonly usedBytes: number | null;
      readonly maxmemoryBytes: number | null;
      readonly policy: string | null;
      readonly keys: number | null;
      readonly keysWithTtl: number | null;
      readonly advice: readonly string[];
    }
  | { readonly kind: "unknown"; readonly because: string };

/** The result for scripts, and the verdict as a sentence for people. */
export type Explanation = { readonly result: ExplainResult; readonly headline: string };

/** Reads a pasted INFO or a log with Redis's OOM error, with the same rules as an investigation. Pure. */
export function explain(text: string): Explanation {
  const pasted = readPastedText(text);
  if (pasted.kind === "unknown") return { result: pasted, headline: pasted.because };
  const evidenceId = "pasted";
  const node: NodePicture = {
    ...unknownNode("the pasted server"),
    info: pasted.info && { evidenceId, value: pasted.info },
    reportedRefusal: pasted.refusal ? { evidenceId, value: true } : undefined,
  };
  const diagnosis = diagnoseNode(node);
  const { usedBytes, maxmemoryBytes, policy } = occupancyOf(node);
  const keys = pasted.info?.keyspaceSeen === true ? totalKeys(pasted.info) : undefined;
  const { verdict, headline, confidence, advice } = diagnosis.finding;
  const result: ExplainResult = {
    kind: "redis_info",
    verdict,
    confidence,
    for: diagnosis.finding.for.map(says),
    against: diagnosis.finding.against.map(says),
    usedBytes: usedBytes ?? null,
    maxmemoryBytes: maxmemoryBytes ?? null,
    policy: policy ?? null,
    keys: keys?.keys ?? null,
    keysWithTtl: keys?.keysWithTtl ?? null,
    advice: [...advice.map(adviceLine), ...furtherStepsFor(diagnosis)],
  };
  return { result, headline };
}

/** The same for a terminal, without colours. */
export function renderExplanation({ result, headline }: Explanation): string {
  if (result.kind === "unknown") return `${headline}\n`;
  const sections = [
    `${headline}\n${result.verdict}, confidence ${Math.round(result.confidence * 100)}%`,
    listed("For", result.for),
    listed("Against", result.against),
    listed("What to do, the recommended first", result.advice),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function says(reason: Reason): string {
  return reason.says;
}

function listed(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : [`${title}:`, ...lines.map((line) => `  - ${line}`)].join("\n");
}

import type { Reason } from "../domain/finding.ts";
import { diagnoseNode } from "../runbooks/redis-memory/diagnose-node.ts";
import { furtherStepsFor } from "../runbooks/redis-memory/further-steps.ts";
import { occupancyOf } from "../runbooks/redis-memory/occupancy.ts";
import { unknownNode, type NodePicture } from "../runbooks/redis-memory/picture.ts";
import { readPastedText } from "../runbooks/redis-memory/read-pasted-text.ts";
import { totalKeys } from "../runbooks/redis-memory/read-info.ts";
import { adviceLine } from "./advice-line.ts";
import type { Explained } from "./explained.ts";
import { listed } from "./listed.ts";

/** What a pasted INFO comes to. Sizes in bytes; null: the text does not say. Keys are stable for scripts. */
export type RedisResult = {
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
};

/** Reads a pasted INFO or a log with Redis's OOM error, with the same rules as an investigation. Pure. */
export function explainRedis(text: string): Explained<RedisResult> | undefined {
  const pasted = readPastedText(text);
  if (pasted.kind === "unknown") return undefined;
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
  const result: RedisResult = {
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
    advice: [...(pasted.info === undefined ? [ASK_IT] : []), ...advice.map((one) => adviceLine(one)), ...furtherStepsFor(diagnosis)],
  };
  return { result, text: rendered(result, headline) };
}

const ASK_IT =
  "Look at it first: `redis-cli INFO | oomph explain -`, or `oomph investigate redis/<name>` where it is configured, says how full it is, under which policy and what fills it";

function rendered(result: RedisResult, headline: string): string {
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

import { formatBytes } from "../../../domain/bytes.ts";
import { asClause } from "../../../domain/clause.ts";
import type { HeapPlace } from "./choose-place.ts";
import type { Way } from "./schema.ts";

const MIB = 2 ** 20;
// The last twentieth is needed by what the pod is there for.
const FULL_SHARE = 0.95;
/** Of the program's own memory, where it makes the profile itself. */
const OWN_SHARE = 0.03;
/** A shell and what it starts, before it is known what the program offers. */
export const LOOK_COST_BYTES = 4 * MIB;

// Estimates, not measured on large programs. The JDK's tools are a JVM of their own.
const LEAST_COST_BYTES: Readonly<Record<Way["kind"], number>> = {
  endpoint: 8 * MIB,
  inspector: 12 * MIB,
  jvm: 64 * MIB,
  command: 32 * MIB,
};

export type Headroom =
  | { readonly kind: "enough"; readonly says: string }
  /** The node's memory is the limit, or usage is not to be had. */
  | { readonly kind: "unknown"; readonly says: string }
  | { readonly kind: "too-little"; readonly says: string };

/** What taking a profile may cost the pod, as an estimate. */
export function costOf(kind: Way["kind"], { container, usage }: HeapPlace): number {
  const used = usage.find((one) => one.container === container.name)?.workingSetBytes ?? 0;
  return Math.max(LEAST_COST_BYTES[kind], kind === "endpoint" || kind === "inspector" ? Math.round(used * OWN_SHARE) : 0);
}

/** Is there room for that, in the container and in the pod as a whole? */
export function headroomFor(costBytes: number, { pod, container, usage, unread }: HeapPlace): Headroom {
  const own = usage.find((one) => one.container === container.name)?.workingSetBytes;
  const all = usage.reduce((sum, { workingSetBytes }) => sum + workingSetBytes, 0);
  const { limitBytes } = container;
  const { podLimitBytes } = pod;
  if (own === undefined)
    return {
      kind: "unknown",
      says: `how much memory ${pod.name} uses could not be read${unread === undefined ? "" : ` (${asClause(unread)})`}`,
    };
  if (limitBytes !== undefined && isTight(own, costBytes, limitBytes))
    return tooLittle({ whose: `container ${container.name}`, usedBytes: own, limitBytes, costBytes });
  if (podLimitBytes !== undefined && isTight(all, costBytes, podLimitBytes))
    return tooLittle({ whose: "the pod", usedBytes: all, limitBytes: podLimitBytes, costBytes });
  if (limitBytes === undefined && podLimitBytes === undefined)
    return { kind: "enough", says: `it uses ${formatBytes(own)} and has no limit of its own: the node's memory is its limit` };
  return { kind: "enough", says: `it uses ${formatBytes(own)} of ${formatBytes(limitBytes ?? podLimitBytes ?? 0)}` };
}

function isTight(usedBytes: number, costBytes: number, limitBytes: number): boolean {
  return usedBytes + costBytes > limitBytes * FULL_SHARE;
}

type Tight = { readonly whose: string; readonly usedBytes: number; readonly limitBytes: number; readonly costBytes: number };

function tooLittle({ whose, usedBytes, limitBytes, costBytes }: Tight): Headroom {
  const share = Math.round((usedBytes / limitBytes) * 100);
  return {
    kind: "too-little",
    says: `${whose} uses ${formatBytes(usedBytes)} of its ${formatBytes(limitBytes)} (${share}%), and taking a profile may need ${formatBytes(costBytes)} more: it could be killed by being looked at`,
  };
}

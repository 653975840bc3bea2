import type { AlertClaim } from "./alert-claim.ts";
import type { AlertThresholds } from "./alert-thresholds.ts";
import type { Threshold } from "./threshold.ts";

const LEAST_BYTES = 2 ** 20;

/** The thresholds with that of the alert's sender in their place, where it says one; of a critical alert the critical ones. */
export function withSendersThreshold(thresholds: AlertThresholds, kind: keyof AlertThresholds, claim: AlertClaim = {}): AlertThresholds {
  const { threshold, severity } = claim;
  const own = threshold === undefined ? undefined : ownOf(thresholds, kind, threshold);
  if (own !== undefined) return { ...thresholds, ...own };
  if (severity !== "critical") return thresholds;
  const { memory_growth: growth, memory_high: high } = thresholds;
  return {
    ...thresholds,
    memory_growth: { ...growth, warningBytesPerHour: growth.criticalBytesPerHour },
    memory_high: { ...high, warningBytes: high.criticalBytes },
  };
}

/** Undefined: its unit tells nothing for this kind. */
function ownOf(thresholds: AlertThresholds, kind: keyof AlertThresholds, threshold: Threshold): Partial<AlertThresholds> | undefined {
  const { memory_growth: growth, memory_high: high } = thresholds;
  const bytes = bytesOf(threshold);
  const share = shareOf(threshold);
  const count = threshold.unit === "plain" ? threshold.amount : undefined;
  switch (kind) {
    case "memory_high":
      if (share !== undefined) return { memory_high: { ...high, share, warningBytes: Infinity } };
      return bytes === undefined ? undefined : { memory_high: { ...high, share: Infinity, warningBytes: bytes } };
    case "memory_growth":
      return bytes === undefined ? undefined : { memory_growth: { ...growth, warningBytesPerHour: bytes } };
    case "memory_leak":
      return count === undefined ? undefined : { memory_leak: { eventsPerHour: count } };
    case "object_growth":
      return count === undefined ? undefined : { object_growth: { objectsPerHour: count } };
    case "gc_pressure":
      return count === undefined ? undefined : { gc_pressure: { collectionsPerSecond: count } };
    case "metrics_missing":
    case "container_restarts":
      return undefined;
  }
}

function bytesOf({ amount, unit }: Threshold): number | undefined {
  return unit === "bytes" || (unit === "plain" && amount >= LEAST_BYTES) ? amount : undefined;
}

/** `0.9`, `90` and `90%` of a limit. */
function shareOf({ amount, unit }: Threshold): number | undefined {
  const share = unit === "plain" && amount > 1 ? amount / 100 : amount;
  return unit === "bytes" || share <= 0 || share > 1 ? undefined : share;
}

import { describe, expect, it } from "vitest";
import { DEFAULT_THRESHOLDS } from "../../src/domain/alert-thresholds.ts";
import { withSendersThreshold } from "../../src/domain/senders-threshold.ts";

const MIB = 2 ** 20;

describe("the threshold of an alert's sender", () => {
  it.each([
    [
      { amount: 90, unit: "plain" },
      { share: 0.9, warningBytes: Infinity },
    ],
    [
      { amount: 0.95, unit: "share" },
      { share: 0.95, warningBytes: Infinity },
    ],
    [
      { amount: 700 * MIB, unit: "bytes" },
      { share: Infinity, warningBytes: 700 * MIB },
    ],
    [
      { amount: 5e8, unit: "plain" },
      { share: Infinity, warningBytes: 5e8 },
    ],
    [{ amount: 500, unit: "plain" }, DEFAULT_THRESHOLDS.memory_high],
  ] as const)("of much memory: %o", (threshold, expected) => {
    expect(withSendersThreshold(DEFAULT_THRESHOLDS, "memory_high", { threshold }).memory_high).toMatchObject(expected);
  });

  it("counts of other kinds of alerts are taken as they are; without one a critical alert means what is critical", () => {
    const plain = { threshold: { amount: 20, unit: "plain" } } as const;
    expect(withSendersThreshold(DEFAULT_THRESHOLDS, "gc_pressure", plain).gc_pressure).toEqual({ collectionsPerSecond: 20 });
    expect(withSendersThreshold(DEFAULT_THRESHOLDS, "memory_leak", plain).memory_leak).toEqual({ eventsPerHour: 20 });
    expect(withSendersThreshold(DEFAULT_THRESHOLDS, "object_growth", plain).object_growth).toEqual({ objectsPerHour: 20 });
    expect(withSendersThreshold(DEFAULT_THRESHOLDS, "memory_growth", plain)).toBe(DEFAULT_THRESHOLDS);
    expect(withSendersThreshold(DEFAULT_THRESHOLDS, "container_restarts", plain)).toBe(DEFAULT_THRESHOLDS);
    const critical = withSendersThreshold(DEFAULT_THRESHOLDS, "memory_high", { severity: "critical" });
    expect(critical.memory_high.warningBytes).toBe(1024 * MIB);
    expect(withSendersThreshold(DEFAULT_THRESHOLDS, "memory_high", { severity: "warning" })).toBe(DEFAULT_THRESHOLDS);
  });
});

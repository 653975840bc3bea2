import { expect, test } from "vitest";
import { DEFAULT_THRESHOLDS } from "../../src/domain/alert-thresholds.ts";
import { parseBytes } from "../../src/domain/bytes.ts";
import { parseDuration } from "../../src/domain/duration.ts";

test("thresholds are those of the runbooks", () => {
  expect(DEFAULT_THRESHOLDS).toEqual({
    memory_growth: { warningBytesPerHour: parseBytes("10MB"), criticalBytesPerHour: parseBytes("50MB") },
    memory_leak: { eventsPerHour: 5 },
    object_growth: { objectsPerHour: 1_000 },
    memory_high: { warningBytes: parseBytes("500MB"), criticalBytes: parseBytes("1GB"), share: 0.8 },
    gc_pressure: { collectionsPerSecond: 10 },
    metrics_missing: { forMs: parseDuration("10m") },
    container_restarts: { withinMs: parseDuration("1h") },
  });
});

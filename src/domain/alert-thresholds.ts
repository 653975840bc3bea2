/**
 * From where on an alert of each type is right, by the names of the classes of alerts. What is measured now is held against
 * these, whatever the rule of the sender says.
 */
export type AlertThresholds = {
  readonly memory_growth: { readonly warningBytesPerHour: number; readonly criticalBytesPerHour: number };
  readonly memory_leak: { readonly eventsPerHour: number };
  readonly object_growth: { readonly objectsPerHour: number };
  /** Of the limit: `share`, 0 to 1. */
  readonly memory_high: { readonly warningBytes: number; readonly criticalBytes: number; readonly share: number };
  readonly gc_pressure: { readonly collectionsPerSecond: number };
  readonly metrics_missing: { readonly forMs: number };
  readonly container_restarts: { readonly withinMs: number };
};

const MIB = 2 ** 20;

/** As the runbooks have them: memory-leak-detection (all but the last), high-memory (80% of the limit). */
export const DEFAULT_THRESHOLDS: AlertThresholds = {
  memory_growth: { warningBytesPerHour: 10 * MIB, criticalBytesPerHour: 50 * MIB },
  memory_leak: { eventsPerHour: 5 },
  object_growth: { objectsPerHour: 1_000 },
  memory_high: { warningBytes: 500 * MIB, criticalBytes: 1024 * MIB, share: 0.8 },
  gc_pressure: { collectionsPerSecond: 10 },
  metrics_missing: { forMs: 600_000 },
  container_restarts: { withinMs: 3_600_000 },
};

/** One look at how much memory a target used. */
export type MemoryReading = {
  readonly atMs: number;
  /** Working set: usage minus inactive file cache, as `docker stats` and kubelet count it. */
  readonly usageBytes: number;
  /** Absent: the target has no limit of its own. */
  readonly limitBytes?: number;
  /** Beside `usageBytes`. Absent: it may use none, or that is not known. */
  readonly swap?: SwapUse;
  /** When the life began in which it was read: another value means a restart in between. Absent: not known. */
  readonly startedAtMs?: number;
};

/** `limitBytes`: what it may use, and the host still has for it. */
export type SwapUse = { readonly usedBytes: number; readonly limitBytes: number };

/** How near to its limit a target is, after hysteresis and hold time. */
export type PressureLevel = "ok" | "warning" | "critical";

/** When a leak reaches the limit, if it goes on as it did; refused where the readings cannot carry a forecast. */
export type TimeToOom =
  | {
      readonly kind: "expected";
      /** Counted from the newest reading. */
      readonly ms: number;
      /** The interval of the slope, carried to the limit: `lowMs` ≤ `ms` ≤ `highMs`. */
      readonly lowMs: number;
      readonly highMs: number;
    }
  | { readonly kind: "refused"; readonly because: string };

/** Growth that no collection, restart or ebb of the load took back. */
export type LeakTrend = TrendFacts & {
  readonly kind: "leak";
  /** 95% interval of `bytesPerHour`; its low end is above 0. */
  readonly interval: readonly [lowBytesPerHour: number, highBytesPerHour: number];
  /** 0 to 1. */
  readonly confidence: number;
  readonly timeToOom: TimeToOom;
};

/** Why growth, or its absence, is no leak. */
export type QuietTrendKind = "steady" | "warming-up" | "plateau" | "sawtooth" | "spike" | "falling";

/** What the readings of hours amount to. */
export type Trend =
  | LeakTrend
  | (TrendFacts & { readonly kind: QuietTrendKind })
  | { readonly kind: "undetermined"; /** A clause: what the readings lack. */ readonly because: string };

type TrendFacts = {
  /** Slope of the floor: what is left after each collection. Negative when it falls. */
  readonly bytesPerHour: number;
  /** How much time the judged readings span. */
  readonly overMs: number;
  /** A sentence with figures and units. */
  readonly says: string;
};

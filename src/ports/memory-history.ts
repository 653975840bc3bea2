import type { MemoryReading, Trend } from "../domain/memory.ts";
import type { Target } from "../domain/target.ts";

/** What the watch remembers of a target; empty and undefined where it has never looked. */
export type MemoryHistory = {
  /** Oldest first, at most as far back as is kept. */
  readings(target: Target, sinceMs: number): Promise<readonly MemoryReading[]>;
  /** How memory has moved over the last hours, read anew. */
  trend(target: Target): Promise<Trend | undefined>;
};

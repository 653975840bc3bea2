import type { MemoryReading } from "../../../src/domain/memory.ts";

/** A series of which somebody knows whether it leaks. */
export type LabelledSeries = {
  readonly name: string;
  /** What it is an example of, such as `leak-stepwise` or `warm-up`. */
  readonly kind: string;
  readonly label: "leak" | "no-leak" | "ambiguous";
  /** As a watch would have taken them: oldest first, 5 min apart or more. */
  readonly readings: readonly MemoryReading[];
  /** Alarms before are not counted, neither way: what was loading then is known. */
  readonly countFromMs: number;
  /** When the leak begins: an alarm before is a false one. */
  readonly leakFromMs: number;
};

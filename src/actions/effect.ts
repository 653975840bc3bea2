import type { Verification } from "../domain/plan.ts";

export type Row = Verification["rows"][number];

/** What an action itself saw of its own effect. */
export type Effect = {
  /** Is what was approved so now? */
  readonly inEffect: boolean;
  /** A sentence: "The policy is allkeys-lru." */
  readonly says: string;
  readonly rows: readonly Row[];
  /** What to do when it did not help. */
  readonly elseTry: string;
};

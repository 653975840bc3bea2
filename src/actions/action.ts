import type { Json } from "../domain/json.ts";
import type { ActionDoc, Afterwards, Observation, Plan, Planned, Proposed, Verification } from "../domain/plan.ts";
import type { Target } from "../domain/target.ts";

/**
 * Something Oomph can do to a target. Each method may run in another process than the one before it, and after a crash:
 * what they share is the plan, which is stored with the request, and the run.
 */
export type Action = ActionDoc & {
  /**
   * Says what would be done now, changing nothing. Bad params are refused with what was expected. Planned again with
   * `plan.params` on an unchanged target, the scope is equal.
   */
  plan(target: Target, params: Readonly<Record<string, Json>>): Promise<Planned>;
  /** The right that Oomph lacks for it, as a sentence: it is not offered then. Undefined: none, or nobody can tell now. Absent: likewise. */
  lacks?(target: Target): Promise<string | undefined>;
  /** Does it. Called at most once per run. Throws when it could not be done, wholly or in part; `observe` tells which. */
  apply(plan: Plan, run: RunHandle): Promise<void>;
  /** Was it done? Asked after a crash or a failed apply; reads only. */
  observe(plan: Plan, run: RunFacts): Promise<Observation>;
  /** Did it help? Reads only, several times until the readings are stable. */
  verify(plan: Plan, run: RunFacts): Promise<Verification>;
  /** The way back as another action, asked for and approved like any; undefined: there is none. */
  wayBack(plan: Plan, run: RunFacts): Proposed | undefined;
  /** What puts right an act that was broken off half-way, when `observe` says `partly`; offered like a way back. */
  repair?(plan: Plan, run: RunFacts): Proposed | undefined;
  /** What lasts beyond an act that helped: files for the thread, and actions that now make sense. Reads only. */
  afterwards?(plan: Plan, run: RunFacts): Promise<Afterwards>;
};

export type RunFacts = {
  readonly id: string;
  readonly begunAtMs: number;
  /** Last saved progress of a long act. */
  readonly checkpoint?: Json;
};

export type RunHandle = RunFacts & {
  /**
   * Saves progress; throws when the lease has been lost, and then the act must stop. `says` is how far it has come in
   * words, `12,000 of about 50,000 keys done`: the request's card shows the newest, every few seconds.
   */
  saveCheckpoint(checkpoint: Json, says?: string): Promise<void>;
  /** Address of the incident's thread; undefined where Slack does not say. */
  threadUrl(): Promise<string | undefined>;
  /** Aborted when the process drains or the lease is lost. */
  readonly signal: AbortSignal;
};

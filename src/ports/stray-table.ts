import type { Stray } from "../domain/stray.ts";
import type { Target } from "../domain/target.ts";

/** What alerts name that is not known, by channel and round. */
export type StrayTable = {
  /** Of alerts' keys, each given once, those that were not there. They are there from now on. */
  remember(keys: readonly string[], atMs: number): Promise<ReadonlySet<string>>;
  /** When the newest round of a channel began. */
  newestRound(channel: string): Promise<number | undefined>;
  /** Each begins, or is counted into the one of its channel, round and matter, each matter given once: as bad as the worst, and as the newest says it. */
  count(strays: readonly CountedStray[]): Promise<void>;
  get(id: string): Promise<Stray | undefined>;
  /** Which targets it may be, as the newest alert of it came; empty: nobody knows. */
  targetsOf(id: string): Promise<readonly Target[]>;
  /** In the order of coming. */
  ofRound(round: StrayRound): Promise<readonly Stray[]>;
  /** Rounds of which something has changed since it was told. */
  untold(): Promise<readonly StrayRound[]>;
  /** All of a round is told as it is now. */
  told(round: StrayRound): Promise<void>;
  /** False: somebody has chosen before. */
  choose(id: string, chosen: { readonly target: string; readonly userId: string }): Promise<boolean>;
  /** Forgets what came before; how many strays. */
  forget(beforeMs: number): Promise<number>;
};

export type CountedStray = Omit<Stray, "chosen"> & { readonly matter: string; readonly targets: readonly Target[] };

export type StrayRound = Pick<Stray, "channel" | "roundMs">;

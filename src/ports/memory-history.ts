import type { DownContainer } from "../domain/down-container.ts";
import type { MemoryReading, Trend } from "../domain/memory.ts";
import type { Target } from "../domain/target.ts";
import type { Look } from "./reading-source.ts";

/** What the watch remembers of a target; empty and undefined where it has never looked. */
export type MemoryHistory = {
  /** Oldest first, at most as far back as is kept. */
  readings(target: Target, sinceMs: number): Promise<readonly MemoryReading[]>;
  /** Kills for want of memory that it heard of since then; undefined: it knows nothing of the target. */
  kills(target: Target, sinceMs: number): Promise<number | undefined>;
  /** How memory has moved over the last hours, read anew. */
  trend(target: Target): Promise<Trend | undefined>;
};

/** Memory as people ask about it. */
export type MemoryBoard = {
  /** Every watched container that runs, read now; of a host or cluster that does not answer, what was read last. Fullest first. */
  top(signal: AbortSignal, asked?: AskedTop): Promise<MemoryTop>;
  /** Of a workload its container that is nearest to its limit. Undefined: nothing has been read of it. Throws OomphError when it cannot be drawn. */
  picture(target: Target): Promise<TrendPicture | undefined>;
  /** The same, where there is enough to see in it. */
  illustrate(target: Target): Promise<TrendPicture | undefined>;
};

/** `of`: containers of Docker hosts, or of clusters' pods; absent: both. `selector`: only pods with these labels, as kubectl takes them. */
export type AskedTop = { readonly of?: "containers" | "pods"; readonly selector?: string };

export type MemoryTop = {
  readonly rows: readonly Look[];
  /** What is to run and has nothing to be read, because it crashes, waits or was killed; who ended last comes first. */
  readonly down: readonly DownContainer[];
  readonly missing: readonly { readonly source: string; readonly because: string }[];
  /** How many hosts and clusters were asked. */
  readonly sources: number;
};

export type TrendPicture = {
  /** PNG */
  readonly picture: Uint8Array;
  /** What it shows, in a sentence with figures and units, for those who cannot see it. */
  readonly says: string;
  readonly newest: MemoryReading;
  readonly readings: number;
  readonly sinceMs: number;
};

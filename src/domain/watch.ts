import type { MemoryReading } from "./memory.ts";
import type { Target } from "./target.ts";
import type { PressureState } from "./trend/pressure.ts";
import type { PodFacts } from "./workload.ts";

/** What the watch knows of a target between two looks. */
export type WatchedTarget = {
  readonly target: Target;
  /** When it was last looked at or heard of. */
  readonly seenAtMs: number;
  /** Absent: only heard of by an event so far. */
  readonly newest?: MemoryReading;
  readonly pressure: PressureState;
  /** A leak is suspected since then; absent: none is. */
  readonly leak?: Suspicion;
  readonly kills?: Kills;
  /** Restarts, kills and changes of the limit, newest last: marks in a chart. */
  readonly marks: readonly WatchMark[];
};

export type Suspicion = {
  readonly sinceMs: number;
  /** A sentence with figures and units. */
  readonly says: string;
  /** Nothing has spoken for it since then; it is given up after `LEAK_FORGOTTEN_MS`. */
  readonly quietSinceMs?: number;
};

/** So long must nothing speak for a leak before it is given up: a look or two without growth prove nothing. */
export const LEAK_FORGOTTEN_MS = 30 * 60_000;

/** OOM kills, counted from the first until none has been seen for as long as `KILLS_FORGOTTEN_MS`. */
export type Kills = { readonly count: number; readonly firstMs: number; readonly lastMs: number };

/** Kills further apart than this are not one trouble: Source: the reopening of incidents, 30 min. */
export const KILLS_FORGOTTEN_MS = 30 * 60_000;

export type WatchMark = { readonly atMs: number; readonly kind: "kill" | "restart" | "change" };

/** As many marks are kept as a chart can show. */
export const MOST_MARKS = 20;

/** A daemon tells a start twice, by an event and by the container's state, some milliseconds apart. */
const SAME_START_MS = 2_000;

/** Kills are told apart to the millisecond. */
export function hasMark({ marks }: Pick<WatchedTarget, "marks">, { atMs, kind }: WatchMark): boolean {
  return marks.some((one) => one.kind === kind && Math.abs(one.atMs - atMs) <= (kind === "restart" ? SAME_START_MS : 0));
}

/** The same with one mark more, unless it is there already. */
export function withMark(watched: WatchedTarget, mark: WatchMark): WatchedTarget {
  if (hasMark(watched, mark)) return watched;
  return { ...watched, marks: [...watched.marks, mark].toSorted((a, b) => a.atMs - b.atMs).slice(-MOST_MARKS) };
}

/** What was weighed, with what events have told meanwhile. */
export function withEvents(weighed: WatchedTarget, now: WatchedTarget | undefined): WatchedTarget {
  if (now === undefined) return weighed;
  const marked = now.marks.reduce(withMark, weighed);
  return now.kills === undefined ? marked : { ...marked, kills: now.kills };
}

/** One more kill. */
export function countKill(kills: Kills | undefined, atMs: number): Kills {
  if (kills === undefined || atMs - kills.lastMs > KILLS_FORGOTTEN_MS) return { count: 1, firstMs: atMs, lastMs: atMs };
  return { count: kills.count + 1, firstMs: kills.firstMs, lastMs: Math.max(kills.lastMs, atMs) };
}

/** How many kills there were since then, at least: only so many marks are kept, and of the newest series the count. */
export function killsSince({ marks, kills }: Pick<WatchedTarget, "marks" | "kills">, sinceMs: number): number {
  const marked = marks.filter(({ kind, atMs }) => kind === "kill" && atMs >= sinceMs).length;
  return kills !== undefined && kills.firstMs >= sinceMs ? Math.max(marked, kills.count) : marked;
}

/** Is there anything to be told of it now? */
export function isTroubled({ pressure, leak, kills }: WatchedTarget, nowMs: number): boolean {
  return pressure.level !== "ok" || leak !== undefined || (kills !== undefined && nowMs - kills.lastMs <= KILLS_FORGOTTEN_MS);
}

/** A kill for want of memory, as a cluster tells of it. */
export type ClusterKill =
  | { readonly of: "container"; readonly pod: KilledPod; readonly container: string; readonly atMs: number }
  /** A pod that its node threw out. `id`: of the event and how often it came; `says`: the node's own words. */
  | {
      readonly of: "pod";
      readonly namespace: string;
      readonly name: string;
      readonly atMs: number;
      readonly id: string;
      readonly says: string;
    }
  | { readonly of: "node"; readonly node: string; readonly atMs: number; readonly id: string; readonly says: string };

/** As much of a pod as tells its owner. */
export type KilledPod = Pick<PodFacts, "uid" | "namespace" | "name" | "controller" | "labels">;

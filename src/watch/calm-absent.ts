import { formatTarget, readingKey, type Target } from "../domain/target.ts";
import { NO_PRESSURE } from "../domain/trend/pressure.ts";
import { isTroubled, withEvents, type WatchedTarget } from "../domain/watch.ts";
import type { ReadingSource } from "../ports/reading-source.ts";
import { tellCalm } from "./tell.ts";
import type { WatchDeps } from "./watch-deps.ts";

/** Reading keys of what a source has: what runs, and what is there and does not. */
export type Present = { readonly running: ReadonlySet<string>; readonly stopped: ReadonlySet<string> };

/**
 * Troubles of a source's containers that do not run any more are over: how many. One that was killed and lies there since is
 * a trouble still.
 */
export async function calmAbsent(deps: WatchDeps, source: ReadingSource, { running, stopped }: Present): Promise<number> {
  const { store, clock } = deps.desk;
  let calmed = 0;
  for (const watched of await store.watched.list(0)) {
    const { target, kills, seenAtMs } = watched;
    const key = readingKey(target);
    if (!isOf(source, target) || running.has(key)) continue;
    if (!isTroubled(watched, seenAtMs) || (stopped.has(key) && kills !== undefined)) continue;
    const { leak: _, ...rest } = watched;
    const after: WatchedTarget = { ...rest, pressure: NO_PRESSURE, seenAtMs: clock.nowMs() };
    if (isTroubled(after, after.seenAtMs)) continue; // killed a moment ago
    const says = `${formatTarget(target)} ${calmOf(target, stopped.has(key))}.`;
    await tellCalm(deps, { target, says }, async (tables) => {
      const now = withEvents(after, await tables.watched.get(key));
      if (isTroubled(now, now.seenAtMs)) return false;
      await tables.watched.put([now]);
      return true;
    });
    calmed += 1;
  }
  return calmed;
}

/** Is a target on the connection that is looked at? */
export function isOf({ kind, name }: Pick<ReadingSource, "kind" | "name">, target: Target): boolean {
  if (target.kind === "redis" || target.connection !== name) return false;
  return (target.kind === "docker") === (kind === "docker");
}

function calmOf({ kind }: Target, isStopped: boolean): string {
  if (kind === "node") return "is well again: nothing was killed on it for half an hour";
  return isStopped ? "was stopped" : "is not there any more: it was removed";
}

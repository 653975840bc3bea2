import { formatTarget, targetKey } from "../domain/target.ts";
import { NO_PRESSURE } from "../domain/trend/pressure.ts";
import { isTroubled, withEvents, type WatchedTarget } from "../domain/watch.ts";
import type { HostLook } from "./read-host.ts";
import { tellCalm } from "./tell.ts";
import type { WatchDeps } from "./watch-deps.ts";

/**
 * Troubles of a host's containers that do not run any more are over: how many. One that was killed and lies there since is
 * a trouble still.
 */
export async function calmAbsent(deps: WatchDeps, connection: string, { running, stopped }: HostLook): Promise<number> {
  const { store, clock } = deps.desk;
  let calmed = 0;
  for (const watched of await store.watched.list(0)) {
    const { target, kills, seenAtMs } = watched;
    if (target.kind !== "docker" || target.connection !== connection || running.has(target.name)) continue;
    if (!isTroubled(watched, seenAtMs) || (stopped.has(target.name) && kills !== undefined)) continue;
    const { leak: _, ...rest } = watched;
    const after: WatchedTarget = { ...rest, pressure: NO_PRESSURE, seenAtMs: clock.nowMs() };
    if (isTroubled(after, after.seenAtMs)) continue; // killed a moment ago
    const says = `${formatTarget(target)} ${stopped.has(target.name) ? "was stopped" : "is not there any more: it was removed"}.`;
    await tellCalm(deps, { target, says }, async (tables) => {
      const now = withEvents(after, await tables.watched.get(targetKey(target)));
      if (isTroubled(now, now.seenAtMs)) return false;
      await tables.watched.put([now]);
      return true;
    });
    calmed += 1;
  }
  return calmed;
}

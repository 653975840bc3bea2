import { OomphError } from "../domain/errors.ts";
import { formatTarget, targetKey, type ContainerTarget } from "../domain/target.ts";
import { NO_PRESSURE } from "../domain/trend/pressure.ts";
import { countKill, withMark, type Kills, type WatchedTarget } from "../domain/watch.ts";
import type { ContainerEvent } from "../ports/containers.ts";
import type { Tables } from "../ports/store.ts";
import { tell } from "./tell.ts";
import type { WatchDeps } from "./watch-deps.ts";

const SIGKILL_EXIT = 137;
/** The kernel's kill is told by an `oom` event just before the death; some daemons leave that out. */
const TOLD_ALREADY_MS = 10_000;

/** What a container's event means for the watch. Called once per event, and once more after a crash. */
export async function onContainerEvent(deps: WatchDeps, connection: string, event: ContainerEvent): Promise<void> {
  if (!deps.isWatched(connection, event.name)) return;
  const target: ContainerTarget = { kind: "docker", connection, name: event.name };
  switch (event.action) {
    case "oom":
      return onKill(deps, target, event);
    case "die":
      return onDeath(deps, target, event);
    case "start":
    case "update":
      return deps.desk.store.transaction((tables) => mark(tables, target, event));
    case "stop":
    case "kill":
    case "restart":
    case "create":
    case "destroy":
    case "rename":
    case "health_status":
    case "other":
      return undefined;
  }
}

async function onKill(deps: WatchDeps, target: ContainerTarget, event: ContainerEvent): Promise<void> {
  const before = await known(deps.desk.store, target, event);
  const killed = withKill(before, event);
  if (killed === before) return; // told before a crash
  const { kills } = killed;
  if (kills === undefined) return;
  await tell(deps, { target, kind: "killed", says: saysOf(target, kills), sinceMs: kills.firstMs }, async (tables) => {
    const now = await known(tables, target, event);
    await tables.watched.put([withKill(now, event)]);
  });
}

/** 137 alone is not an OOM kill: the daemon is asked. */
async function onDeath(deps: WatchDeps, target: ContainerTarget, event: ContainerEvent): Promise<void> {
  if (event.exitCode !== SIGKILL_EXIT) return;
  const before = await known(deps.desk.store, target, event);
  if (before.kills !== undefined && event.atMs - before.kills.lastMs < TOLD_ALREADY_MS) return;
  if (await wasOomKilled(deps, target, event)) await onKill(deps, target, event);
}

async function wasOomKilled({ hosts }: WatchDeps, { connection }: ContainerTarget, { containerId }: ContainerEvent): Promise<boolean> {
  try {
    return (await hosts.host(connection).inspect(containerId)).oomKilled;
  } catch (error) {
    if (error instanceof OomphError && error.code === "not-found") return false; // removed with its death: nothing is left to ask
    throw error;
  }
}

async function mark(tables: Tables, target: ContainerTarget, event: ContainerEvent): Promise<void> {
  const before = await known(tables, target, event);
  await tables.watched.put([withMark(before, { atMs: event.atMs, kind: event.action === "start" ? "restart" : "change" })]);
}

async function known({ watched }: Pick<Tables, "watched">, target: ContainerTarget, { atMs }: ContainerEvent): Promise<WatchedTarget> {
  return (await watched.get(targetKey(target))) ?? { target, seenAtMs: atMs, pressure: NO_PRESSURE, marks: [] };
}

/** The mark tells whether this very kill has been counted. */
function withKill(watched: WatchedTarget, { atMs }: ContainerEvent): WatchedTarget {
  if (watched.marks.some((one) => one.kind === "kill" && one.atMs === atMs)) return watched;
  return { ...withMark(watched, { atMs, kind: "kill" }), kills: countKill(watched.kills, atMs) };
}

function saysOf(target: ContainerTarget, { count, firstMs, lastMs }: Kills): string {
  const name = formatTarget(target);
  if (count === 1) return `The kernel killed a process in ${name} for want of memory.`;
  const seconds = Math.max(1, Math.round((lastMs - firstMs) / 1000));
  return `The kernel killed processes in ${name} for want of memory: ${count} kills within ${seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`}.`;
}

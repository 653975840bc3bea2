import { OomphError } from "../domain/errors.ts";
import { formatTarget, targetKey, type ContainerTarget } from "../domain/target.ts";
import { NO_PRESSURE } from "../domain/trend/pressure.ts";
import { countKill, hasMark, withMark, type Kills, type WatchedTarget } from "../domain/watch.ts";
import type { ContainerEvent, ContainerHost } from "../ports/containers.ts";
import type { Tables } from "../ports/store.ts";
import { tell, type Telling } from "./tell.ts";
import type { WatchDeps } from "./watch-deps.ts";

const SIGKILL_EXIT = 137;
/** The kernel's kill is told by an `oom` event just before the death; some daemons leave that out. */
const JUST_BEFORE_MS = 10_000;

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
  if (isCounted(await known(deps.desk.store, target, event), event)) return; // told before a crash
  await tell(deps, { target, lookInto: "seldom" }, async (tables) => {
    // Counted here, where no other kill can be counted at the same moment.
    const before = await known(tables, target, event);
    if (isCounted(before, event)) return [];
    const kills = countKill(before.kills, event.atMs);
    await tables.watched.put([{ ...withMark(before, { atMs: event.atMs, kind: "kill" }), kills }]);
    return [killNews(target, kills)];
  });
}

/** 137 alone is not an OOM kill: the daemon is asked. */
async function onDeath(deps: WatchDeps, target: ContainerTarget, event: ContainerEvent): Promise<void> {
  if (event.exitCode !== SIGKILL_EXIT) return;
  const host = deps.hosts.host(target.connection);
  if ((await wasOomKilled(host, event)) && !(await isToldByItself(host, event))) await onKill(deps, target, event);
}

async function wasOomKilled(host: ContainerHost, { containerId }: ContainerEvent): Promise<boolean> {
  try {
    return (await host.inspect(containerId)).oomKilled;
  } catch (error) {
    if (error instanceof OomphError && error.code === "not-found") return false; // removed with its death: nothing is left to ask
    throw error;
  }
}

/** Asked of the daemon, not of what has been counted: the two events may be worked on in either order, or at once. */
async function isToldByItself(host: ContainerHost, { atMs, containerId }: ContainerEvent): Promise<boolean> {
  const past = await host.pastEvents({ sinceMs: atMs - JUST_BEFORE_MS, untilMs: atMs + 1, container: containerId });
  return past.some(({ action }) => action === "oom");
}

/** A container that has not been looked at needs no marks yet. */
async function mark(tables: Tables, target: ContainerTarget, event: ContainerEvent): Promise<void> {
  const before = await tables.watched.get(targetKey(target));
  if (before === undefined) return;
  await tables.watched.put([withMark(before, { atMs: event.atMs, kind: event.action === "start" ? "restart" : "change" })]);
}

async function known({ watched }: Pick<Tables, "watched">, target: ContainerTarget, { atMs }: ContainerEvent): Promise<WatchedTarget> {
  return (await watched.get(targetKey(target))) ?? { target, seenAtMs: atMs, pressure: NO_PRESSURE, marks: [] };
}

function isCounted(watched: WatchedTarget, { atMs }: ContainerEvent): boolean {
  return hasMark(watched, { atMs, kind: "kill" });
}

function killNews(target: ContainerTarget, { count, firstMs, lastMs }: Kills): Telling {
  const name = formatTarget(target);
  if (count === 1) return { kind: "killed", says: `The kernel killed a process in ${name} for want of memory.`, sinceMs: firstMs };
  const seconds = Math.max(1, Math.round((lastMs - firstMs) / 1000));
  const within = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  return {
    kind: "killed",
    says: `The kernel killed processes in ${name} for want of memory: ${count} kills within ${within}.`,
    sinceMs: firstMs,
    isRepetition: !isPowerOfTwo(count),
  };
}

/** The second kill is worth a line in the timeline, the fourth, the eighth ...: a thousand kills are ten lines. */
function isPowerOfTwo(count: number): boolean {
  return Number.isInteger(Math.log2(count));
}

import { OomphError } from "../domain/errors.ts";
import { readingKey, type ContainerTarget } from "../domain/target.ts";
import { withMark } from "../domain/watch.ts";
import type { ContainerEvent, ContainerHost } from "../ports/containers.ts";
import type { Tables } from "../ports/store.ts";
import { recordKill } from "./record-kill.ts";
import type { WatchDeps } from "./watch-deps.ts";

const SIGKILL_EXIT = 137;
/** The kernel's kill is told by an `oom` event just before the death; some daemons leave that out. */
const JUST_BEFORE_MS = 10_000;

/** What a container's event means for the watch. Called once per event, and once more after a crash. */
export async function onContainerEvent(deps: WatchDeps, connection: string, event: ContainerEvent): Promise<void> {
  const target: ContainerTarget = { kind: "docker", connection, name: event.name };
  if (!deps.isWatched(target)) return;
  switch (event.action) {
    case "oom":
      return recordKill(deps, { target, atMs: event.atMs });
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

/** 137 alone is not an OOM kill: the daemon is asked. */
async function onDeath(deps: WatchDeps, target: ContainerTarget, event: ContainerEvent): Promise<void> {
  if (event.exitCode !== SIGKILL_EXIT) return;
  const host = deps.hosts.host(target.connection);
  if ((await wasOomKilled(host, event)) && !(await isToldByItself(host, event))) await recordKill(deps, { target, atMs: event.atMs });
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
  const before = await tables.watched.get(readingKey(target));
  if (before === undefined) return;
  await tables.watched.put([withMark(before, { atMs: event.atMs, kind: event.action === "start" ? "restart" : "change" })]);
}

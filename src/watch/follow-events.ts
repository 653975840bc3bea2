import type { ContainerEvent, ContainerHost } from "../ports/containers.ts";
import type { EventCursor } from "../ports/store.ts";
import { createLine, keepFollowing, type FollowDeps } from "./keep-following.ts";

/** What the watch wants to know of; everything else passes by. */
const WANTED: readonly ContainerEvent["action"][] = ["oom", "die", "start", "update"];
/** Events of the same moment may come out of their order, so what comes again is looked for as far back as this. */
const OVERLAP_NS = 2_000_000_000n;
/** As many events as a daemon itself remembers. */
const MOST_SEEN = 256;

/**
 * Follows a host's events until `signal` is aborted. Each wanted event becomes a job under an id of its own, so that what
 * comes twice, after a reconnection or to two replicas, is done once; the cursor moves on when it is queued, so that
 * nothing is lost.
 */
export async function followEvents(deps: FollowDeps, host: ContainerHost, signal: AbortSignal): Promise<void> {
  const source = `docker/${host.name}`;
  await keepFollowing(deps, { source, once: () => followOnce(deps, { host, source }, signal) }, signal);
}

type Followed = { readonly host: ContainerHost; readonly source: string };

async function followOnce(deps: FollowDeps, { host, source }: Followed, signal: AbortSignal): Promise<void> {
  const start = await startOf(deps, { host, source });
  const line = createLine();
  let cursor = start;
  // In their order, one after the other: the cursor never passes what is not queued.
  const onEvent = (event: ContainerEvent): void => {
    if (!WANTED.includes(event.action)) return;
    line.add(async () => {
      if (cursor.seen.includes(identityOf(event))) return;
      await enqueue(deps, host.name, event);
      cursor = movedOn(cursor, event);
      await deps.cursors.set(source, cursor);
    });
  };
  await host.follow(Number((BigInt(start.atNs) - OVERLAP_NS) / 1_000_000n), onEvent, AbortSignal.any([signal, line.broken]));
  await line.ended();
}

/** From where it was left; the first time from now on, by the daemon's own clock, which may differ from ours. */
async function startOf({ cursors }: FollowDeps, { host, source }: Followed): Promise<EventCursor> {
  const known = await cursors.get(source);
  if (known !== undefined) return known;
  const { nowMs } = await host.facts();
  const start: EventCursor = { atNs: `${Math.floor(nowMs)}000000`, seen: [] };
  await cursors.set(source, start); // a kill that comes while nobody listens is then heard of later
  return start;
}

async function enqueue({ queue }: FollowDeps, connection: string, event: ContainerEvent): Promise<void> {
  await queue.add("watch-event", { connection, event }, { id: `ev_${connection}_${identityOf(event)}`.replaceAll(":", "_") });
}

/** Two events of one container in the same nanosecond are told apart by what happened. */
function identityOf({ atNs, action, containerId }: ContainerEvent): string {
  return `${atNs}_${action}_${containerId.slice(0, 12)}`;
}

/** Wherever the event stands in time: a clock that was set back takes the cursor with it. */
function movedOn({ seen }: EventCursor, event: ContainerEvent): EventCursor {
  const fromNs = BigInt(event.atNs) - OVERLAP_NS;
  const near = seen.filter((identity) => BigInt(identity.slice(0, identity.indexOf("_"))) >= fromNs);
  return { atNs: event.atNs, seen: [...near, identityOf(event)].slice(-MOST_SEEN) };
}

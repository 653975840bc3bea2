import { messageOf } from "../domain/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { ContainerEvent, ContainerHost } from "../ports/containers.ts";
import type { JobQueue } from "../ports/job-queue.ts";
import type { Log } from "../ports/log.ts";
import type { CursorTable, EventCursor } from "../ports/store.ts";

export type FollowDeps = {
  readonly queue: Pick<JobQueue, "add">;
  readonly cursors: CursorTable;
  readonly clock: Clock;
  readonly log: Log;
};

/** What the watch wants to know of; everything else passes by. */
const WANTED: readonly ContainerEvent["action"][] = ["oom", "die", "start", "update"];
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
/** A stream that stood for so long begins anew with the shortest wait. */
const GOOD_STREAM_MS = 60_000;
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
  let retryMs = FIRST_RETRY_MS;
  while (!signal.aborted) {
    const beganAtMs = deps.clock.nowMs();
    try {
      await followOnce(deps, host, signal);
    } catch (error) {
      if (isAborted(signal)) return;
      deps.log.warn({ host: host.name, because: messageOf(error) }, "the events of a Docker host are not heard, trying again");
    }
    if (deps.clock.nowMs() - beganAtMs > GOOD_STREAM_MS) retryMs = FIRST_RETRY_MS;
    await deps.clock.sleep(retryMs, signal).catch(() => undefined); // aborted: the loop ends
    retryMs = Math.min(LAST_RETRY_MS, retryMs * 2);
  }
}

async function followOnce(deps: FollowDeps, host: ContainerHost, signal: AbortSignal): Promise<void> {
  const source = `docker/${host.name}`;
  const start = await startOf(deps, host, source);
  const broken = new AbortController();
  const until = AbortSignal.any([signal, broken.signal]);
  let cursor = start;
  let line: Promise<void> = Promise.resolve();
  // In their order, one after the other: the cursor never passes what is not queued.
  const onEvent = (event: ContainerEvent): void => {
    if (!WANTED.includes(event.action)) return;
    line = line.then(async () => {
      if (isAborted(broken.signal) || cursor.seen.includes(identityOf(event))) return;
      try {
        await enqueue(deps, host.name, event);
        cursor = movedOn(cursor, event);
        await deps.cursors.set(source, cursor);
      } catch (error) {
        broken.abort(error);
      }
    });
  };
  await host.follow(Number((BigInt(start.atNs) - OVERLAP_NS) / 1_000_000n), onEvent, until);
  await line;
  broken.signal.throwIfAborted();
}

/** From where it was left; the first time from now on, by the daemon's own clock, which may differ from ours. */
async function startOf({ cursors }: FollowDeps, host: ContainerHost, source: string): Promise<EventCursor> {
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

function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

import { messageOf } from "../domain/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { JobQueue } from "../ports/job-queue.ts";
import type { Log } from "../ports/log.ts";
import type { CursorTable } from "../ports/store.ts";

export type FollowDeps = {
  readonly queue: Pick<JobQueue, "add">;
  readonly cursors: CursorTable;
  readonly clock: Clock;
  readonly log: Log;
};

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
/** A stream that stood for so long begins anew with the shortest wait. */
const GOOD_STREAM_MS = 60_000;

/** Follows a source again and again, each time until it breaks, until `signal` is aborted. */
export async function keepFollowing(
  { clock, log }: FollowDeps,
  { source, once }: { /** `docker/local` */ readonly source: string; once(): Promise<void> },
  signal: AbortSignal,
): Promise<void> {
  let retryMs = FIRST_RETRY_MS;
  while (!signal.aborted) {
    const beganAtMs = clock.nowMs();
    try {
      await once();
    } catch (error) {
      if (isAborted(signal)) return;
      log.warn({ source, because: messageOf(error) }, "a Docker host or cluster is not heard, trying again");
    }
    if (clock.nowMs() - beganAtMs > GOOD_STREAM_MS) retryMs = FIRST_RETRY_MS;
    await clock.sleep(retryMs, signal).catch(() => undefined); // aborted: the loop ends
    retryMs = Math.min(LAST_RETRY_MS, retryMs * 2);
  }
}

/** Work that is done in its order, one after the other. What fails ends it: nothing after it is begun. */
export type Line = {
  add(work: () => Promise<void>): void;
  /** Aborted when something failed. */
  readonly broken: AbortSignal;
  /** Waits for what was added; throws what has failed. */
  ended(): Promise<void>;
};

export function createLine(): Line {
  const broken = new AbortController();
  let line: Promise<void> = Promise.resolve();
  return {
    broken: broken.signal,
    add(work) {
      line = line.then(async () => {
        if (isAborted(broken.signal)) return;
        try {
          await work();
        } catch (error) {
          broken.abort(error);
        }
      });
    },
    async ended() {
      await line;
      broken.signal.throwIfAborted();
    },
  };
}

function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

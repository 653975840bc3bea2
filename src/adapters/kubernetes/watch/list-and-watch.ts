import { OomphError, codeOf, messageOf, type ErrorCode } from "../../../domain/errors.ts";
import { given } from "../../../domain/given.ts";
import { pagesOf } from "../pages.ts";
import { Expired } from "../refusals.ts";
import { backOffMs, waitUnlessAborted } from "./back-off.ts";
import type { Follow, Followed, Follower } from "./follow.ts";
import { watchOnce } from "./watch-once.ts";

// Nothing that waiting mends at the beginning; later on each of them may be a server that is not quite up yet.
const HOPELESS: readonly ErrorCode[] = ["no-rights", "wrong-credentials", "bad-input"];
// Nobody waits for this list, and what it takes for a moment is kept by the process: 12 MiB less than with pages of 500.
const PAGE_SIZE = 100;
// A server that ends each watch at once is not asked in a circle.
const SHORT_MS = 1000;

/**
 * Lists, then watches from that version on, until `signal` is aborted. A watch that ends, breaks or fails is taken up at the
 * last version seen; where the server does not know that any more (410), the list is read anew. Throws only what cannot be
 * mended by waiting, and only before the first list was read.
 */
export async function listAndWatch(follow: Follow, followed: Followed, follower: Follower): Promise<void> {
  const { client, log, signal } = follow;
  const about = { connection: client.settings.name, what: followed.list, ...given({ namespace: followed.namespace }) };
  const at: { version?: string } = {};
  let hasBegun = false;
  let failures = 0;

  async function once(): Promise<void> {
    if (at.version === undefined) at.version = await readList(follow, followed, follower);
    hasBegun = true;
    const beganMs = Date.now();
    const goesOn = (): void => {
      if (failures > 0) log.info(about, "following a cluster goes on");
      failures = 0;
    };
    const onProgress = (version: string): void => {
      at.version = version;
      goesOn();
    };
    await watchOnce(follow, followed, { version: at.version, onProgress, changed: follower.changed });
    if (Date.now() - beganMs < SHORT_MS) throw new OomphError("unreachable", "The cluster ended a watch at once.");
    goesOn();
  }

  while (!signal.aborted) {
    try {
      await once();
    } catch (error) {
      if (signal.aborted) return;
      if (!hasBegun && followed.mustBegin && HOPELESS.includes(codeOf(error))) throw error;
      if (error instanceof Expired) delete at.version;
      failures += 1;
      if (failures === 1) log.warn({ ...about, because: messageOf(error) }, "following a cluster was interrupted");
      await waitUnlessAborted(backOffMs(error, failures, Math.random()), signal);
    }
  }
}

/** Page by page, all of one moment; its version. */
async function readList({ client, signal }: Follow, { list, namespace, fieldSelector }: Followed, follower: Follower): Promise<string> {
  const request = { call: list, query: given({ fieldSelector }), signal, ...given({ namespace }) };
  let version = "";
  follower.begin();
  for await (const { items, resourceVersion } of pagesOf(client, request, { consistent: true, pageSize: PAGE_SIZE })) {
    for (const item of items) follower.there(item);
    version = resourceVersion;
  }
  follower.listed();
  return version;
}

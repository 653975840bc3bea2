import type { Follow, Followed, Follower } from "./follow.ts";
import { listAndWatch } from "./list-and-watch.ts";

/**
 * Follows several lists at once. Of one alone a missing right is thrown; of several the others go on, and the one is asked
 * for again and again, as the log says. Resolves when all have ended; one that throws ends the others.
 */
export async function followAll(
  follow: Follow,
  all: readonly { readonly followed: Omit<Followed, "mustBegin">; readonly follower: Follower }[],
): Promise<void> {
  const abort = new AbortController();
  const onAbort = (): void => abort.abort(follow.signal.reason);
  if (follow.signal.aborted) return;
  follow.signal.addEventListener("abort", onAbort, { once: true });
  try {
    const inner = { ...follow, signal: abort.signal };
    const mustBegin = all.length === 1;
    await Promise.all(all.map(async ({ followed, follower }) => listAndWatch(inner, { ...followed, mustBegin }, follower)));
  } finally {
    follow.signal.removeEventListener("abort", onAbort);
    abort.abort();
  }
}

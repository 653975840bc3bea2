/** Calls to Docker hosts and clusters under way at the same time, over all of them. */
const MOST_CALLS = 20;

/** How many calls to each source may be under way, where so many sources are read at once. */
export function atOnceFor(sources: number): number {
  return Math.max(1, Math.floor(MOST_CALLS / Math.max(1, sources)));
}

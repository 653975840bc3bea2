import type { Picture } from "./picture.ts";
import type { History } from "../parts/schema.ts";

type Reading = History["readings"][number];

// The watch looks every five minutes; what it saw longer before does not tell of the moment.
const RECENT_MS = 12 * 60_000;

/** The median of what was used, over all that is remembered. Undefined: fewer than three readings. */
export function typicalBytes({ history }: Picture): number | undefined {
  const sorted = (history?.value.readings ?? []).map(({ usageBytes }) => usageBytes).toSorted((left, right) => left - right);
  return sorted.length < 3 ? undefined : sorted[Math.floor(sorted.length / 2)];
}

/** The last reading before a kill, where there is one near enough to it. */
export function beforeLastKill({ history }: Picture, killedAtMs: number | undefined): Reading | undefined {
  if (killedAtMs === undefined) return undefined;
  const before = history?.value.readings.findLast(({ atMs }) => atMs < killedAtMs);
  return before !== undefined && killedAtMs - before.atMs <= RECENT_MS ? before : undefined;
}

import { formatBytes } from "../../domain/bytes.ts";
import { counted } from "../../domain/count.ts";
import type { Reason } from "../../domain/finding.ts";
import { percent } from "../words.ts";
import type { Focus } from "./focus.ts";
import { reason, type Picture } from "./picture.ts";

/** The reason that memory verdicts begin with. Undefined: its use was not read. */
export function usageReason(picture: Picture, { usage, limitBytes, share, container }: Focus): Reason | undefined {
  if (usage === undefined) return undefined;
  const of =
    limitBytes === undefined ? ", and it has no limit: it may take what its node has" : ` of its limit of ${formatBytes(limitBytes)}`;
  const shown = share === undefined ? "" : ` (${percent(share)})`;
  return reason(picture, "usage", `${container?.name ?? usage.container} uses ${formatBytes(usage.workingSetBytes)}${of}${shown}`);
}

/** One pod or all of them? Undefined: there is one only. */
export function replicasReason(picture: Picture, { all }: Focus): Reason | undefined {
  if (all.length < 2) return undefined;
  const killed = all.filter(({ judgement }) => judgement.killed);
  if (killed.length === 0) return undefined;
  const of = counted(all.length, "pod");
  if (killed.length === all.length)
    return reason(picture, "pods", `all ${of} were killed so: it is the program, its limit or what they share`);
  if (killed.length > 1) return reason(picture, "pods", `${killed.length} of ${of} were killed so`);
  const name = killed[0]?.podCase.pod.name ?? "";
  return reason(
    picture,
    "pods",
    `only ${name} of ${of} was killed so: look for what is special to it, such as its traffic, its shard or its node`,
  );
}

/** The last reading before its end, where one is near enough to it. */
export function beforeEnd({ readings, judgement }: Focus): { readonly atMs: number; readonly usageBytes: number } | undefined {
  const endMs = judgement.end?.finishedAtMs;
  if (endMs === undefined) return undefined;
  const before = readings?.readings.findLast(({ atMs }) => atMs < endMs);
  return before !== undefined && endMs - before.atMs <= RECENT_MS ? before : undefined;
}

/** The median of what was used. Undefined: fewer than three readings. */
export function typicalBytes({ readings }: Focus): number | undefined {
  const sorted = (readings?.readings ?? []).map(({ usageBytes }) => usageBytes).toSorted((left, right) => left - right);
  return sorted.length < 3 ? undefined : sorted[Math.floor(sorted.length / 2)];
}

// The watch looks every five minutes.
const RECENT_MS = 12 * 60_000;

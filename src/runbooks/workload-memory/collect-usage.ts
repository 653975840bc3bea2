import type { Json } from "../../domain/json.ts";
import type { Trend, MemoryReading } from "../../domain/memory.ts";
import type { Clock } from "../../ports/clock.ts";
import type { MemoryHistory } from "../../ports/memory-history.ts";
import { someAtOnce } from "../some-at-once.ts";
import type { WorkloadSession } from "./session.ts";

const HISTORY_BACK_MS = 24 * 3_600_000;
const MAX_READINGS = 300;
const MOST_SERIES = 24;
const AT_ONCE = 4;

/** Memory per container, now. */
export async function collectUsage({ usage }: WorkloadSession, clock: Clock, signal: AbortSignal): Promise<Json> {
  const { from, containers } = await usage(signal);
  return { atMs: clock.nowMs(), from, containers };
}

export type HistoryDeps = { readonly history: MemoryHistory; readonly clock: Clock };

/** What the watch remembers of the last day of the pods that stand first, thinned out evenly, and what it makes of it. */
export async function collectHistory({ target, name, pods }: WorkloadSession, { history, clock }: HistoryDeps): Promise<Json> {
  const found = await pods();
  const places = found.pods.flatMap((pod) =>
    pod.containers
      .filter(({ role }) => role === "main" || role === "sidecar")
      .map((container) => ({ pod: pod.name, container: container.name })),
  );
  const read = await someAtOnce(places.slice(0, MOST_SERIES), AT_ONCE, async (place) => {
    const container = { kind: "workload", connection: target.connection, ...name, ...place } as const;
    const readings = await history.readings(container, clock.nowMs() - HISTORY_BACK_MS);
    return { ...place, readings: series(readings, await history.trend(container)) };
  });
  const failed = read.find((one) => one.status === "rejected");
  const told = read.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  if (told.length === 0 && failed !== undefined) throw failed.reason;
  return { series: told.filter(({ readings }) => readings.readings.length > 0) };
}

type Series = { readonly readings: readonly MemoryReading[]; readonly trend: Trend | undefined };

function series(readings: readonly MemoryReading[], trend: Trend | undefined): Series {
  const step = Math.ceil(readings.length / MAX_READINGS);
  // Counted from the end, so that the newest is always kept.
  return { readings: readings.filter((_each, at) => (readings.length - 1 - at) % step === 0), trend };
}

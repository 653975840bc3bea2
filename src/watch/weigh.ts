import { formatBytes } from "../domain/bytes.ts";
import type { MemoryReading } from "../domain/memory.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import { nextPressure, NO_PRESSURE, type PressureSettings } from "../domain/trend/pressure.ts";
import type { LeakSuspicion } from "../domain/trend/suspect-leak.ts";
import { isTroubled, LEAK_FORGOTTEN_MS, withMark, type Suspicion, type WatchedTarget, type WatchMark } from "../domain/watch.ts";

/** Something to be told of a target; `says` is a sentence with figures and units. */
export type WatchNews = { readonly kind: "warning" | "critical" | "leak" | "calm"; readonly says: string };

export type Weighed = { readonly watched: WatchedTarget; readonly news: readonly WatchNews[] };

export type Weighing = {
  readonly target: Target;
  readonly reading: MemoryReading;
  /** What the detectors say of the readings, this one included. */
  readonly suspicion: LeakSuspicion;
  readonly settings: PressureSettings;
};

/** How a target stands after one more reading, and what of that is news. Pure. */
export function weigh(before: WatchedTarget | undefined, { target, reading, suspicion, settings }: Weighing): Weighed {
  const known = before ?? { target, seenAtMs: reading.atMs, pressure: NO_PRESSURE, marks: [] };
  const pressure = nextPressure(known.pressure, reading, settings);
  const leak = leakAfter(known.leak, suspicion, reading.atMs);
  const { leak: _, ...rest } = known;
  const marked = marksOf(known, reading).reduce<WatchedTarget>(withMark, rest);
  const watched: WatchedTarget = {
    ...marked,
    seenAtMs: reading.atMs,
    newest: reading,
    pressure,
    ...(leak === undefined ? {} : { leak }),
  };
  return { watched, news: newsOf(known, watched, reading) };
}

function newsOf(before: WatchedTarget, after: WatchedTarget, reading: MemoryReading): readonly WatchNews[] {
  const name = formatTarget(after.target);
  const { level } = after.pressure;
  const rose = level !== "ok" && level !== before.pressure.level && !(before.pressure.level === "critical");
  const leaks = after.leak !== undefined && before.leak === undefined;
  const calmed = isTroubled(before, before.seenAtMs) && !isTroubled(after, reading.atMs);
  return [
    ...(rose ? [{ kind: level, says: `${name} uses ${used(reading)}.` } as const] : []),
    ...(leaks ? [{ kind: "leak", says: `${name} seems to leak: ${after.leak?.says ?? ""}` } as const] : []),
    ...(calmed
      ? [{ kind: "calm", says: `${name} is well again: it uses ${used(reading)}, and nothing was killed for half an hour.` } as const]
      : []),
  ];
}

function leakAfter(leak: Suspicion | undefined, suspicion: LeakSuspicion, atMs: number): Suspicion | undefined {
  if (suspicion.kind !== "none") return { sinceMs: leak?.sinceMs ?? atMs, says: suspicion.says };
  if (leak === undefined) return undefined;
  const quietSinceMs = leak.quietSinceMs ?? atMs;
  return atMs - quietSinceMs >= LEAK_FORGOTTEN_MS ? undefined : { ...leak, quietSinceMs };
}

function marksOf({ newest, marks }: WatchedTarget, { startedAtMs, limitBytes, atMs }: MemoryReading): readonly WatchMark[] {
  if (newest === undefined) return [];
  const restarted = startedAtMs !== undefined && newest.startedAtMs !== undefined && startedAtMs !== newest.startedAtMs;
  const isChangeKnown = marks.some((mark) => mark.kind === "change" && mark.atMs > newest.atMs);
  return [
    ...(restarted ? [{ atMs: startedAtMs, kind: "restart" } as const] : []),
    ...(limitBytes === newest.limitBytes || isChangeKnown ? [] : [{ atMs, kind: "change" } as const]),
  ];
}

/** `1.8 GiB of its limit of 2.0 GiB (90%), and 100.0 MiB of 1.0 GiB of swap` */
export function used({ usageBytes, limitBytes, swap }: MemoryReading): string {
  if (limitBytes === undefined) return `${formatBytes(usageBytes)}, without a limit of its own`;
  const beside = swap === undefined ? "" : `, and ${formatBytes(swap.usedBytes)} of ${formatBytes(swap.limitBytes)} of swap`;
  return `${formatBytes(usageBytes)} of its limit of ${formatBytes(limitBytes)} (${Math.round((100 * usageBytes) / limitBytes)}%)${beside}`;
}

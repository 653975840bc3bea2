import { formatDuration } from "../domain/duration.ts";
import type { Clock } from "../ports/clock.ts";
import type { Row } from "./effect.ts";
import type { Health } from "./stored-schema.ts";

export type VerificationSettings = {
  /** So many readings in a row must agree before memory counts as steady. */
  readonly readings: number;
  readonly intervalMs: number;
  readonly healthTimeoutMs: number;
};

/** What a target of some kind shows of itself, read again and again after an act. */
export type Watching<Vitals extends Watchable> = {
  readonly read: () => Promise<Vitals>;
  /** Memory in use; undefined: there is none to be read, it does not run. */
  readonly sizeBytes: (vitals: Vitals) => number | undefined;
  /** Readings are alike when they lie within the larger of the two. */
  readonly alikeWithin: { readonly bytes: number; readonly share: number };
  /** Is the act still at work in the target? Then memory is not steady, however alike its readings are. */
  readonly isUnderWay?: (vitals: Vitals) => boolean;
};

export type Watchable = { readonly health?: Health | undefined };

export type Watched<Vitals> = {
  readonly last: Vitals;
  /** The last ones, as many as must agree or fewer, oldest first. */
  readonly readings: readonly Vitals[];
  /** From the first of them to the last. */
  readonly spanMs: number;
  readonly steady: boolean;
};

// Times the readings that must agree. Caches fill after a start; a service behind a circuit breaker needs a while to see
// that what it needs is back.
const PATIENCE = 5;
// A health check that has not decided yet has a period of grace.
const PENDING_PATIENCE_MS = 120_000;

/** Reads until memory is steady and the health check content, or until waiting longer would tell no more. Changes nothing. */
export async function watchUntilSteady<Vitals extends Watchable>(
  { clock, verification }: { readonly clock: Clock; readonly verification: VerificationSettings },
  watching: Watching<Vitals>,
): Promise<Watched<Vitals>> {
  const { readings: wanted, intervalMs } = verification;
  const beganAtMs = clock.nowMs();
  const taken: { readonly vitals: Vitals; readonly atMs: number }[] = [];
  for (;;) {
    const last = await watching.read();
    taken.push({ vitals: last, atMs: clock.nowMs() });
    const recent = taken.slice(-wanted);
    const readings = recent.map(({ vitals }) => vitals);
    const steady = readings.length >= wanted && areAlike(readings, watching) && watching.isUnderWay?.(last) !== true;
    const isPending = last.health?.pending === true && clock.nowMs() - beganAtMs < PENDING_PATIENCE_MS;
    const hasSeenEnough = (steady && last.health?.ok !== false) || taken.length >= wanted * PATIENCE;
    if (hasSeenEnough && !isPending) return { last, readings, steady, spanMs: (recent.at(-1)?.atMs ?? 0) - (recent[0]?.atMs ?? 0) };
    await clock.sleep(intervalMs);
  }
}

/** Did memory come to rest? */
export function steadyRow<Vitals>({ readings, steady, spanMs }: Watched<Vitals>): Row {
  const after = steady ? `yes, ${readings.length} readings alike` : `no, still moving over ${formatDuration(spanMs)}`;
  return { what: "Memory steady", before: "-", after, ok: steady };
}

function areAlike<Vitals extends Watchable>(readings: readonly Vitals[], { sizeBytes, alikeWithin }: Watching<Vitals>): boolean {
  const sizes = readings.flatMap((vitals) => sizeBytes(vitals) ?? []);
  if (sizes.length < readings.length) return false;
  const most = Math.max(...sizes);
  return most - Math.min(...sizes) <= Math.max(alikeWithin.bytes, most * alikeWithin.share);
}

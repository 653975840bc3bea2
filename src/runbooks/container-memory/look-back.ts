import { formatDuration } from "../../domain/duration.ts";
import type { ContainerFacts } from "../../ports/containers.ts";
import type { Picture } from "./picture.ts";

/** Over how much time what is kept of a container is looked at, where nobody says. */
export const USUAL_BACK_MS = 24 * 3_600_000;
// Kills and orders stand shortly before the end that they lead to.
const BEFORE_END_MS = 60_000;

/**
 * How far back to look when somebody says how far: that, but for a stopped container at least to its end, which is what is
 * looked into. `nowMs` by the host's clock.
 */
export function askedBack({ state, finishedAtMs }: ContainerFacts, askedMs: number, nowMs: number): number {
  const ended = state === "exited" || state === "dead" || state === "restarting";
  if (!ended || finishedAtMs === undefined) return askedMs;
  return Math.max(askedMs, Math.min(nowMs - finishedAtMs + BEFORE_END_MS, USUAL_BACK_MS));
}

/** `in the last 24 h`. Docker forgets its events; of days it is said that it may have. */
export function inTheLast({ state }: Picture): string {
  const backMs = state?.value.lookBackMs ?? USUAL_BACK_MS;
  const span = backMs === USUAL_BACK_MS ? "24 h" : formatDuration(backMs);
  return `in the last ${span}${backMs > USUAL_BACK_MS ? ", as far as Docker remembers" : ""}`;
}

import type { PodContainer, PodFacts, RunState } from "../../domain/workload.ts";

const BY_SIGKILL = 137;

/** How much a pod needs a closer look: killed ones above restarted ones above those that are not ready. 0: it is well. Pure. */
export function troubleOf(pod: PodFacts): number {
  const worst = Math.max(0, ...pod.containers.map(troubleIn));
  if (pod.reason === "Evicted") return 6;
  return Math.max(worst, pod.phase === "Failed" || pod.phase === "Unknown" ? 3 : 0, pod.phase === "Pending" ? 1 : 0);
}

/** Those in trouble first, of those alike the one that ended last. Pure. */
export function byTrouble(left: PodFacts, right: PodFacts): number {
  return troubleOf(right) - troubleOf(left) || lastEndOf(right) - lastEndOf(left) || (left.name < right.name ? -1 : 1);
}

/** Did this life of a container end badly? */
export function hasEnded({ lastState, state }: PodContainer): boolean {
  return lastState?.kind === "terminated" || (state?.kind === "terminated" && state.exitCode !== 0);
}

function troubleIn(container: PodContainer): number {
  const { state, lastState, restarts, ready, role } = container;
  if (isOom(state)) return 7;
  if (isOom(lastState)) return 6;
  if (isKill(state) || isKill(lastState)) return 5;
  if (state?.kind === "waiting" && restarts > 0) return 4;
  if (hasEnded(container)) return 3;
  if (restarts > 0) return 2;
  return ready === false && role === "main" ? 1 : 0;
}

function isOom(state: RunState | undefined): boolean {
  return state?.kind === "terminated" && state.reason === "OOMKilled";
}

function isKill(state: RunState | undefined): boolean {
  return state?.kind === "terminated" && state.exitCode === BY_SIGKILL;
}

function lastEndOf({ containers }: PodFacts): number {
  const ends = containers.flatMap(({ state, lastState }) =>
    [state, lastState].flatMap((one) => (one?.kind === "terminated" ? (one.finishedAtMs ?? 0) : 0)),
  );
  return Math.max(0, ...ends);
}

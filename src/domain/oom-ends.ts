import type { PodContainer } from "./workload.ts";

/** When a container of a pod was ended for want of memory, as its state and its last state tell: the earlier life first, in ms since 1970. */
export function oomEndsMs({ state, lastState }: Pick<PodContainer, "state" | "lastState">): readonly number[] {
  return [lastState, state].flatMap((end) =>
    end?.kind === "terminated" && end.reason === "OOMKilled" && end.finishedAtMs !== undefined ? [end.finishedAtMs] : [],
  );
}

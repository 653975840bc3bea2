import type { Evidence, StepFailure } from "../../domain/evidence.ts";
import type { Reason } from "../../domain/finding.ts";
import { readEvidence, restsOn, type Gap, type Seen } from "../seen.ts";
import { Events, Kernel, Pods, State } from "./schema.ts";

/** All that is known of a node. Undefined: not collected. */
export type Picture = {
  readonly state: Seen<State> | undefined;
  readonly pods: Seen<Pods> | undefined;
  readonly events: Seen<Events> | undefined;
  readonly kernel: Seen<Kernel> | undefined;
  readonly gaps: readonly Gap[];
};

type Part = Exclude<keyof Picture, "gaps">;

export const STEPS = { state: "k8s.node", pods: "k8s.node-pods", events: "k8s.events", kernel: "k8s.kernel" } as const satisfies Record<
  Part,
  string
>;

/** Puts evidence together. Evidence that does not read as its step's type is a gap, not an error. */
export function assemble(evidence: readonly Evidence[], failures: readonly StepFailure[]): Picture {
  const { seen, gaps } = readEvidence(evidence, failures);
  return {
    state: seen(STEPS.state, State),
    pods: seen(STEPS.pods, Pods),
    events: seen(STEPS.events, Events),
    kernel: seen(STEPS.kernel, Kernel),
    gaps: gaps(),
  };
}

/** A reason that rests on this part of the picture. Pure. */
export function reason(picture: Picture, part: Part, says: string): Reason {
  return restsOn(picture[part], STEPS[part], says);
}

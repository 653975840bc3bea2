import type { Planned } from "../../domain/plan.ts";
import type { Surroundings } from "../../domain/workload.ts";
import type { ObjectNow, ObjectPlace } from "../../ports/cluster-acts.ts";
import { radiusOfRollout, type Radius } from "./blast-radius.ts";
import { planChange, type Change } from "./change.ts";
import type { KubernetesActionDeps } from "./deps.ts";
import type { WorkloadSession } from "./session.ts";

/** A workload's object as it is, what guards or moves it, and what a changed template would bring about. */
export type Rollout = {
  readonly place: ObjectPlace;
  readonly object: ObjectNow;
  readonly surroundings: Surroundings;
  readonly radius: Radius;
};

export async function readRollout(session: WorkloadSession): Promise<Rollout> {
  const place = { of: "workload", ...session.name } as const;
  const [object, surroundings] = await Promise.all([session.acts.read(place), session.cluster.surroundings(session.name)]);
  return { place, object, surroundings, radius: radiusOfRollout(session, object.definition, surroundings) };
}

/** The plan of a change to a template. */
export function planRollout(
  deps: KubernetesActionDeps,
  { session, rollout }: { readonly session: WorkloadSession; readonly rollout: Rollout },
  change: Omit<Change, "place" | "object" | "touched" | "followed">,
): Promise<Planned> {
  const { place, object, surroundings, radius } = rollout;
  return planChange(deps, session, {
    ...change,
    place,
    object,
    touched: radius.touched,
    warnings: [...change.warnings, ...radius.warnings, ...(surroundings.gaps ?? [])],
    followed: radius.rolls,
  });
}

import type { Json } from "../domain/json.ts";
import type { ActionDoc, Planned } from "../domain/plan.ts";
import type { Target } from "../domain/target.ts";

/** Planning as commands see it: which actions there are, and what one would do now. Nothing here changes a target. */
export type Planner = {
  readonly actions: readonly ActionDoc[];
  /** An unknown action or bad params are refused with what was expected; a target that is away throws OomphError. */
  plan(actionId: string, target: Target, params: Readonly<Record<string, Json>>): Promise<Planned>;
};

/** Which targets there are, so that a name can be looked up, and a typo answered with the nearest. */
export type Targets = {
  readonly all: readonly Target[];
  /** Other names of a target, from the configuration: hosts, services. */
  aliases(target: Target): readonly string[];
};

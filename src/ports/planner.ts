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
  /** What can be named now: what is configured, and what runs on configured hosts as of a few seconds ago; `anew`: as of now. Never throws. */
  list(as?: "anew"): Promise<TargetList>;
  /** Is the target, or the host that it is on, still in the configuration? */
  isConfigured(target: Target): boolean;
};

export type TargetList = {
  readonly known: readonly KnownTarget[];
  /** Hosts that did not answer: what is on them cannot be named now. */
  readonly missing: readonly { readonly source: string; readonly because: string }[];
};

export type KnownTarget = {
  readonly target: Target;
  /** Other names of it: hosts and services of a Redis, ids and the compose service of a container. */
  readonly aliases: readonly string[];
};

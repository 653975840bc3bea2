import type { ErrorCode } from "../domain/errors.ts";
import type { Json } from "../domain/json.ts";
import type { ActionDoc, Planned } from "../domain/plan.ts";
import type { Target, WorkloadResource } from "../domain/target.ts";

/** Planning as commands see it: which actions there are, and what one would do now. Nothing here changes a target. */
export type Planner = {
  readonly actions: readonly ActionDoc[];
  /** An unknown action or bad params are refused with what was expected; a target that is away throws OomphError. */
  plan(actionId: string, target: Target, params: Readonly<Record<string, Json>>): Promise<Planned>;
  /** The right that Oomph lacks for an action, as a sentence; undefined: none, or nobody can tell now. */
  lacks(actionId: string, target: Target): Promise<string | undefined>;
};

/** Which targets there are, so that a name can be looked up, and a typo answered with the nearest. */
export type Targets = {
  /** What can be named now: what is configured, and what runs on configured hosts as of a few seconds ago; `anew`: as of now. Never throws. */
  list(as?: "anew"): Promise<TargetList>;
  /**
   * An object of a cluster, a pod as its owner narrowed to it: asked of the cluster, which knows more than can be listed.
   * Absent: no cluster is configured. Never throws.
   */
  lookUp?(asked: AskedObject): Promise<LookedUp>;
  /** The kinds of targets of which something is configured. */
  kinds(): readonly Target["kind"][];
  /** Is the target, or the host that it is on, still in the configuration? */
  isConfigured(target: Target): boolean;
};

/** An object of Kubernetes as somebody named it. */
export type AskedObject = {
  /** Absent: any cluster. */
  readonly connection?: string;
  readonly resource: WorkloadResource | "node";
  /** Absent: any namespace. */
  readonly namespace?: string;
  readonly name: string;
  /** One pod of it, which need not be there any more. */
  readonly pod?: string;
  /** One container of the pod. */
  readonly container?: string;
};

export type LookedUp = {
  /** Several: the same name in several namespaces or clusters. */
  readonly targets: readonly Target[];
  /** A clause, where there is none: what was looked for, what is still known, and where to look. */
  readonly because?: string;
  /** Why a cluster could not say whether there is one; it need not be that there is none. */
  readonly unanswered?: ErrorCode;
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

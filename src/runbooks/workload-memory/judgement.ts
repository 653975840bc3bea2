import type { Reason } from "../../domain/finding.ts";
import type { PodContainer } from "../../domain/workload.ts";
import type { Cause } from "./end-causes.ts";
import type { KillSigns } from "./kill-signs.ts";
import type { End } from "./pod-case.ts";

export type PodVerdict =
  | "oom-killed"
  | "oom-killed-child"
  | "oom-killed-recovered"
  | "misreported"
  | "evicted"
  | "not-oom"
  | "undetermined";

/** What became of one container. */
export type Judgement = {
  readonly verdict: PodVerdict;
  readonly confidence: number;
  readonly for: readonly Reason[];
  readonly against: readonly Reason[];
  readonly container?: PodContainer;
  /** The end that it is about. */
  readonly end?: End;
  /** Something of it was killed for want of memory, whatever it is called. */
  readonly killed: boolean;
  /** Whose memory was short. */
  readonly scope: KillSigns["scope"];
  /** What else ended it. */
  readonly cause?: Cause;
  /** It could not be seen at all. */
  readonly blind: boolean;
};

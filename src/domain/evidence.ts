import type { ErrorCode } from "./errors.ts";
import type { Json } from "./json.ts";

/** What one step of a runbook saw. A saved Evidence replays to the same Finding. */
export type Evidence = {
  /** `ev_...` */
  readonly id: string;
  /** Id of the step that collected it, for example `redis.memory`. */
  readonly step: string;
  readonly collectedAtMs: number;
  readonly tookMs: number;
  /** Where it was read, for example `redis/sessions (10.0.0.5:6379)`. Never holds a secret. */
  readonly source: string;
  /** The step's own type; checked again when read back. Secrets are masked before they get here. */
  readonly data: Json;
};

/** A step that could not be carried out: said in the report, the others go on. */
export type StepFailure = {
  readonly step: string;
  readonly code: ErrorCode;
  /** What was expected, what came, what to do. */
  readonly because: string;
  readonly tookMs: number;
};

/** For the progress message: one line per step. */
export type StepProgress = {
  readonly step: string;
  readonly title: string;
  readonly state:
    | { readonly kind: "waiting" }
    | { readonly kind: "running" }
    | { readonly kind: "done"; readonly tookMs: number }
    /** There was nothing to look at: nothing of it is configured, or it is not there. */
    | { readonly kind: "skipped"; readonly because: string }
    | { readonly kind: "failed"; readonly because: string; readonly tookMs: number };
};

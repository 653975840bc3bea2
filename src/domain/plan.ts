import type { Json } from "./json.ts";
import type { Target, TargetKind } from "./target.ts";

/** `none`: the target stays as it is; something outside is written, such as a pull request. */
export type Risk = "none" | "change" | "disruptive" | "destructive";

/** What people need to know to ask for an action. */
export type ActionDoc = {
  /** `redis.flush-db`; stable, policies name it. */
  readonly id: string;
  /** What a button says: "Flush database". */
  readonly title: string;
  readonly risk: Risk;
  readonly targetKind: TargetKind;
  /** For help and for the refusal of a bad parameter. */
  readonly params: readonly { readonly name: string; readonly says: string; readonly required: boolean }[];
};

/** What an action would do to a target now. Frozen with the request; shown whole to the one who approves. */
export type Plan = {
  readonly actionId: string;
  readonly target: Target;
  readonly risk: Risk;
  /** One sentence: "Flush database 2 of redis/sessions: 12,345 keys go". */
  readonly summary: string;
  readonly changes: readonly { readonly what: string; readonly before: string; readonly after: string }[];
  /** Who and what is touched beside the target. */
  readonly blastRadius: readonly string[];
  /** What the approver must know: "only buys time", "lost on restart". */
  readonly warnings: readonly string[];
  /** How it is undone, or why it cannot be. */
  readonly wayBack: string;
  /** What must be typed before it may be approved, such as `sessions 2`; absent: a click is enough. */
  readonly confirm?: string;
  /** Params as planned, bounds included: planning again with these on an unchanged target gives an equal scope. */
  readonly params: Readonly<Record<string, Json>>;
  /**
   * Exactly what is approved: with actionId and target it is hashed into the plan hash. Holds what must not change
   * between approval and execution (identity of the server, values before, bounds), and nothing that flutters.
   */
  readonly scope: Readonly<Record<string, Json>>;
  /** Readings before the act, for verification and observation. Not hashed. */
  readonly before: Readonly<Record<string, Json>>;
};

export type Planned = { readonly kind: "planned"; readonly plan: Plan } | { readonly kind: "refused"; readonly because: string };

/** Asked after an act: did it help? */
export type Verification = {
  readonly helped: boolean;
  /** One sentence: what is better, or that it did not help and what to try. */
  readonly says: string;
  /** It did what it is for, and the target is still in trouble, as after a way back: the incident goes on. */
  readonly troubled?: true;
  /** Measured, with units. */
  readonly rows: readonly { readonly what: string; readonly before: string; readonly after: string; readonly ok: boolean }[];
};

/** Asked after a crash or a failure. `partly` ends as failed, with what was done and what is left. */
export type Observation =
  | { readonly kind: "done"; readonly says: string }
  | { readonly kind: "not-done"; readonly says: string }
  | { readonly kind: "partly"; readonly says: string }
  | { readonly kind: "unknown"; readonly says: string };

/** Another action, as one that has ended proposes it. */
export type Proposed = { readonly actionId: string; readonly params: Readonly<Record<string, Json>> };

/** What lasts beyond an act that helped. */
export type Afterwards = {
  /** Sentences for the thread. */
  readonly says: readonly string[];
  readonly files: readonly ThreadFile[];
  readonly offers: readonly (Proposed & { /** A sentence for the reader. */ readonly why: string })[];
};

/** A file for the thread: text, or bytes of any kind as base64. */
export type ThreadFile = { readonly name: string; readonly title: string } & (
  | { readonly text: string; readonly base64?: never }
  | { readonly base64: string; readonly text?: never }
);

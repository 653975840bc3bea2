import type { Json } from "./json.ts";

/** Something that speaks for or against a finding, with the evidence that it rests on. */
export type Reason = {
  readonly evidenceId: string;
  /** A clause with figures and units. */
  readonly says: string;
};

/** An action that would help, and why. Not yet planned, not yet asked for. */
export type Advice = {
  readonly actionId: string;
  readonly params: Readonly<Record<string, Json>>;
  /** What it would do for this incident, for the one who decides; says so when it only buys time. */
  readonly why: string;
};

/** A verdict or hypothesis. `confidence` is 0 to 1. */
export type Finding = {
  /** A stable kebab-case name such as `full-under-noeviction`, `healthy`, `undetermined`. */
  readonly verdict: string;
  /** The verdict as a sentence for someone woken at three in the morning. */
  readonly headline: string;
  readonly confidence: number;
  readonly for: readonly Reason[];
  readonly against: readonly Reason[];
  readonly advice: readonly Advice[];
};

/** What an alert claims, held against what was measured now. It says nothing of the cause. */
export type ClaimCheck = {
  /** Sentences: the claim, what was measured, and whether that bears it out. */
  readonly says: string;
  readonly holds: "borne-out" | "not-borne-out" | "cannot-be-checked";
  readonly for: readonly Reason[];
  readonly against: readonly Reason[];
};

/** What an investigation came to. */
export type Diagnosis = {
  readonly finding: Finding;
  /** Other explanations that the evidence leaves open, the likelier first. */
  readonly hypotheses: readonly Finding[];
  /** Facts for "Evidence Summary": label and value with units. */
  readonly summary: readonly { readonly label: string; readonly value: string }[];
  /** What stands out ("Suspicious Requests" in request runbooks; largest prefixes and keys for a Redis). */
  readonly suspects:
    | {
        readonly title: string;
        readonly columns: readonly string[];
        readonly rows: readonly (readonly string[])[];
        /** All that there is, whether it stands out or not. */
        readonly ofAll?: boolean;
      }
    | undefined;
  /** Kills for want of memory that the evidence proves; absent: none. */
  readonly kills?: {
    /** The newest, where its time is known. */
    readonly lastAtMs?: number;
    /** A sentence. */
    readonly says: string;
  };
  /** Of a Redis: it took writes as it was looked at, or nothing says that it refused them. Absent: it was full, or nobody knows. */
  readonly hadRoom?: true;
  /** Of the alert that began it; absent: none did, or its kind claims nothing that can be measured. */
  readonly claim?: ClaimCheck;
  /** Things to do that Oomph cannot do itself: code to change, teams to ask. */
  readonly furtherSteps: readonly string[];
};

import type { Evidence, StepFailure } from "../domain/evidence.ts";
import type { Reason } from "../domain/finding.ts";
import type { Json } from "../domain/json.ts";
import type { Schema } from "./parts/schema.ts";

/** A value with the evidence that it was read from. */
export type Seen<Value> = { readonly evidenceId: string; readonly value: Value };

/** Something that could not be looked at; `step` names what is missing. */
export type Gap = { readonly step: string; readonly code: string; readonly because: string };

export type EvidenceReader = {
  /** What a step saw; undefined: it was not collected, had nothing to look at, or does not read as the step's type, which is a gap. */
  seen<Value>(step: string, schema: Schema<Value>): Seen<Value> | undefined;
  /** Steps that failed, and those that were asked for and did not read. */
  gaps(): readonly Gap[];
};

export function readEvidence(evidence: readonly Evidence[], failures: readonly StepFailure[]): EvidenceReader {
  const unread: Gap[] = [];
  return {
    seen(step, schema) {
      const found = evidence.findLast((each) => each.step === step);
      if (found === undefined) return undefined;
      // As it is stored: what is undefined is not there.
      const parsed = schema.safeParse(JSON.parse(JSON.stringify(found.data)));
      if (parsed.success) return { evidenceId: found.id, value: parsed.data };
      if (!isNothing(found.data))
        unread.push({ step, code: "internal", because: "what was collected does not read as this step's evidence" });
      return undefined;
    },
    gaps: () => [...failures.map(({ step, code, because }) => ({ step, code, because })), ...unread],
  };
}

/** A reason with the evidence it rests on; for what was not collected, the step's own name stands in. Pure. */
export function restsOn(seen: Seen<unknown> | undefined, step: string, says: string): Reason {
  return { evidenceId: seen?.evidenceId ?? step, says };
}

/** Is it what a step says of which nothing is configured? */
export function isNotConfigured(data: Json): boolean {
  return kindOf(data) === "not-configured";
}

/** What a step says that has nothing to look at: that is no failure. */
export function notThere(because: string): Json {
  return { kind: "not-there", because };
}

/** Why there was nothing to look at, as `notThere` said it. */
export function whyNotThere(data: Json): string | undefined {
  if (typeof data !== "object" || data === null || kindOf(data) !== "not-there") return undefined;
  return "because" in data && typeof data["because"] === "string" ? data["because"] : undefined;
}

function isNothing(data: Json): boolean {
  return isNotConfigured(data) || whyNotThere(data) !== undefined;
}

function kindOf(data: Json): Json | undefined {
  return typeof data === "object" && data !== null && "kind" in data ? data["kind"] : undefined;
}

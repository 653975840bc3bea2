import type { AlertClaim } from "../../domain/alert-claim.ts";
import type { ClaimCheck, Diagnosis, Reason } from "../../domain/finding.ts";

/** What was measured of that which an alert claims, by one source. */
export type Measure = Reason & {
  readonly overThreshold: boolean;
  /** Two reads some seconds apart: it may show that something grows, and never that it does not within an hour. */
  readonly glance?: true;
};

export type Claim = {
  /** A clause after "The alert says that". */
  readonly says: string;
  /** The surest source first. */
  readonly measures: readonly Measure[];
  /** A clause: why there is no measure, and what would give one. */
  readonly otherwise: string;
};

/** Holds a claim against what was measured: the surest source decides, and what the others say is told. Pure. */
export function checkClaim({ says, measures, otherwise }: Claim, alert?: AlertClaim): ClaimCheck {
  const over = measures.filter(({ overThreshold }) => overThreshold);
  const under = measures.filter(({ overThreshold }) => !overThreshold);
  const deciding = measures.find(({ glance, overThreshold }) => glance === undefined || overThreshold);
  const reasons = { for: over.map(asReason), against: under.map(asReason) };
  const claim = `The alert says that ${says}${bySender(alert)}.`;
  if (deciding === undefined) {
    const glanced = measures.map((measure) => `${measure.says}, which is no hour; `).join("");
    return { says: `${claim} It cannot be checked: ${glanced}${otherwise}.`, holds: "cannot-be-checked", ...reasons };
  }
  const others = measures.filter((measure) => measure !== deciding && measure.overThreshold !== deciding.overThreshold);
  const but = others.map((measure) => `; otherwise by another measure: ${measure.says}`).join("");
  if (!deciding.overThreshold) return { says: `${claim} Not borne out: ${deciding.says}${but}.`, holds: "not-borne-out", ...reasons };
  const caveat = deciding.glance === undefined ? "" : " A moment is no hour: it may be less.";
  return { says: `${claim} Measured: ${deciding.says}${but}.${caveat}`, holds: "borne-out", ...reasons };
}

/** The diagnosis with the claim in front of the evidence summary; nothing else of it changes. Pure. */
export function withClaim(diagnosis: Diagnosis, claim: ClaimCheck): Diagnosis {
  return { ...diagnosis, claim, summary: [{ label: "The alert", value: claim.says }, ...diagnosis.summary] };
}

/** What its sender measured; what is no figure is not repeated. */
function bySender({ value = "" }: AlertClaim = {}): string {
  return /^-?\d[\d.,eE+-]{0,20}( ?[\w%/]{1,8})?$/.test(value) ? ` (its sender measured ${value})` : "";
}

function asReason({ evidenceId, says }: Measure): Reason {
  return { evidenceId, says };
}

import { z } from "zod";
import type { ErrorCode } from "../../../domain/errors.ts";
import type { StepFailure } from "../../../domain/evidence.ts";
import type { ClaimCheck, Diagnosis, Finding } from "../../../domain/finding.ts";
import { params } from "../plan/schema.ts";

const reasons = z.array(z.object({ evidenceId: z.string(), says: z.string() }));

const StoredFinding = z.object({
  verdict: z.string(),
  headline: z.string(),
  confidence: z.number(),
  for: reasons,
  against: reasons,
  advice: z.array(z.object({ actionId: z.string(), params, why: z.string() })),
}) satisfies z.ZodType<Finding>;

const StoredSuspects = z.object({
  title: z.string(),
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string())),
  ofAll: z.boolean().exactOptional(),
});

const StoredClaim = z.object({
  says: z.string(),
  holds: z.enum(["borne-out", "not-borne-out", "cannot-be-checked"]),
  for: reasons,
  against: reasons,
}) satisfies z.ZodType<ClaimCheck>;

/** What an investigation came to, as it is stored. */
export const StoredDiagnosis = z
  .object({
    finding: StoredFinding,
    hypotheses: z.array(StoredFinding),
    summary: z.array(z.object({ label: z.string(), value: z.string() })),
    suspects: StoredSuspects.exactOptional(),
    kills: z.object({ lastAtMs: z.number().exactOptional(), says: z.string() }).exactOptional(),
    hadRoom: z.literal(true).exactOptional(),
    claim: StoredClaim.exactOptional(),
    furtherSteps: z.array(z.string()),
  })
  // JSON leaves an undefined property out; the domain wants to see it.
  .transform(({ suspects, ...rest }) => ({ ...rest, suspects })) satisfies z.ZodType<Diagnosis>;

/** A step that could not look, as it is stored. */
export const StoredFailure = z.object({
  step: z.string(),
  code: z.custom<ErrorCode>((value) => typeof value === "string"),
  because: z.string(),
  tookMs: z.number(),
}) satisfies z.ZodType<StepFailure>;

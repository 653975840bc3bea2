import { z } from "zod";
import { SEVERITIES } from "../../../domain/alert.ts";
import type { AlertClaim } from "../../../domain/alert-claim.ts";
import type { AlertIdentity } from "../../../domain/alert-identity.ts";
import type { EndedAlert } from "../../../ports/ended-table.ts";
import { json } from "../json/schema.ts";

const said = z.string().exactOptional();

const StoredIdentity = z.object({
  name: said,
  pod: said,
  container: said,
  instance: said,
  severity: said,
}) satisfies z.ZodType<AlertIdentity>;

export const StoredLabels = z.record(z.string(), z.array(z.string()));

export const StoredClaim = z.object({
  severity: z.enum(SEVERITIES).exactOptional(),
  value: said,
  threshold: z.object({ amount: z.number(), unit: z.enum(["bytes", "share", "plain"]) }).exactOptional(),
  refusesWrites: z.literal(true).exactOptional(),
}) satisfies z.ZodType<AlertClaim>;

export const EndedSchema = z.object({
  fingerprint: z.string(),
  alert: json(StoredIdentity),
  startsAtMs: z.int().exactOptional(),
  atMs: z.int(),
}) satisfies z.ZodType<EndedAlert>;

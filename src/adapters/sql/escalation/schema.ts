import { z } from "zod";
import type { Escalation } from "../../../domain/escalation.ts";
import { json } from "../json/schema.ts";

const ms = z.int();
const count = z.int().nonnegative();

export const EscalationSchema = z.object({
  id: z.string(),
  incidentId: z.string(),
  kind: z.enum(["github-issue", "mail"]),
  key: z.string(),
  event: z.enum(["warning", "leak", "critical", "killed", "resolved"]),
  says: z.string(),
  raisedAtMs: ms,
  lastRaisedAtMs: ms,
  times: count,
  sentTimes: count,
  state: z.enum(["due", "sent", "failed"]),
  dueSinceMs: ms,
  attempts: count,
  nextAttemptAtMs: ms,
  firstAttemptAtMs: ms.exactOptional(),
  claimedUntilMs: ms.exactOptional(),
  lastError: z.string().exactOptional(),
  sentAtMs: ms.exactOptional(),
  externalId: z.string().exactOptional(),
  externalUrl: z.string().exactOptional(),
  reached: json(z.array(z.string())),
  told: z.enum(["late", "refused"]).exactOptional(),
}) satisfies z.ZodType<Escalation>;

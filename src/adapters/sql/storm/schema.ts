import { z } from "zod";
import { ALERT_SOURCES, SEVERITIES, type AlertWords } from "../../../domain/alert.ts";
import { INCIDENT_TRANSITIONS, PROBLEMS, type IncidentState } from "../../../domain/incident.ts";
import type { MemberAlert, Storm, StormMember } from "../../../domain/storm.ts";
import { StoredClaim } from "../heard/schema.ts";
import { StoredTarget, StoredTrait } from "../plan/schema.ts";
import { json } from "../json/schema.ts";

export const StormSchema = z.object({
  id: z.string(),
  channel: z.string(),
  trait: json(StoredTrait),
  state: z.enum(["active", "over"]),
  beganAtMs: z.int(),
  lastMemberAtMs: z.int(),
  endedAtMs: z.int().exactOptional(),
}) satisfies z.ZodType<Storm>;

const LOOKS = { queued: "running", running: "running", done: "done", failed: "done" } as const;

export const StormMemberSchema = z
  .object({
    incidentId: z.string(),
    stormId: z.string(),
    runbookId: z.string(),
    target: json(StoredTarget),
    problem: z.enum(PROBLEMS),
    state: z.custom<IncidentState>(
      (value) => typeof value === "string" && Object.hasOwn(INCIDENT_TRANSITIONS, value),
      "expected a state of an incident",
    ),
    severity: z.enum(SEVERITIES).exactOptional(),
    timesSeen: z.int(),
    openedAtMs: z.int(),
    look: z.enum(["queued", "running", "done", "failed"]).exactOptional(),
    headline: z.string().exactOptional(),
    isOut: z.int(),
  })
  .transform(({ look, isOut, ...rest }) => ({
    ...rest,
    look: look === undefined ? ("waiting" as const) : LOOKS[look],
    isOut: isOut === 1,
  })) satisfies z.ZodType<StormMember>;

const said = z.string().exactOptional();

const StoredWords = z.object({
  says: z.string(),
  severity: z.enum(SEVERITIES).nullable(),
  source: z.enum(ALERT_SOURCES),
  words: said,
  value: said,
  link: said,
}) satisfies z.ZodType<AlertWords>;

export const MemberAlertSchema = z.object({
  alert: json(z.object({ words: StoredWords.exactOptional(), claim: StoredClaim.exactOptional() }) satisfies z.ZodType<MemberAlert>),
});

import { z } from "zod";
import { ALERT_CLASSES } from "../../../domain/alert.ts";
import { PROBLEMS } from "../../../domain/incident.ts";
import type { Silence, Silenced } from "../../../domain/silence.ts";
import type { Attention } from "../../../ports/quiet-tables.ts";
import { StoredTarget } from "../plan/schema.ts";
import { json } from "../json/schema.ts";

const ms = z.int();
// PostgreSQL counts in bigint, which comes as text.
const figure = z.coerce.number();

const StoredSilenced = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("target"), pattern: z.string(), problem: z.enum(PROBLEMS).exactOptional() }),
  z.object({ kind: z.literal("problem"), problem: z.enum(PROBLEMS) }),
  z.object({ kind: z.literal("label"), name: z.string(), pattern: z.string() }),
  z.object({ kind: z.literal("channel"), channel: z.string() }),
  z.object({ kind: z.literal("storm"), stormId: z.string() }),
]) satisfies z.ZodType<Silenced>;

export const SilenceSchema = z
  .object({
    id: z.string(),
    what: json(StoredSilenced),
    kills: z.int(),
    untilMs: ms.exactOptional(),
    byUser: z.string(),
    atMs: ms,
    reason: z.string().exactOptional(),
  })
  .transform(({ byUser, kills, ...rest }): Silence => ({ ...rest, kills: kills === 1, by: byUser }));

export const HushCountSchema = z.object({ byId: z.string(), count: figure, kills: figure, waiting: figure });

export const HushSpanSchema = z.object({ count: figure, firstAtMs: figure.exactOptional(), lastAtMs: figure.exactOptional() });

/** Those of one matter that are alike bad and of one class. `severityRank`: its place among SEVERITIES, after them for none. */
export const HushedPartSchema = z.object({
  matter: z.string(),
  fingerprint: z.string().exactOptional(),
  target: json(StoredTarget).exactOptional(),
  problem: z.enum(PROBLEMS).exactOptional(),
  class: z.enum(ALERT_CLASSES).exactOptional(),
  channel: z.string(),
  severityRank: figure,
  says: z.string(),
  count: figure,
  firstAtMs: figure,
  lastAtMs: figure,
});
export type HushedPart = z.infer<typeof HushedPartSchema>;

export const AttentionSchema = z.object({
  incidentId: z.string(),
  sinceMs: ms,
  attendedBy: z.string().exactOptional(),
  attendedAtMs: ms.exactOptional(),
  mentionedAtMs: ms.exactOptional(),
  spreadAtMs: ms.exactOptional(),
}) satisfies z.ZodType<Attention>;

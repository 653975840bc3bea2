import { z } from "zod";
import { ALERT_CLASSES, ALERT_SOURCES, SEVERITIES } from "../../../domain/alert.ts";
import type { Stray } from "../../../domain/stray.ts";
import { StoredTarget } from "../plan/schema.ts";
import { json } from "../json/schema.ts";

export const StraySchema = z
  .object({
    id: z.string(),
    channel: z.string(),
    roundMs: z.int(),
    name: z.string(),
    threadTs: z.string().exactOptional(),
    source: z.enum(ALERT_SOURCES),
    class: z.enum(ALERT_CLASSES),
    severityRank: z.int(),
    says: z.string(),
    because: z.string(),
    count: z.int(),
    lastAtMs: z.int(),
    chosen: json(z.object({ target: z.string(), userId: z.string() })).exactOptional(),
  })
  .transform(({ severityRank, ...rest }): Stray => ({ ...rest, severity: SEVERITIES[severityRank] ?? null }));

export const StrayTargetsSchema = z.object({ targets: json(z.array(StoredTarget)) });

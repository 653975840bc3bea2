import { z } from "zod";
import type { MemoryReading } from "../../../domain/memory.ts";
import type { PressureState } from "../../../domain/trend/pressure.ts";
import type { WatchedTarget } from "../../../domain/watch.ts";
import type { EventCursor } from "../../../ports/store.ts";
import { StoredTarget } from "../plan/schema.ts";

const ms = z.number().nonnegative();
const level = z.enum(["ok", "warning", "critical"]);

export const ReadingSchema = z.object({
  atMs: ms,
  usageBytes: z.number().nonnegative(),
  limitBytes: z.number().positive().exactOptional(),
  startedAtMs: ms.exactOptional(),
  swap: z.object({ usedBytes: z.number().nonnegative(), limitBytes: z.number().nonnegative() }).exactOptional(),
}) satisfies z.ZodType<MemoryReading>;

const PressureSchema = z.object({
  level,
  asked: z.object({ level, times: z.int().positive() }).exactOptional(),
}) satisfies z.ZodType<PressureState>;

const WatchedState = z.object({
  target: StoredTarget,
  seenAtMs: ms,
  newest: ReadingSchema.exactOptional(),
  pressure: PressureSchema,
  leak: z.object({ sinceMs: ms, says: z.string(), quietSinceMs: ms.exactOptional() }).exactOptional(),
  kills: z.object({ count: z.int().positive(), firstMs: ms, lastMs: ms }).exactOptional(),
  marks: z.array(z.object({ atMs: ms, kind: z.enum(["kill", "restart", "change"]) })),
}) satisfies z.ZodType<WatchedTarget>;

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: "custom", message: "expected JSON" });
    return z.NEVER;
  }
});

export const WatchedSchema = z.object({ state: json.pipe(WatchedState) });

export const CursorSchema = z.object({
  cursor: json.pipe(z.object({ atNs: z.string().regex(/^\d+$/), seen: z.array(z.string()) })),
}) satisfies z.ZodType<{ readonly cursor: EventCursor }>;

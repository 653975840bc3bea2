import { z } from "zod";
import type { FunctionMemory } from "../../domain/heap/top-functions.ts";

const Base64 = z.base64();

/** What the reading process is given. */
export const Asked = z.object({ title: z.string(), profile: Base64, earlier: Base64.exactOptional() });
export type Asked = z.output<typeof Asked>;

const Top = z.array(
  z.object({ name: z.string(), flatBytes: z.number(), cumBytes: z.number(), inlined: z.enum(["no", "some", "all"]) }),
) satisfies z.ZodType<readonly FunctionMemory[]>;

/** What it answers. */
export const Answer = z.object({
  totalBytes: z.number(),
  takenAtMs: z.number().exactOptional(),
  durationMs: z.number(),
  top: Top,
  growth: z.object({ totalBytes: z.number(), elapsedMs: z.number(), top: Top }).exactOptional(),
  flameSvg: z.string(),
});
export type Answer = z.output<typeof Answer>;

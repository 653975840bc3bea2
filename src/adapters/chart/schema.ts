import { z } from "zod";
import type { MemoryChart } from "../../ports/chart.ts";

const Reading = z.object({
  atMs: z.number(),
  usageBytes: z.number(),
  limitBytes: z.number().exactOptional(),
  startedAtMs: z.number().exactOptional(),
});

export const ReceivedChart = z.object({
  title: z.string(),
  subtitle: z.string(),
  readings: z.array(Reading).min(1),
  forecast: z.object({ bytesPerHour: z.number(), interval: z.tuple([z.number(), z.number()]), untilMs: z.number() }).exactOptional(),
  marks: z.array(z.object({ atMs: z.number(), kind: z.enum(["kill", "restart", "change"]), label: z.string() })),
}) satisfies z.ZodType<MemoryChart>;
export type ReceivedChart = z.output<typeof ReceivedChart>;

/** What the drawing process is given: the figures of a chart, or a drawing that needs only to become a picture. */
export const ToDraw = z.union([ReceivedChart, z.object({ svg: z.string().min(1) })]);
export type ToDraw = MemoryChart | { readonly svg: string };

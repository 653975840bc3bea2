import { z } from "zod";

// What Prometheus' HTTP API answers, as far as it is needed. Source: prometheus.io, HTTP API.

const labels = z.record(z.string(), z.string());

export const Answer = z.object({
  status: z.enum(["success", "error"]),
  data: z.unknown().optional(),
  errorType: z.string().optional(),
  error: z.string().optional(),
});

export const TargetsData = z.object({
  activeTargets: z.array(
    z.object({
      labels,
      discoveredLabels: labels.default({}),
      scrapeUrl: z.string().default(""),
      lastError: z.string().default(""),
      lastScrape: z.string().default(""),
      health: z.string(),
    }),
  ),
});

export const MatrixData = z.object({
  resultType: z.literal("matrix"),
  result: z.array(z.object({ metric: labels, values: z.array(z.tuple([z.number(), z.string()])) })),
});

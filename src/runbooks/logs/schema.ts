import { z } from "zod";

// What is kept of logs. Times in milliseconds since 1970, secrets masked.

const count = z.number().nonnegative();

export const PATTERN_KINDS = [
  "worker-killed",
  "event-bus",
  "heap",
  "allocation",
  "process-limit",
  "oom-text",
  "shm",
  "connections",
  "output",
  "user",
] as const;

export const PatternHits = z.object({
  name: z.string(),
  kind: z.enum(PATTERN_KINDS),
  /** `jvm`, `node`, ... where the pattern tells. */
  of: z.string().optional(),
  count,
  firstAtMs: count,
  lastAtMs: count,
  /** The last such line, masked and cut. */
  sample: z.string(),
});
export type PatternHits = Readonly<z.infer<typeof PatternHits>>;

/** What stands at the end of one log. */
export const Logs = z.object({
  lines: count,
  /** More was there than was read. */
  truncated: z.boolean(),
  fromMs: count.optional(),
  toMs: count.optional(),
  patterns: z.array(PatternHits),
  /** Added patterns that took too long and were given up. */
  givenUp: z.array(z.string()),
});
export type Logs = Readonly<z.infer<typeof Logs>>;

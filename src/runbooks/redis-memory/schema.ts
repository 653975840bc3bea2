import { z } from "zod";

// What the steps of this runbook store as evidence. Sizes in bytes, databases by their 0-based index.

/** What reads a value of unknown shape. */
export type Schema<Value> = z.ZodType<Value>;

const count = z.number().nonnegative();

/** A step looks at every server of a connection; what one refused stands beside what the others told. */
export const PerNode = z.object({
  nodes: z.array(
    z.union([
      z.object({ address: z.string(), value: z.unknown() }),
      z.object({ address: z.string(), code: z.string(), because: z.string() }),
    ]),
  ),
});

/** Fields of INFO or parameters of CONFIG, as the server wrote them. */
export const Fields = z.record(z.string(), z.string());
export type Fields = Readonly<z.infer<typeof Fields>>;

export const MemoryStats = z.record(z.string(), z.number());
export type MemoryStats = Readonly<z.infer<typeof MemoryStats>>;

export const Probe = z.object({
  kind: z.enum(["accepted", "refused-oom", "refused-read-only", "refused-misconf", "refused-no-replicas", "no-rights"]),
  /** The server's own words, when it refused. */
  error: z.string().optional(),
});
export type Probe = Readonly<z.infer<typeof Probe>>;

export const Client = z.object({
  id: z.string(),
  address: z.string(),
  name: z.string(),
  user: z.string(),
  command: z.string(),
  ageSeconds: count,
  idleSeconds: count,
  outputBufferBytes: count,
  queryBufferBytes: count,
  totalBytes: count,
  flags: z.string(),
});
export type Client = Readonly<z.infer<typeof Client>>;

/** Sums are over all clients but replicas; `largest` are those with the largest output buffers. */
export const Clients = z.object({
  count,
  outputBufferBytes: count,
  queryBufferBytes: count,
  /** Output buffers of replicas. */
  replicaBufferBytes: count,
  largest: z.array(Client),
});
export type Clients = Readonly<z.infer<typeof Clients>>;

/** What was counted in a sample of keys; `sized...` in those whose size was asked for. */
const sampled = {
  sampled: count,
  withoutTtl: count,
  sized: count,
  sizedBytes: count,
  /** Sum of squares, for the interval of an extrapolated size. */
  sizedSquares: count,
  /** Median of the idle times; absent when the server does not tell (LFU) or forbids it. */
  medianIdleSeconds: count.optional(),
};

export const PrefixCensus = z.object({ prefix: z.string(), ...sampled });
export type PrefixCensus = Readonly<z.infer<typeof PrefixCensus>>;

export const LargeKey = z.object({
  key: z.string(),
  type: z.string(),
  sizeBytes: count,
  ttlMs: count.optional(),
  idleSeconds: count.optional(),
});
export type LargeKey = Readonly<z.infer<typeof LargeKey>>;

export const DatabaseCensus = z.object({
  database: count,
  /** All keys there, by DBSIZE. */
  keys: count,
  /** Every key was looked at: shares are exact. */
  complete: z.boolean(),
  ...sampled,
  /** The largest groups, by bytes where sizes are known, else by count. */
  prefixes: z.array(PrefixCensus),
  /** The largest of those whose size was asked for. */
  largestKeys: z.array(LargeKey),
});
export type DatabaseCensus = Readonly<z.infer<typeof DatabaseCensus>>;

export const Census = z.object({ databases: z.array(DatabaseCensus) });

/** INFO twice, `intervalMs` apart. */
export const Growth = z.object({ intervalMs: count, first: Fields, second: Fields });
export type Growth = Readonly<z.infer<typeof Growth>>;

export const Surroundings = z.object({
  /** Limit of the container or host, as configured. */
  memoryLimitBytes: count.optional(),
  /** The database that the investigation was asked for. */
  database: count.optional(),
  /** Masters of a Cluster that did not answer. */
  missing: z.array(z.object({ address: z.string(), because: z.string() })).default([]),
});

export const Health = z.union([
  z.object({ kind: z.literal("answered"), status: count, tookMs: count }),
  z.object({ kind: z.literal("no-answer"), because: z.string() }),
]);
export type Health = Readonly<z.infer<typeof Health>>;

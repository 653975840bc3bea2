import { z } from "zod";
import { Health } from "../../stored-schema.ts";

// What a plan on a container carries through the store: written by one process, read by another. Values of environments
// are in here only where somebody asked for them and they are no secrets.

const count = z.number().nonnegative();

/** The kernel's count in the cgroup, what the watch heard, the events that Docker remembers, its mark OOMKilled. */
const KILL_SOURCES = ["kernel", "watch", "events", "mark"] as const;
export type KillSource = (typeof KILL_SOURCES)[number];

/** How a container is doing, read before an act and again after it. */
export const Vitals = z.object({
  id: z.string(),
  state: z.string(),
  exitCode: z.number(),
  startedAtMs: count.optional(),
  restartCount: count,
  oomKilled: z.boolean(),
  /** Of its own; absent: the host's memory is the limit. */
  limitBytes: count.optional(),
  hostBytes: count,
  /** Working set; absent where it does not run. */
  usageBytes: count.optional(),
  /** Beside it; absent: it may use none, or that is not known. */
  swap: z.object({ usedBytes: count, limitBytes: count }).optional(),
  /** Cores' worth of CPU time: 2.08 is 208%. */
  cpuCores: count.optional(),
  workers: z.object({ server: z.string(), masters: count, workers: count }).optional(),
  /** OOM kills within `killsWithinMs`, by the best source there was. */
  kills: count,
  killsWithinMs: count,
  killsBy: z.array(z.enum(KILL_SOURCES)).default(["events"]),
  /** All that the kernel has counted since `startedAtMs`; absent where its files cannot be read. */
  kernelKills: count.optional(),
  /** Lines that tell of too little memory, within `linesWithinMs`; absent where the log cannot be read. */
  lines: z.array(z.object({ name: z.string(), count })).optional(),
  linesWithinMs: count,
  health: Health.optional(),
});
export type Vitals = z.output<typeof Vitals>;

export const Before = z.object({ vitals: Vitals });

const Memory = z.object({ memoryBytes: z.number(), memorySwapBytes: z.number() });

export const MemoryScope = z.object({ id: z.string(), from: Memory, to: Memory });

export const RestartScope = z.object({ id: z.string(), state: z.string() });

const RestartPolicy = z.object({ name: z.string(), maximumRetryCount: z.number() });

/** What a re-creation is approved for. The id pins every value of the environment: a container cannot change its own. */
export const RecreateScope = z.object({
  id: z.string(),
  imageId: z.string(),
  /** SHA-256 of all that could be changed without another id: limits, networks, policies. */
  rest: z.string(),
  set: z.record(z.string(), z.string()),
  unset: z.array(z.string()),
  memory: z.object({ from: Memory, to: Memory }).optional(),
});
export type RecreateScope = z.output<typeof RecreateScope>;

export const RecreateBefore = Before.extend({
  restartPolicy: RestartPolicy,
  /** The container that the change before this one left, removed once this one stands. */
  replaces: z.string().optional(),
});

export const RollbackScope = z.object({
  /** The container that comes back. */
  previous: z.string(),
  /** The one that goes; absent: it is gone already. */
  current: z.string().optional(),
  state: z.string(),
});

export const RollbackBefore = Before.extend({ restartPolicy: RestartPolicy });

export const RemoveScope = z.object({ previous: z.string() });

export const ProposeScope = z.object({
  repository: z.string(),
  /** Of the pull request, and what it goes into. */
  branch: z.string(),
  base: z.string(),
  path: z.string(),
  /** SHA-256 of the file before and after. */
  before: z.string(),
  after: z.string(),
});

export const ProposeCheckpoint = z.object({ number: z.number(), url: z.string() });

import { z } from "zod";
import { Kill } from "../parts/schema.ts";

// What the steps of this runbook store as evidence. Sizes in bytes, times in milliseconds since 1970, secrets masked.

const count = z.number().nonnegative();

/** `docker.state`: what inspect says. */
export const State = z.object({
  id: z.string(),
  name: z.string(),
  image: z.string(),
  state: z.enum(["created", "running", "paused", "restarting", "removing", "exited", "dead"]),
  /** When it was read, by Oomph's clock. */
  atMs: count,
  createdAtMs: count,
  startedAtMs: count.optional(),
  finishedAtMs: count.optional(),
  exitCode: z.number(),
  oomKilled: z.boolean(),
  error: z.string(),
  /** Of the main process, as the host counts; 0 when not running. */
  pid: count,
  restartCount: count,
  restartPolicy: z.string(),
  health: z.object({ status: z.string(), failingStreak: count, lastOutput: z.string() }).optional(),
  /** Entrypoint and command in one line. */
  commandLine: z.string(),
  /** How far back was looked, where somebody said how far: log and readings too. */
  lookBackMs: count.optional(),
  /** Of a Compose file, where it comes from one. */
  composeService: z.string().optional(),
  resources: z.object({
    memoryLimitBytes: count.optional(),
    memoryReservationBytes: count.optional(),
    memorySwapBytes: z.union([count, z.literal("unlimited")]).optional(),
    oomKillDisabled: z.boolean(),
    cpuQuotaCores: z.number().positive().optional(),
    cpuset: z.string().optional(),
    cpusetCores: z.number().positive().optional(),
    pidsLimit: z.number().optional(),
  }),
});
export type State = Readonly<z.infer<typeof State>>;

/** `docker.host` */
export const Host = z.object({
  hostname: z.string(),
  serverVersion: z.string(),
  kernel: z.string(),
  cores: z.number().positive(),
  memoryBytes: count,
  cgroupVersion: z.union([z.literal(1), z.literal(2)]),
});
export type Host = Readonly<z.infer<typeof Host>>;

export const StatsReading = z.object({
  atMs: count,
  usageBytes: count,
  rawUsageBytes: count,
  limitBytes: count,
  anonBytes: count.optional(),
  fileBytes: count.optional(),
  shmemBytes: count.optional(),
  kernelBytes: count.optional(),
  peakBytes: count.optional(),
  failCount: count.optional(),
  pids: count,
  cpuTotalNs: count,
  systemCpuNs: count,
  onlineCpus: count,
  throttledPeriods: count,
});
export type StatsReading = Readonly<z.infer<typeof StatsReading>>;

/** `docker.stats`: two readings. */
export const Stats = z.object({ first: StatsReading, second: StatsReading });
export type Stats = Readonly<z.infer<typeof Stats>>;

/** `docker.events`: what happened to the container, oldest first. */
export const Events = z.object({
  sinceMs: count,
  untilMs: count,
  /** The oldest that the daemon still knows of anything on its host; absent: it knows none. */
  oldestMs: count.optional(),
  events: z.array(z.object({ atMs: count, action: z.string(), exitCode: z.number().optional() })),
});
export type Events = Readonly<z.infer<typeof Events>>;

/** `docker.cgroup`: what the kernel counts for the container, and the memory of the host. Absent: the file was not there. */
export const Cgroup = z.object({
  version: z.union([z.literal(1), z.literal(2)]),
  /** Absent: `max`. */
  limitBytes: count.optional(),
  usageBytes: count.optional(),
  peakBytes: count.optional(),
  anonBytes: count.optional(),
  fileBytes: count.optional(),
  shmemBytes: count.optional(),
  kernelBytes: count.optional(),
  inactiveFileBytes: count.optional(),
  /** Since the container was started. */
  oomKills: count.optional(),
  /** How often the limit was hit. */
  limitHits: count.optional(),
  /** Beside memory; the limit is of swap alone, absent: none of its own. */
  swapUsedBytes: count.optional(),
  swapLimitBytes: count.optional(),
  /** Processes and threads, which is another controller's: now, at most (absent: no limit), and how many were refused. */
  pids: count.optional(),
  pidsLimit: count.optional(),
  pidsRefused: count.optional(),
  hostTotalBytes: count.optional(),
  hostSwapTotalBytes: count.optional(),
  hostSwapFreeBytes: count.optional(),
  hostAvailableBytes: count.optional(),
});
export type Cgroup = Readonly<z.infer<typeof Cgroup>>;

/** `docker.kernel`: kills in the kernel's log. */
export const Kernel = z.object({
  /** As far as the log goes back. */
  sinceMs: count,
  /** Of processes of this container. */
  kills: z.array(Kill),
  /** Of other processes, the host's memory being exhausted. */
  otherGlobalKills: count,
});
export type Kernel = Readonly<z.infer<typeof Kernel>>;

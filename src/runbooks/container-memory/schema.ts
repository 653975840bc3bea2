import { z } from "zod";

// What the steps of this runbook store as evidence. Sizes in bytes, times in milliseconds since 1970, secrets masked.

/** What reads a value of unknown shape. */
export type Schema<Value> = z.ZodType<Value>;

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
  events: z.array(z.object({ atMs: count, action: z.string(), exitCode: z.number().optional() })),
});
export type Events = Readonly<z.infer<typeof Events>>;

export const ROLES = ["master", "worker", "helper", "single"] as const;

/** Like processes of a container taken together. */
export const ProgramGroup = z.object({
  program: z.string(),
  /** One that is known to work in several processes. */
  server: z.string().optional(),
  role: z.enum(ROLES),
  count,
  /** Sums over the group; proportional where every process told it. RSS counts shared pages once per process. */
  rssBytes: count.optional(),
  pssBytes: count.optional(),
  /** An example of its command line. */
  args: z.string(),
});
export type ProgramGroup = Readonly<z.infer<typeof ProgramGroup>>;

export const LargeProcess = z.object({
  pid: count,
  args: z.string(),
  rssBytes: count.optional(),
  pssBytes: count.optional(),
});
export type LargeProcess = Readonly<z.infer<typeof LargeProcess>>;

/** `docker.census` */
export const Census = z.object({
  processes: count,
  /** Largest groups first. */
  programs: z.array(ProgramGroup),
  /** Pids as seen from where they were read. */
  largest: z.array(LargeProcess),
  /** `inside`: pids of the container; `host`: of the host, by docker top. */
  readFrom: z.enum(["inside", "host"]),
  /** Why nobody went inside, where only RSS is known. */
  notInside: z.string().optional(),
});
export type Census = Readonly<z.infer<typeof Census>>;

export const SETTING_KINDS = ["workers", "threads", "cache", "heap", "recycle"] as const;

/** A setting that decides how much memory something takes. */
export const Setting = z.object({
  name: z.string(),
  /** Masked. */
  value: z.string(),
  /** Whose it is: a server or a runtime. */
  of: z.string(),
  kind: z.enum(SETTING_KINDS),
  from: z.enum(["environment", "command", "file"]),
  /** As many as there are cores, which counts those of the host. */
  auto: z.boolean(),
  /** Workers or threads as a number, sizes in bytes; absent for `auto` and what could not be read. */
  amount: count.optional(),
});
export type Setting = Readonly<z.infer<typeof Setting>>;

/** `docker.environment` */
export const Environment = z.object({
  settings: z.array(Setting),
  /** Names of all other variables; their values are not kept. */
  otherNames: z.array(z.string()),
});
export type Environment = Readonly<z.infer<typeof Environment>>;

export const PATTERN_KINDS = ["worker-killed", "event-bus", "heap", "allocation", "oom-text", "shm", "user"] as const;

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

/** `docker.logs` */
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
  hostTotalBytes: count.optional(),
  hostAvailableBytes: count.optional(),
});
export type Cgroup = Readonly<z.infer<typeof Cgroup>>;

export const CONSTRAINTS = ["cgroup", "global", "unknown"] as const;

export const Kill = z.object({
  atMs: count.optional(),
  process: z.string(),
  /** As the host counts. */
  pid: count.optional(),
  anonRssBytes: count.optional(),
  constraint: z.enum(CONSTRAINTS),
  limitBytes: count.optional(),
  /** `above`: the limit belongs to a cgroup that holds more than this container, named by `limitCgroup`. */
  limitOwner: z.enum(["own", "above", "inside", "host", "unknown"]).default("unknown"),
  limitCgroup: z.string().optional(),
  /** `kernel`, or the daemon that killed before the kernel had to. */
  killer: z.string().default("kernel"),
});
export type Kill = Readonly<z.infer<typeof Kill>>;

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

/** `docker.health` */
export const Health = z.union([
  z.object({ kind: z.literal("answered"), url: z.string(), status: count, tookMs: count }),
  z.object({ kind: z.literal("no-answer"), url: z.string(), because: z.string() }),
  z.object({ kind: z.literal("command"), command: z.string(), exitCode: z.number(), output: z.string() }),
]);
export type Health = Readonly<z.infer<typeof Health>>;

const trendFacts = { bytesPerHour: z.number(), overMs: count, says: z.string() };

export const HistoryTrend = z.union([
  z.object({
    kind: z.literal("leak"),
    ...trendFacts,
    interval: z.tuple([z.number(), z.number()]),
    confidence: z.number(),
    timeToOom: z.union([
      z.object({ kind: z.literal("expected"), ms: count, lowMs: count, highMs: count }),
      z.object({ kind: z.literal("refused"), because: z.string() }),
    ]),
  }),
  z.object({ kind: z.enum(["steady", "warming-up", "plateau", "sawtooth", "spike", "falling"]), ...trendFacts }),
  z.object({ kind: z.literal("undetermined"), because: z.string() }),
]);
export type HistoryTrend = Readonly<z.infer<typeof HistoryTrend>>;

/** `docker.history`: what the watch remembers. */
export const History = z.object({
  /** Oldest first; thinned out to a few hundred. */
  readings: z.array(z.object({ atMs: count, usageBytes: count, limitBytes: count.optional(), startedAtMs: count.optional() })),
  trend: HistoryTrend.optional(),
});
export type History = Readonly<z.infer<typeof History>>;

import { z } from "zod";

// What is seen of a container whatever runs it. Sizes in bytes, times in milliseconds since 1970, secrets masked.

/** What reads a value of unknown shape. */
export type Schema<Value> = z.ZodType<Value>;

const count = z.number().nonnegative();

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

/** Processes of a container. */
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

/** Settings of one container. */
export const Environment = z.object({
  settings: z.array(Setting),
  /** Names of all other variables; their values are not kept. */
  otherNames: z.array(z.string()),
});
export type Environment = Readonly<z.infer<typeof Environment>>;

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

/** What a configured health check answered. */
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

/** What the watch remembers of one container. */
export const History = z.object({
  /** Oldest first; thinned out to a few hundred. */
  readings: z.array(z.object({ atMs: count, usageBytes: count, limitBytes: count.optional(), startedAtMs: count.optional() })),
  trend: HistoryTrend.optional(),
});
export type History = Readonly<z.infer<typeof History>>;

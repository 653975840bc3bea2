import { z } from "zod";

// Only what Oomph needs of each answer; the rest passes unseen. Podman's answers fit too. Go writes null for what is empty.
// Source: Docker Engine API 1.41 to 1.52.

/** A schema by what it makes of a value, so that zod stays in this file. */
export type Schema<Value> = z.ZodType<Value>;

const count = z.number().nullish();
const words = z
  .union([z.array(z.string()), z.string().transform((word) => [word])])
  .nullish()
  .transform((list) => list ?? []);
const labels = z
  .record(z.string(), z.string())
  .nullish()
  .transform((map) => map ?? {});
const state = z.enum(["created", "running", "paused", "restarting", "removing", "exited", "dead"]).catch("dead");

export const Info = z.object({
  ID: z.string().default(""),
  Name: z.string().default(""),
  ServerVersion: z.string().default("unknown"),
  KernelVersion: z.string().default("unknown"),
  NCPU: z.number(),
  MemTotal: z.number(),
  /** False: the kernel was booted without counting memory per container. */
  MemoryLimit: z.boolean().default(true),
  /** Absent before 20.10, when there was only one. */
  CgroupVersion: z.string().default("1"),
  CgroupDriver: z.string().default("cgroupfs"),
  SystemTime: z.string().optional(),
});

const Listed = z.object({
  Id: z.string(),
  Names: words,
  Image: z.string().default(""),
  State: state,
  Created: z.number(),
  Labels: labels,
});
export type Listed = z.infer<typeof Listed>;
export const ContainerList = z.array(Listed);

const Health = z.object({
  Status: z.string().default("none"),
  FailingStreak: z.number().default(0),
  Log: z.array(z.object({ Output: z.string().default("") })).nullish(),
});

const State = z.object({
  Status: state,
  ExitCode: z.number().default(0),
  OOMKilled: z.boolean().default(false),
  Error: z.string().default(""),
  Pid: z.number().default(0),
  StartedAt: z.string().nullish(),
  FinishedAt: z.string().nullish(),
  Health: Health.nullish(),
});

const HostConfig = z.object({
  Memory: count,
  MemoryReservation: count,
  MemorySwap: count,
  OomKillDisable: z.boolean().nullish(),
  NanoCpus: count,
  CpuQuota: count,
  CpuPeriod: count,
  CpusetCpus: z.string().nullish(),
  PidsLimit: count,
  RestartPolicy: z.object({ Name: z.string().nullish(), MaximumRetryCount: count }).nullish(),
});
export type HostConfig = z.infer<typeof HostConfig>;

export const Inspected = z.object({
  Id: z.string(),
  Name: z.string(),
  Created: z.string(),
  Image: z.string().default(""),
  RestartCount: z.number().default(0),
  State,
  Config: z.object({
    Image: z.string().default(""),
    Entrypoint: words,
    Cmd: words,
    Env: words,
    Labels: labels,
    Tty: z.boolean().default(false),
    Hostname: z.string().nullish(),
  }),
  HostConfig,
  NetworkSettings: z.object({ Networks: z.record(z.string(), z.unknown()).nullish() }).nullish(),
});
export type Inspected = z.infer<typeof Inspected>;

export const Stats = z.object({
  read: z.string(),
  pids_stats: z.object({ current: count }).nullish(),
  cpu_stats: z.object({
    cpu_usage: z.object({ total_usage: z.number().default(0), percpu_usage: z.array(z.number()).nullish() }),
    system_cpu_usage: count,
    online_cpus: count,
    throttling_data: z.object({ throttled_periods: count }).nullish(),
  }),
  memory_stats: z.object({
    usage: count,
    limit: count,
    max_usage: count,
    failcnt: count,
    stats: z.record(z.string(), z.number()).nullish(),
  }),
});
export type Stats = z.infer<typeof Stats>;

export const Top = z.object({ Titles: z.array(z.string()), Processes: z.array(z.array(z.string())).nullish() });
export type Top = z.infer<typeof Top>;

export const CreatedExec = z.object({ Id: z.string() });
export const InspectedExec = z.object({ Running: z.boolean(), ExitCode: z.number().nullish(), Pid: count });

export const EventLine = z.object({
  Type: z.string().default("container"),
  Action: z.string(),
  Actor: z.object({ ID: z.string(), Attributes: labels }),
  time: z.number(),
});
export type EventLine = z.infer<typeof EventLine>;

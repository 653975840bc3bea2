/** What ran short. `cgroup`: a limit was reached. `global`: the host had no memory left. `unknown`: the log does not say. */
export type OomConstraint = "cgroup" | "global" | "unknown";

/** Who killed. All but `kernel` act before the kernel has to; `lowmemorykiller` is Android's, its driver or its daemon, `oomd` Facebook's. */
export type Killer = "kernel" | "systemd-oomd" | "oomd" | "talos" | "earlyoom" | "nohang" | "lowmemorykiller";

/** One process (or, by a userspace killer, one cgroup) killed for want of memory. Sizes in bytes; null: the log does not say. */
export type KernelKill = {
  /** The victim, at most 15 characters as the kernel keeps them. Null: the log names only what it belonged to. */
  readonly process: string | null;
  /** As the host counts processes, not the container. */
  readonly pid: number | null;
  readonly anonRssBytes: number | null;
  readonly constraint: OomConstraint;
  /** Of the victim. Never the `cpuset=` of the report, which may be that of another process. */
  readonly cgroup: string | null;
  /** The innermost container in `cgroup`. */
  readonly containerId: string | null;
  readonly podUid: string | null;
  /** Of `oomCgroup`. Null also for a cgroup without a limit of its own. */
  readonly limitBytes: number | null;
  readonly oomScoreAdj: number | null;
  readonly killer: Killer;
  /** Asked for by hand with SysRq-f: says nothing about memory. */
  readonly manualSysrq: boolean;
  /** False: the log names only whom the kernel chose; a child of it may have died in its stead. */
  readonly certain: boolean;
  /** ISO 8601 in UTC, only where date, year and zone are known. */
  readonly time: string | null;
  /** The time as the log writes it, in whatever zone and language. */
  readonly loggedAt: string | null;
  /** Seconds since the kernel started, by its own clock. */
  readonly uptimeSeconds: number | null;
  /** Who asked for the memory that was not there; often not the victim. */
  readonly trigger: OomTrigger | null;
  /** The cgroup whose limit was reached: the victim's own or one above it. Null for the host. */
  readonly oomCgroup: string | null;
  /** Memory of `oomCgroup` at that moment. */
  readonly usageBytes: number | null;
  /** cgroup v1: of memory and swap together. v2: of swap. */
  readonly swapLimitBytes: number | null;
  readonly swapUsageBytes: number | null;
  readonly fileRssBytes: number | null;
  readonly shmemRssBytes: number | null;
  readonly totalVmBytes: number | null;
  readonly pageTablesBytes: number | null;
  /** The victim's swapped memory. */
  readonly swapBytes: number | null;
  readonly uid: number | null;
  readonly pageSizeBytes: number | null;
  readonly kernel: string | null;
  /** The biggest of the tasks that the report lists, by resident memory. */
  readonly tasks: readonly OomTask[];
  /** How many tasks the report lists. */
  readonly taskCount: number;
  /** A userspace killer's own words. */
  readonly why: string | null;
};

export type OomTrigger = { readonly process: string; readonly pid: number | null };

/** A row of the report's task table. Bytes are null where the page size is not known. */
export type OomTask = {
  readonly pid: number;
  readonly process: string;
  readonly rssPages: number;
  readonly rssBytes: number | null;
  readonly swapBytes: number | null;
  readonly oomScoreAdj: number | null;
};

/** What a kernel log comes to. The keys are stable for scripts. */
export type KernelOomReading = {
  readonly kind: "kernel_oom";
  /** A process was killed for want of memory, or the kernel tried to. */
  readonly isOom: boolean;
  /** In the order of the log, each once. */
  readonly kills: readonly KernelKill[];
  /** Release of the kernel that killed last. */
  readonly kernel: string | null;
  /** Every kill was asked for by hand: no sign of want of memory. */
  readonly manualSysrq: boolean;
  /** Reports whose victim the log does not name. */
  readonly reportsWithoutVictim: number;
  /** The kernel found nobody to kill, or was told to panic instead. */
  readonly noKillableProcess: boolean;
  /** systemd units that systemd says lost a process to the OOM killer. */
  readonly units: readonly string[];
  /** Kills that were in the log more than once. */
  readonly duplicates: number;
  /** Kills beyond what is kept. */
  readonly omitted: number;
};

import type { SwapUse } from "../domain/memory.ts";

/**
 * Docker hosts and the containers on them, looked at. Methods throw OomphError: `unreachable`, `timed-out`,
 * `no-rights` (naming the call that a proxy or daemon refused), `not-found`, `not-running`, `conflict`, `bad-input`,
 * `refused`. Containers are asked for by id or by exact name; a name that looks like an option or a path is a name.
 */
export type ContainerHosts = {
  /** Names of the configured connections, in the order of the configuration. */
  names(): readonly string[];
  /** Does not connect yet. Throws `bad-input` for a name that is not configured. */
  host(connection: string): ContainerHost;
  close(): Promise<void>;
};

export type ContainerHost = {
  /** Name of the connection. */
  readonly name: string;
  facts(): Promise<HostFacts>;
  /** All containers, stopped ones too. */
  list(): Promise<readonly ContainerSummary[]>;
  inspect(container: string): Promise<ContainerFacts>;
  /** One reading, without waiting for a second. Throws `not-running` for a container that is not. */
  stats(container: string, signal?: AbortSignal): Promise<ContainerStats>;
  /** Memory alone, by the quickest way there is. Throws `not-running` likewise. */
  glance(container: string, signal?: AbortSignal): Promise<MemoryGlance>;
  /**
   * Kills for want of memory that the kernel has counted for a container, by its id, since it was started. Undefined where
   * the host's own files cannot be read.
   */
  killCount(id: string): Promise<number | undefined>;
  /** `docker top` with RSS; throws `not-running`. */
  processes(container: string): Promise<readonly ContainerProcess[]>;
  /** Runs a program inside (argv, no shell), for reading only. Output beyond `maxBytes` is dropped and said so. */
  execute(container: string, argv: readonly string[], limits: ExecLimits): Promise<ExecResult>;
  /** The end of the log, oldest line first, stdout and stderr together. */
  logTail(container: string, limits: LogLimits): Promise<LogTail>;
  /** What happened to containers between two times, oldest first; the daemon keeps the last 256 or so events. */
  pastEvents(range: {
    readonly sinceMs: number;
    readonly untilMs: number;
    readonly container?: string;
  }): Promise<readonly ContainerEvent[]>;
  /**
   * Follows events from `sinceMs` on: first what the daemon still knows, then as they come. Resolves when `signal` is
   * aborted, rejects when the stream breaks; the caller follows again from its cursor.
   */
  follow(sinceMs: number, onEvent: (event: ContainerEvent) => void, signal: AbortSignal): Promise<void>;
};

/** `swap`: absent where it may use none, or where only the daemon could be asked. */
export type MemoryGlance = Pick<ContainerStats, "atMs" | "usageBytes"> & { readonly swap?: SwapUse };

export type HostFacts = {
  /** The daemon's own id, the same as long as its data folder is. */
  readonly daemonId: string;
  readonly hostname: string;
  readonly serverVersion: string;
  readonly kernel: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly cgroupVersion: 1 | 2;
  readonly cgroupDriver: string;
  /** The daemon's clock. */
  readonly nowMs: number;
};

export type ContainerState = "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";

export type ContainerSummary = {
  /** 64 hex digits. */
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly state: ContainerState;
  readonly createdAtMs: number;
  readonly labels: Readonly<Record<string, string>>;
};

/** What `docker inspect` tells of a container that concerns memory. Environment values are as they are: mask before storing. */
export type ContainerFacts = ContainerSummary & {
  readonly imageId: string;
  readonly exitCode: number;
  /** State.OOMKilled: the kernel killed something in it, which need not be the main process. */
  readonly oomKilled: boolean;
  readonly error: string;
  /** Pid on the host of the main process; 0 when not running. */
  readonly pid: number;
  readonly startedAtMs?: number;
  readonly finishedAtMs?: number;
  readonly restartCount: number;
  readonly restartPolicy: string;
  readonly health?: { readonly status: string; readonly failingStreak: number; readonly lastOutput: string };
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** `NAME=value`, in order. */
  readonly environment: readonly string[];
  readonly networks: readonly string[];
  readonly tty: boolean;
  readonly resources: ContainerResources;
};

/** Absent: not set, so the host's own is the limit. */
export type ContainerResources = {
  readonly memoryLimitBytes?: number;
  readonly memoryReservationBytes?: number;
  /** Memory and swap together; -1 in Docker's words is `unlimited`. */
  readonly memorySwapBytes?: number | "unlimited";
  readonly oomKillDisabled: boolean;
  /** Cores' worth of CPU time: `--cpus 2` is 2. */
  readonly cpuQuotaCores?: number;
  /** `0-3,8`, and how many that are. */
  readonly cpuset?: string;
  readonly cpusetCores?: number;
  readonly pidsLimit?: number;
};

export type ContainerStats = {
  readonly atMs: number;
  /** As `docker stats`: usage minus `total_inactive_file` (cgroup v1) or `inactive_file` (v2). */
  readonly usageBytes: number;
  /** With all page cache. */
  readonly rawUsageBytes: number;
  /** As the kernel applies it: the host's memory when the container has no limit of its own. */
  readonly limitBytes: number;
  /** From memory.stat, where the daemon tells: anonymous, file cache, shared (tmpfs), kernel. */
  readonly anonBytes?: number;
  readonly fileBytes?: number;
  readonly shmemBytes?: number;
  readonly kernelBytes?: number;
  /** cgroup v1: highest usage since start, and how often the limit was hit. */
  readonly peakBytes?: number;
  readonly failCount?: number;
  readonly pids: number;
  /** Counters since start: a share is the difference of two readings. */
  readonly cpuTotalNs: number;
  readonly systemCpuNs: number;
  readonly onlineCpus: number;
  readonly throttledPeriods: number;
};

/** Pid as the host sees it. `args` is the whole command line. */
export type ContainerProcess = { readonly pid: number; readonly parentPid: number; readonly rssBytes?: number; readonly args: string };

export type ExecLimits = { readonly timeoutMs: number; readonly maxBytes: number };
export type ExecResult = { readonly exitCode: number; readonly stdout: string; readonly stderr: string; readonly truncated: boolean };

export type LogLimits = { readonly lines: number; readonly maxBytes: number; readonly sinceMs?: number };
export type LogTail = {
  /** The daemon's own time of each line, and the line without it. */
  readonly lines: readonly { readonly atMs: number; readonly stream: "stdout" | "stderr"; readonly text: string }[];
  /** More was there than the limits allow. */
  readonly truncated: boolean;
};

export type ContainerEvent = {
  /** Nanoseconds since 1970 as text, with action and container the event's identity. */
  readonly atNs: string;
  readonly atMs: number;
  readonly action:
    | "oom"
    | "die"
    | "start"
    | "stop"
    | "kill"
    | "restart"
    | "update"
    | "create"
    | "destroy"
    | "rename"
    | "health_status"
    | "other";
  readonly containerId: string;
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of `die`. */
  readonly exitCode?: number;
};

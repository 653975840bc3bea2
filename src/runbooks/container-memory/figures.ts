import { formatBytes } from "../../domain/bytes.ts";
import type { Reason } from "../../domain/finding.ts";
import type { Part, Picture } from "./picture.ts";
import { restsOn } from "../seen.ts";
import { percent } from "../words.ts";

/** How much memory the container uses of what, now. Bytes; undefined: not known. */
export type Usage = {
  readonly part: "stats" | "cgroup";
  /** Without inactive file cache. */
  readonly usedBytes: number;
  /** With all file cache. */
  readonly rawBytes: number;
  readonly anonBytes: number | undefined;
  /** File cache without tmpfs. */
  readonly cacheBytes: number | undefined;
  /** tmpfs and other shared memory, /dev/shm among it. */
  readonly shmemBytes: number | undefined;
};

export type Limit = {
  readonly part: Part;
  readonly bytes: number;
  /** `host`: the container has no limit of its own. */
  readonly is: "container" | "host";
};

/** Cores' worth of CPU time that the container may use, and what says so. */
export type Cpu = { readonly part: Part; readonly cores: number; readonly from: "quota" | "cpuset" | "host" };

/** A reason that rests on this part of the picture. Pure. */
export function reason(picture: Picture, part: Part, says: string): Reason {
  return restsOn(picture[part], `docker.${part}`, says);
}

export function usageOf({ stats, cgroup }: Picture): Usage | undefined {
  const reading = stats?.value.second;
  const own = cgroup?.value;
  if (reading !== undefined) {
    return {
      part: "stats",
      usedBytes: reading.usageBytes,
      rawBytes: reading.rawUsageBytes,
      ...kindsOf({ ...own, ...withoutUndefined(reading) }),
    };
  }
  if (own?.usageBytes === undefined) return undefined;
  return { part: "cgroup", usedBytes: own.usageBytes - (own.inactiveFileBytes ?? 0), rawBytes: own.usageBytes, ...kindsOf(own) };
}

/** The container's own limit, or the host's memory where it has none or a larger one. */
export function limitOf({ state, stats, cgroup, host }: Picture): Limit | undefined {
  const hostBytes = host?.value.memoryBytes ?? cgroup?.value.hostTotalBytes;
  const hostLimit: Limit | undefined =
    hostBytes === undefined ? undefined : { part: host === undefined ? "cgroup" : "host", bytes: hostBytes, is: "host" };
  if (state !== undefined) {
    const own = state.value.resources.memoryLimitBytes;
    if (own !== undefined && (hostBytes === undefined || own < hostBytes)) return { part: "state", bytes: own, is: "container" };
    return hostLimit ?? appliedLimit(stats);
  }
  // Without a limit of its own the host's memory is applied.
  const applied = appliedLimit(stats);
  if (applied !== undefined && (hostBytes === undefined || applied.bytes < hostBytes * 0.99)) return { ...applied, is: "container" };
  return hostLimit ?? applied;
}

/** Swap beside memory: how much is used, and how much more it may use and the host has. Undefined: not known. */
export type Swap = { readonly part: Part; readonly usedBytes: number; readonly leftBytes: number };

export function swapOf({ state, cgroup }: Picture): Swap | undefined {
  const { memoryLimitBytes, memorySwapBytes } = state?.value.resources ?? {};
  // Docker counts memory and swap together: the same as memory alone is no swap.
  if (memoryLimitBytes !== undefined && memorySwapBytes === memoryLimitBytes) return { part: "state", usedBytes: 0, leftBytes: 0 };
  const { hostSwapFreeBytes, swapUsedBytes = 0, swapLimitBytes = Number.POSITIVE_INFINITY } = cgroup?.value ?? {};
  if (hostSwapFreeBytes === undefined) return undefined;
  const leftBytes = Math.max(0, Math.min(hostSwapFreeBytes, swapLimitBytes - swapUsedBytes));
  return { part: "cgroup", usedBytes: swapUsedBytes, leftBytes };
}

/** Use of memory and swap together: where it comes near 1 the kernel kills. */
export function fullShareOf(picture: Picture): number | undefined {
  const [usage, limit, swap] = [usageOf(picture), limitOf(picture), swapOf(picture)];
  if (usage === undefined || limit === undefined || swap === undefined) return shareOf(picture);
  const mostBytes = limit.bytes + swap.usedBytes + swap.leftBytes;
  return mostBytes === 0 ? undefined : (usage.usedBytes + swap.usedBytes) / mostBytes;
}

/** Use of the limit, 0 to 1 and seldom a little above. */
export function shareOf(picture: Picture): number | undefined {
  const usage = usageOf(picture);
  const limit = limitOf(picture);
  return usage === undefined || limit === undefined || limit.bytes === 0 ? undefined : usage.usedBytes / limit.bytes;
}

export function cpuOf({ state, host }: Picture): Cpu | undefined {
  const { cpuQuotaCores, cpusetCores } = state?.value.resources ?? {};
  if (cpuQuotaCores !== undefined && cpuQuotaCores <= (cpusetCores ?? Number.POSITIVE_INFINITY)) {
    return { part: "state", cores: cpuQuotaCores, from: "quota" };
  }
  if (cpusetCores !== undefined) return { part: "state", cores: cpusetCores, from: "cpuset" };
  // Without the container's own settings a quota may be there that is not known.
  return host === undefined || state === undefined ? undefined : { part: "host", cores: host.value.cores, from: "host" };
}

/** As `docker stats` shows it: 100 is one core. */
export function cpuPercentOf({ stats }: Picture): number | undefined {
  if (stats === undefined) return undefined;
  const { first, second } = stats.value;
  const system = second.systemCpuNs - first.systemCpuNs;
  const own = second.cpuTotalNs - first.cpuTotalNs;
  return system <= 0 || own < 0 ? undefined : (own / system) * second.onlineCpus * 100;
}

/** The reason that memory verdicts begin with. */
export function usageReason(picture: Picture): Reason | undefined {
  const usage = usageOf(picture);
  const limit = limitOf(picture);
  if (usage === undefined) return undefined;
  const share = shareOf(picture);
  const of = limit === undefined ? "the limit is not known" : `${formatBytes(usage.usedBytes)} used of ${limitInWords(limit)}`;
  const says =
    limit === undefined ? `${formatBytes(usage.usedBytes)} used; ${of}` : `${of}${share === undefined ? "" : ` (${percent(share)})`}`;
  return reason(picture, usage.part, says);
}

/** `a limit of 2.0 GiB`, `62.8 GiB of the host, for the container has no limit of its own`. */
export function limitInWords({ bytes, is }: Limit): string {
  return is === "container"
    ? `a limit of ${formatBytes(bytes)}`
    : `${formatBytes(bytes)} of the host, for the container has no limit of its own`;
}

export function isRunning({ state, stats }: Picture): boolean {
  return state === undefined ? stats !== undefined : state.value.state === "running" || state.value.state === "paused";
}

function appliedLimit(stats: Picture["stats"]): Limit | undefined {
  return stats === undefined ? undefined : { part: "stats", bytes: stats.value.second.limitBytes, is: "host" };
}

type Kinds = { readonly anonBytes?: number | undefined; readonly fileBytes?: number | undefined; readonly shmemBytes?: number | undefined };

function kindsOf({ anonBytes, fileBytes, shmemBytes }: Kinds): Pick<Usage, "anonBytes" | "cacheBytes" | "shmemBytes"> {
  return { anonBytes, shmemBytes, cacheBytes: fileBytes === undefined ? undefined : Math.max(0, fileBytes - (shmemBytes ?? 0)) };
}

function withoutUndefined({ anonBytes, fileBytes, shmemBytes }: Kinds): Kinds {
  return {
    ...(anonBytes === undefined ? {} : { anonBytes }),
    ...(fileBytes === undefined ? {} : { fileBytes }),
    ...(shmemBytes === undefined ? {} : { shmemBytes }),
  };
}

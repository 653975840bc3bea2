import { OomphError } from "../../domain/errors.ts";
import type { ContainerStats } from "../../ports/containers.ts";
import type { Stats } from "./schema.ts";

/** Of a container without processes the daemon gives zeros, or what its cgroup held last. */
export function hasProcesses({ read, pids_stats: pids }: Stats): boolean {
  return (pids?.current ?? 0) > 0 && Date.parse(read) > 0;
}

/** On kernels that count no memory per container it is not told, nor of a container that does not run. */
export function hasMemory({ memory_stats: memory }: Stats): boolean {
  return (memory.usage ?? undefined) !== undefined;
}

/** Figures as `docker stats` counts them, of cgroup v1 or v2. */
export function readStats(stats: Stats, from: string): ContainerStats {
  const { memory_stats: memory, cpu_stats: cpu } = stats;
  const details = memory.stats ?? {};
  const rawUsageBytes = memory.usage ?? undefined;
  if (rawUsageBytes === undefined) {
    throw new OomphError(
      "refused",
      `${from} has no memory figures: the kernel of the host counts no memory per container. Boot it with cgroup_enable=memory.`,
    );
  }
  return {
    atMs: Date.parse(stats.read),
    usageBytes: workingSet(rawUsageBytes, details),
    rawUsageBytes,
    limitBytes: memory.limit ?? 0,
    ...breakdown(details),
    ...(memory.max_usage ? { peakBytes: memory.max_usage } : {}),
    ...(isVersion1(details) ? { failCount: memory.failcnt ?? 0 } : {}),
    pids: stats.pids_stats?.current ?? 0,
    cpuTotalNs: cpu.cpu_usage.total_usage,
    systemCpuNs: cpu.system_cpu_usage ?? 0,
    onlineCpus: cpu.online_cpus ?? cpu.cpu_usage.percpu_usage?.length ?? 0,
    throttledPeriods: cpu.throttling_data?.throttled_periods ?? 0,
  };
}

type Details = Readonly<Record<string, number>>;

function isVersion1(details: Details): boolean {
  return details["total_inactive_file"] !== undefined;
}

function workingSet(rawUsageBytes: number, details: Details): number {
  const inactive = details["total_inactive_file"] ?? details["inactive_file"] ?? 0;
  return inactive < rawUsageBytes ? rawUsageBytes - inactive : rawUsageBytes;
}

/** v1 calls anonymous memory rss and page cache cache, with shared memory in it, and counts no kernel memory here. */
function breakdown(details: Details): Pick<ContainerStats, "anonBytes" | "fileBytes" | "shmemBytes" | "kernelBytes"> {
  const version1 = isVersion1(details);
  const anonBytes = version1 ? details["total_rss"] : details["anon"];
  const fileBytes = version1 ? details["total_cache"] : details["file"];
  const shmemBytes = version1 ? details["total_shmem"] : details["shmem"];
  const kernelBytes = version1 ? undefined : kernelMemory(details);
  return {
    ...(anonBytes === undefined ? {} : { anonBytes }),
    ...(fileBytes === undefined ? {} : { fileBytes }),
    ...(shmemBytes === undefined ? {} : { shmemBytes }),
    ...(kernelBytes === undefined ? {} : { kernelBytes }),
  };
}

/** `kernel` is newer (5.18) than its parts. */
function kernelMemory(details: Details): number | undefined {
  const parts = ["kernel_stack", "pagetables", "slab", "sock"].flatMap((name) => details[name] ?? []);
  return details["kernel"] ?? (parts.length === 0 ? undefined : parts.reduce((sum, part) => sum + part, 0));
}

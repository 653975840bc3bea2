import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SwapUse } from "../../domain/memory.ts";

/** Bytes, as `docker stats` would count them. `swap`: absent where it may use none, or the host has none. */
export type CgroupGlance = { readonly usageBytes: number; readonly swap?: SwapUse };

export type KernelFiles = { readonly cgroups: string; readonly meminfo: string };

type Version = {
  readonly usage: string;
  readonly inactive: string;
  /** Where the kernel counts its kills, since the cgroup was made. */
  readonly kills: string;
  swap(folder: string): Promise<{ readonly usedBytes: number; readonly limitBytes: number }>;
};
type Place = { folder(id: string): string; readonly version: Version };

const KERNEL: KernelFiles = { cgroups: "/sys/fs/cgroup", meminfo: "/proc/meminfo" };
const NUMBER = /^(\d+)\s*$/;

const VERSION_1: Version = {
  usage: "memory.usage_in_bytes",
  inactive: "total_inactive_file",
  kills: "memory.oom_control",
  /** It counts memory and swap together. Without swap accounting there are no such files, and no limit. */
  async swap(folder) {
    const of = async (file: string): Promise<number> => (await number(join(folder, file), NUMBER)) ?? Number.POSITIVE_INFINITY;
    const [usage, limit] = [await of("memory.usage_in_bytes"), await of("memory.limit_in_bytes")];
    const [bothUsage, bothLimit] = [await of("memory.memsw.usage_in_bytes"), await of("memory.memsw.limit_in_bytes")];
    const usedBytes = Number.isFinite(bothUsage) ? Math.max(0, bothUsage - usage) : 0;
    return { usedBytes, limitBytes: Number.isFinite(bothLimit) ? Math.max(0, bothLimit - limit) : Number.POSITIVE_INFINITY };
  },
};

const VERSION_2: Version = {
  usage: "memory.current",
  inactive: "inactive_file",
  kills: "memory.events",
  async swap(folder) {
    const used = await number(join(folder, "memory.swap.current"), NUMBER);
    const limit = await number(join(folder, "memory.swap.max"), NUMBER); // `max` is no number
    return { usedBytes: used ?? 0, limitBytes: limit ?? Number.POSITIVE_INFINITY };
  },
};

/** Where a container's memory is counted on its host, by cgroup version and by Docker's two cgroup drivers. */
const PLACES: readonly Place[] = [
  { folder: (id) => `memory/docker/${id}`, version: VERSION_1 },
  { folder: (id) => `memory/system.slice/docker-${id}.scope`, version: VERSION_1 },
  { folder: (id) => `docker/${id}`, version: VERSION_2 },
  { folder: (id) => `system.slice/docker-${id}.scope`, version: VERSION_2 },
];

/**
 * Usage minus inactive file cache from the kernel's own files: what `docker stats` would say, a hundred times sooner than
 * a daemon that answers on the tick of a second; and swap, of which it says nothing. Undefined where the files are not to
 * be had: in a container, with a cgroup parent of one's own, on another machine. Expects an id of 64 hex digits.
 */
export async function glanceAtCgroup(id: string, files: KernelFiles = KERNEL): Promise<CgroupGlance | undefined> {
  for (const { folder, version } of placesOf(id, files)) {
    const used = await number(join(folder, version.usage), NUMBER);
    if (used === undefined) continue;
    const cache = await number(join(folder, "memory.stat"), new RegExp(`^${version.inactive} (\\d+)$`, "m"));
    if (cache === undefined) continue;
    const swap = await swapOf(folder, version, files);
    return { usageBytes: cache < used ? used - cache : used, ...(swap === undefined ? {} : { swap }) };
  }
  return undefined;
}

/** Kills for want of memory that the kernel has counted for a container since it was started; undefined likewise. */
export async function killsInCgroup(id: string, files: KernelFiles = KERNEL): Promise<number | undefined> {
  for (const { folder, version } of placesOf(id, files)) {
    const kills = await number(join(folder, version.kills), /^oom_kill (\d+)$/m);
    if (kills !== undefined) return kills;
  }
  return undefined;
}

function placesOf(id: string, { cgroups }: KernelFiles): readonly { readonly folder: string; readonly version: Version }[] {
  if (!/^[0-9a-f]{64}$/.test(id)) return [];
  return PLACES.map(({ folder, version }) => ({ folder: join(cgroups, folder(id)), version }));
}

/** No more than the host has free, whatever is allowed. */
async function swapOf(folder: string, version: Version, { meminfo }: KernelFiles): Promise<SwapUse | undefined> {
  const hostFree = await number(meminfo, /^SwapFree:\s+(\d+) kB$/m);
  const hostTotal = await number(meminfo, /^SwapTotal:\s+(\d+) kB$/m);
  if (hostFree === undefined || hostTotal === undefined || hostTotal === 0) return undefined;
  const { usedBytes, limitBytes } = await version.swap(folder);
  const allowedBytes = Math.min(limitBytes, usedBytes + hostFree * 1024);
  return allowedBytes === 0 ? undefined : { usedBytes, limitBytes: allowedBytes };
}

async function number(path: string, pattern: RegExp): Promise<number | undefined> {
  try {
    const found = pattern.exec(await readFile(path, "utf8"))?.[1];
    return found === undefined ? undefined : Number(found);
  } catch {
    return undefined; // not there, or not ours to read: the daemon is asked
  }
}

import { OomphError } from "../../domain/errors.ts";
import type { Cgroup } from "./schema.ts";

const V2 = "/sys/fs/cgroup";
const V1 = "/sys/fs/cgroup/memory";
const V1_PIDS = "/sys/fs/cgroup/pids";

/** Of both versions: those that are not there are left out. */
export const CGROUP_FILES = [
  `${V2}/memory.max`,
  `${V2}/memory.current`,
  `${V2}/memory.peak`,
  `${V2}/memory.stat`,
  `${V2}/memory.events`,
  `${V1}/memory.limit_in_bytes`,
  `${V1}/memory.usage_in_bytes`,
  `${V1}/memory.max_usage_in_bytes`,
  `${V1}/memory.stat`,
  `${V1}/memory.failcnt`,
  `${V1}/memory.oom_control`,
  `${V1}/memory.kmem.usage_in_bytes`,
  `${V1}/memory.memsw.usage_in_bytes`,
  `${V1}/memory.memsw.limit_in_bytes`,
  `${V2}/memory.swap.current`,
  `${V2}/memory.swap.max`,
  ...[V2, V1_PIDS].flatMap((folder) => ["current", "max", "events"].map((file) => `${folder}/pids.${file}`)),
  "/proc/meminfo",
];

type Files = ReadonlyMap<string, readonly string[]>;

// A limit above this is v1's word for none: the largest page-aligned number.
const NO_LIMIT_BYTES = 2 ** 60;

/** Reads a container's own cgroup files. Throws `refused` when none of them could be seen inside. Pure. */
export function readCgroup(files: Files): Cgroup {
  const host = meminfo(files);
  if (files.has(`${V2}/memory.current`)) return { version: 2, ...readV2(files), ...readPids(files, V2), ...host };
  if (files.has(`${V1}/memory.usage_in_bytes`)) return { version: 1, ...readV1(files), ...readPids(files, V1_PIDS), ...host };
  throw new OomphError("refused", "expected the container's cgroup files under /sys/fs/cgroup, none of them could be read inside");
}

type Figures = Omit<Cgroup, "version">;

function readV2(files: Files): Figures {
  const stat = pairs(files.get(`${V2}/memory.stat`));
  const events = pairs(files.get(`${V2}/memory.events`));
  return {
    limitBytes: one(files, `${V2}/memory.max`),
    usageBytes: one(files, `${V2}/memory.current`),
    peakBytes: one(files, `${V2}/memory.peak`),
    anonBytes: stat.get("anon"),
    fileBytes: stat.get("file"),
    shmemBytes: stat.get("shmem"),
    // Kernels before 5.18 have no sum.
    kernelBytes: stat.get("kernel") ?? stat.get("slab"),
    inactiveFileBytes: stat.get("inactive_file"),
    oomKills: events.get("oom_kill"),
    limitHits: events.get("max"),
    swapUsedBytes: one(files, `${V2}/memory.swap.current`),
    swapLimitBytes: one(files, `${V2}/memory.swap.max`),
  };
}

function readV1(files: Files): Figures {
  const stat = pairs(files.get(`${V1}/memory.stat`));
  const limitBytes = one(files, `${V1}/memory.limit_in_bytes`);
  return {
    limitBytes: limitBytes !== undefined && limitBytes < NO_LIMIT_BYTES ? limitBytes : undefined,
    usageBytes: one(files, `${V1}/memory.usage_in_bytes`),
    peakBytes: one(files, `${V1}/memory.max_usage_in_bytes`),
    anonBytes: stat.get("total_rss"),
    fileBytes: stat.get("total_cache"),
    shmemBytes: stat.get("total_shmem"),
    kernelBytes: one(files, `${V1}/memory.kmem.usage_in_bytes`),
    inactiveFileBytes: stat.get("total_inactive_file"),
    oomKills: pairs(files.get(`${V1}/memory.oom_control`)).get("oom_kill"),
    limitHits: one(files, `${V1}/memory.failcnt`),
    ...swapOfV1(files),
  };
}

/** v1 counts memory and swap together. */
function swapOfV1(files: Files): Pick<Cgroup, "swapUsedBytes" | "swapLimitBytes"> {
  const [usage, limit] = [one(files, `${V1}/memory.usage_in_bytes`), one(files, `${V1}/memory.limit_in_bytes`)];
  const [bothUsage, bothLimit] = [one(files, `${V1}/memory.memsw.usage_in_bytes`), one(files, `${V1}/memory.memsw.limit_in_bytes`)];
  const isLimited = bothLimit !== undefined && bothLimit < NO_LIMIT_BYTES;
  return {
    swapUsedBytes: usage === undefined || bothUsage === undefined ? undefined : Math.max(0, bothUsage - usage),
    swapLimitBytes: limit === undefined || !isLimited ? undefined : Math.max(0, bothLimit - limit),
  };
}

function readPids(files: Files, folder: string): Pick<Cgroup, "pids" | "pidsLimit" | "pidsRefused"> {
  return {
    pids: one(files, `${folder}/pids.current`),
    pidsLimit: one(files, `${folder}/pids.max`),
    pidsRefused: pairs(files.get(`${folder}/pids.events`)).get("max"),
  };
}

/** The host's, inside a container too. In kB. */
function meminfo(files: Files): Pick<Cgroup, "hostTotalBytes" | "hostAvailableBytes" | "hostSwapTotalBytes" | "hostSwapFreeBytes"> {
  const rows = pairs((files.get("/proc/meminfo") ?? []).map((line) => line.replace(/:\s+/, " ").replace(/ kB$/, "")));
  const of = (name: string): number | undefined => kilobytes(rows.get(name));
  return {
    hostTotalBytes: of("MemTotal"),
    hostAvailableBytes: of("MemAvailable"),
    hostSwapTotalBytes: of("SwapTotal"),
    hostSwapFreeBytes: of("SwapFree"),
  };
}

function one(files: Files, path: string): number | undefined {
  return whole(files.get(path)?.[0]);
}

function pairs(lines: readonly string[] = []): ReadonlyMap<string, number> {
  return new Map(
    lines.flatMap((line) => {
      const [name = "", value] = line.split(" ");
      const number = whole(value);
      return number === undefined ? [] : [[name, number] as const];
    }),
  );
}

function kilobytes(figure: number | undefined): number | undefined {
  return figure === undefined ? undefined : figure * 1024;
}

function whole(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text.trim()) ? Number(text) : undefined;
}

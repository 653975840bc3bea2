import { OomphError } from "../../domain/errors.ts";
import type { Cgroup } from "./schema.ts";

const V2 = "/sys/fs/cgroup";
const V1 = "/sys/fs/cgroup/memory";

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
  "/proc/meminfo",
];

type Files = ReadonlyMap<string, readonly string[]>;

// A limit above this is v1's word for none: the largest page-aligned number.
const NO_LIMIT_BYTES = 2 ** 60;

/** Reads a container's own cgroup files. Throws `refused` when none of them could be seen inside. Pure. */
export function readCgroup(files: Files): Cgroup {
  const host = meminfo(files);
  if (files.has(`${V2}/memory.current`)) return { version: 2, ...readV2(files), ...host };
  if (files.has(`${V1}/memory.usage_in_bytes`)) return { version: 1, ...readV1(files), ...host };
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
  };
}

/** The host's, inside a container too. In kB. */
function meminfo(files: Files): Pick<Cgroup, "hostTotalBytes" | "hostAvailableBytes"> {
  const rows = pairs((files.get("/proc/meminfo") ?? []).map((line) => line.replace(/:\s+/, " ").replace(/ kB$/, "")));
  return { hostTotalBytes: kilobytes(rows.get("MemTotal")), hostAvailableBytes: kilobytes(rows.get("MemAvailable")) };
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

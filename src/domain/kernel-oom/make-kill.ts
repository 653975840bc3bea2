import { containerIdsIn, podUidIn } from "./cgroup-path.ts";
import { isoTime, NO_TIME, type LogTime } from "./log-time.ts";
import type { Killed } from "./report-lines.ts";
import type { Report } from "./report.ts";
import type { KernelKill, Killer, OomConstraint } from "./types.ts";

/** A kill of which nothing is known but who killed. */
export function unknownKill(killer: Killer, time: LogTime = NO_TIME): KernelKill {
  return {
    process: null,
    pid: null,
    anonRssBytes: null,
    constraint: "unknown",
    cgroup: null,
    containerId: null,
    podUid: null,
    limitBytes: null,
    oomScoreAdj: null,
    killer,
    manualSysrq: false,
    certain: true,
    time: time.atMs === null ? null : isoTime(time.atMs),
    loggedAt: time.loggedAt,
    uptimeSeconds: time.uptimeSeconds,
    trigger: null,
    oomCgroup: null,
    usageBytes: null,
    swapLimitBytes: null,
    swapUsageBytes: null,
    fileRssBytes: null,
    shmemRssBytes: null,
    totalVmBytes: null,
    pageTablesBytes: null,
    swapBytes: null,
    uid: null,
    pageSizeBytes: null,
    kernel: null,
    tasks: [],
    taskCount: 0,
    why: null,
  };
}

/** What a cgroup's path tells of who lived in it. */
export function placed(
  cgroup: string | null,
  oomCgroup: string | null,
): Pick<KernelKill, "cgroup" | "oomCgroup" | "containerId" | "podUid"> {
  const told = cgroup ?? oomCgroup; // the victim was in it, or below it
  return {
    cgroup,
    oomCgroup,
    containerId: told === null ? null : (containerIdsIn(told).at(-1) ?? null),
    podUid: told === null ? null : podUidIn(told),
  };
}

/** One kill from the line that tells it and the report it belongs to. Without the line: from whom the report names. */
export function killOf(report: Report, killed: Killed | undefined, time: LogTime): KernelKill {
  const pid = killed?.pid ?? report.summary?.pid ?? report.chosen?.pid ?? null;
  const row = pid === null ? undefined : report.tasks.rows.get(pid);
  const pageSizeBytes = pageSizeIn(row?.totalVmPages, killed?.totalVmBytes) ?? report.pageSizeBytes;
  const constraint = constraintOf(report, killed);
  const oomCgroup = constraint === "global" ? null : report.oomCgroup();
  return {
    ...unknownKill("kernel", time),
    ...placed(report.taskCgroup(), oomCgroup),
    ...sizesOf(killed),
    process: killed?.process ?? report.summary?.process ?? report.chosen?.process ?? row?.process ?? null,
    pid,
    constraint,
    limitBytes: constraint === "cgroup" ? (report.memory?.limitBytes ?? null) : null,
    usageBytes: constraint === "cgroup" ? (report.memory?.usageBytes ?? null) : null,
    swapLimitBytes: constraint === "cgroup" ? (report.swap?.limitBytes ?? null) : null,
    swapUsageBytes: constraint === "cgroup" ? (report.swap?.usageBytes ?? null) : null,
    oomScoreAdj: killed?.oomScoreAdj ?? row?.oomScoreAdj ?? null,
    uid: killed?.uid ?? report.summary?.uid ?? null,
    manualSysrq: report.isManual(),
    certain: killed !== undefined || (report.summary?.pid ?? null) !== null || report.chosen === undefined,
    trigger: report.trigger ?? null,
    swapBytes: row?.swapPages === undefined || row.swapPages === null || pageSizeBytes === null ? null : row.swapPages * pageSizeBytes,
    pageSizeBytes,
    kernel: report.kernel,
    tasks: report.tasks.top(pageSizeBytes),
    taskCount: report.tasks.rows.size,
  };
}

function sizesOf(killed: Killed | undefined): Partial<KernelKill> {
  if (killed === undefined) return {};
  const { anonRssBytes, fileRssBytes, shmemRssBytes, totalVmBytes, pageTablesBytes } = killed;
  return { anonRssBytes, fileRssBytes, shmemRssBytes, totalVmBytes, pageTablesBytes };
}

function constraintOf(report: Report, killed: Killed | undefined): OomConstraint {
  const told = report.summary?.constraint ?? report.limited;
  if (told !== undefined && told !== null) return told;
  return killed?.constraint ?? report.chosen?.constraint ?? (report.sawCgroupTrace ? "cgroup" : "unknown");
}

/** The same memory in pages and in bytes tells the size of a page: not always 4 KiB. */
function pageSizeIn(pages: number | undefined, bytes: number | null | undefined): number | null {
  if (pages === undefined || pages === 0 || bytes === null || bytes === undefined) return null;
  const size = bytes / pages;
  return Number.isInteger(Math.log2(size)) && size >= 4096 ? size : null;
}

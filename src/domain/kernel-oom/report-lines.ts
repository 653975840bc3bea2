/** What one line of a kernel's OOM report says. Sizes in bytes. */
export type ReportLine =
  | { readonly kind: "invoked"; readonly process: string; readonly order: number | null }
  | { readonly kind: "cpu"; readonly process: string; readonly pid: number; readonly kernel: string | null }
  | { readonly kind: "trace"; readonly by: "cgroup" | "sysrq" }
  | {
      readonly kind: "usage";
      readonly of: "memory" | "memory+swap" | "swap";
      readonly usageBytes: number;
      readonly limitBytes: number | null;
    }
  | { readonly kind: "limited"; readonly taskCgroup: string | null; readonly oomCgroup: string }
  | { readonly kind: "stats"; readonly oomCgroup: string }
  | { readonly kind: "pages"; readonly pageSizeBytes: number }
  | { readonly kind: "columns"; readonly names: readonly string[] }
  | { readonly kind: "task"; readonly pid: number; readonly rest: string }
  | { readonly kind: "summary"; readonly summary: Summary }
  | { readonly kind: "chosen"; readonly constraint: "cgroup" | "global"; readonly pid: number; readonly process: string }
  | { readonly kind: "killed"; readonly killed: Killed }
  | { readonly kind: "group" }
  | { readonly kind: "reaped"; readonly pid: number; readonly process: string }
  | { readonly kind: "nobody" }
  | { readonly kind: "release"; readonly kernel: string };

/** The `oom-kill:` line of kernels since 4.19, or the part of it that is left. */
export type Summary = {
  readonly begins: boolean;
  readonly constraint: "cgroup" | "global" | null;
  readonly oomCgroup: string | null;
  readonly taskCgroup: string | null;
  readonly process: string | null;
  readonly pid: number | null;
  readonly uid: number | null;
};

export type Killed = {
  /** Null in the second line of the two that kernels before 5.1 write. */
  readonly constraint: "cgroup" | "global" | null;
  readonly pid: number;
  readonly process: string;
  readonly totalVmBytes: number | null;
  readonly anonRssBytes: number | null;
  readonly fileRssBytes: number | null;
  readonly shmemRssBytes: number | null;
  readonly pageTablesBytes: number | null;
  readonly uid: number | null;
  readonly oomScoreAdj: number | null;
};

// A limit of this and more is how the kernel writes "none": 9007199254740988kB, 18014398509481983kB.
const NO_LIMIT_BYTES = 2 ** 60;

// Without what follows where somebody has cut it off: a command that searches for the words is none.
const INVOKED = /^(?:(.*?) ?invoked oom-killer:(.*)|(\S+) invoked oom-killer\s*)$/;
const CPU = /\bP(?:ID|id): (\d+),? [Cc]omm: (.+?) (?:Kdump: \w+ )?(?:Not tainted|Tainted:)(.*)$/;
const RELEASE = /\s(\d+\.\d+\S*)(?:\s|$)/;
const USAGE = /(?<![\w+])(memory|memory\+swap|swap): usage (\d+)kB, limit (\d+)kB/;
const LIMITED = /(?:\bTask in (.+?) )?killed as a result of limit of (\S.*?)\s*$/;
const STATS = /Memory cgroup stats for (.+?):(?:\s|$)/;
const PAGES = /^Node \d+ \w+: \d+\*(\d+)kB /;
const COLUMNS = /\[\s*pid\s*\]\s+(uid\s+tgid\s+total_vm\s+rss\b.*)$/;
const TASK = /\[\s*(\d+)\]\s+(\d+\s+\d+\s+\d+\s+\d+\s.*)$/;
const CHOSEN = /(Memory cgroup out of memory|Out of memory(?: \([^)]*\))?): [Kk]ill process (\d+) \((.{0,64})\) score -?\d+/;
const KILLED =
  /(?:(Memory cgroup out of memory|Out of memory(?: \([^)]*\))?): )?Killed process (\d+)(?:,? UID (\d+),?)? \((.{0,64})\),?(?: UID (\d+),)? (?=(?:total-vm|anon-rss):)(.*)$/;
// Cut short before the figures: only with the kernel's words in front is it known that memory was the reason.
const KILLED_SHORT =
  /(Memory cgroup out of memory|Out of memory(?: \([^)]*\))?): Killed process (\d+)(?:, UID \d+,)? \(([^()]{1,15}|.{1,15}?)\)/;
const REAPED = /oom_reaper: reaped process (\d+) \((.{0,64})\)(?:,|$)/;

type Reader = { readonly needle: string; read(message: string): ReportLine | undefined };

// In the order in which they are asked; the first that knows the line has it.
const READERS: readonly Reader[] = [
  { needle: "Killed process", read: readKilled },
  { needle: "ill process", read: readChosen },
  { needle: "invoked oom-killer", read: readInvoked },
  { needle: "task", read: readSummary },
  { needle: "oom", read: readOom },
  { needle: "omm: ", read: readCpu },
  { needle: "usage ", read: readUsage },
  { needle: "killed as a result of limit of ", read: readLimited },
  { needle: "Memory cgroup stats for ", read: readStats },
  { needle: "moom_callback", read: () => ({ kind: "trace", by: "sysrq" }) },
  { needle: "Manual OOM execution", read: () => ({ kind: "trace", by: "sysrq" }) },
  { needle: "total_vm", read: readColumns },
  { needle: "kB ", read: readPages },
  { needle: "no killable processes", read: readNobody },
  { needle: "panic_on_oom", read: readNobody },
  { needle: "Linux version ", read: readRelease },
  { needle: "]", read: readTask },
];

/** Undefined: the line is no part of an OOM report. */
export function readReportLine(message: string): ReportLine | undefined {
  for (const { needle, read } of READERS) {
    const line = message.includes(needle) ? read(message) : undefined;
    if (line !== undefined) return line;
  }
  return undefined;
}

function readKilled(message: string): ReportLine | undefined {
  const [, words, pid, uidBefore, process, uidBehind, rest = ""] = KILLED.exec(message) ?? [];
  if (pid === undefined || process === undefined) return readKilledShort(message);
  const uid = uidBefore ?? uidBehind ?? /\bUID:(\d+)/.exec(rest)?.[1];
  const killed: Killed = {
    constraint: constraintIn(words),
    pid: Number(pid),
    process,
    totalVmBytes: sizeIn(rest, /\btotal-vm:(\d+)kB/),
    anonRssBytes: sizeIn(rest, /\banon-rss:(\d+)kB/),
    fileRssBytes: sizeIn(rest, /\bfile-rss:(\d+)kB/),
    shmemRssBytes: sizeIn(rest, /\bshmem-rss:(\d+)kB/),
    pageTablesBytes: sizeIn(rest, /\bpgtables:(\d+)kB/),
    uid: uid === undefined ? null : Number(uid),
    oomScoreAdj: numberIn(rest, /\boom_score_adj:(-?\d+)/),
  };
  return { kind: "killed", killed };
}

function readKilledShort(message: string): ReportLine | undefined {
  const [, words, pid, process] = KILLED_SHORT.exec(message) ?? [];
  if (pid === undefined || process === undefined) return undefined;
  const unknown = { totalVmBytes: null, anonRssBytes: null, fileRssBytes: null, shmemRssBytes: null, pageTablesBytes: null };
  return {
    kind: "killed",
    killed: { constraint: constraintIn(words), pid: Number(pid), process, ...unknown, uid: null, oomScoreAdj: null },
  };
}

function readChosen(message: string): ReportLine | undefined {
  const [, words, pid, process] = CHOSEN.exec(message) ?? [];
  const constraint = constraintIn(words);
  return pid === undefined || process === undefined || constraint === null
    ? undefined
    : { kind: "chosen", constraint, pid: Number(pid), process };
}

function readInvoked(message: string): ReportLine | undefined {
  const [, told, rest = "", alone] = INVOKED.exec(message) ?? [];
  const process = told ?? alone;
  return process === undefined ? undefined : { kind: "invoked", process: process.trim(), order: numberIn(rest, /\border=(-?\d+)/) };
}

/** The line comes in pieces when another processor writes in between: each piece is read for what it holds. */
function readSummary(message: string): ReportLine | undefined {
  const [, told] = /oom-kill:constraint=CONSTRAINT_(\w+)/.exec(message) ?? [];
  const oomCgroup = /\boom_memcg=(.+?)(?=,task_memcg=|$)/.exec(message)?.[1] ?? null;
  const taskCgroup = /\btask_memcg=(.+?)(?=,task=|$)/.exec(message)?.[1] ?? null;
  const [, process, pid, uid] = /,task=(.*),pid=(\d+),uid=(\d+)/.exec(message) ?? [];
  if (told === undefined && oomCgroup === null && taskCgroup === null && pid === undefined) return undefined;
  return {
    kind: "summary",
    summary: {
      begins: told !== undefined,
      constraint: constraintOf({ told, oomCgroup, global: message.includes(",global_oom") }),
      oomCgroup: oomCgroup === "/" ? null : oomCgroup,
      taskCgroup,
      process: process ?? null,
      pid: pid === undefined ? null : Number(pid),
      uid: uid === undefined ? null : Number(uid),
    },
  };
}

type Told = { readonly told: string | undefined; readonly oomCgroup: string | null; readonly global: boolean };

/** `oom_memcg=` decides over the word: CONSTRAINT_NONE is also written for a cgroup. The root has no limit but the host's. */
function constraintOf({ told, oomCgroup, global }: Told): Summary["constraint"] {
  if (oomCgroup !== null) return oomCgroup === "/" ? "global" : "cgroup";
  if (global) return "global";
  return told === "MEMCG" ? "cgroup" : null;
}

function readOom(message: string): ReportLine | undefined {
  const [, pid, process] = REAPED.exec(message) ?? [];
  if (pid !== undefined && process !== undefined) return { kind: "reaped", pid: Number(pid), process };
  if (message.includes("oom-kill:")) return readSummary(message);
  if (/\bmem_cgroup_o(?:ut_of_memory|om_synchronize)\b/.test(message)) return { kind: "trace", by: "cgroup" };
  return message.includes("due to memory.oom.group set") ? { kind: "group" } : undefined;
}

function readCpu(message: string): ReportLine | undefined {
  const [, pid, process, rest = ""] = CPU.exec(message) ?? [];
  return pid === undefined || process === undefined
    ? undefined
    : { kind: "cpu", pid: Number(pid), process, kernel: RELEASE.exec(rest)?.[1] ?? null };
}

function readUsage(message: string): ReportLine | undefined {
  const [, of, usage, limit] = USAGE.exec(message) ?? [];
  if (of !== "memory" && of !== "memory+swap" && of !== "swap") return undefined;
  const limitBytes = Number(limit) * 1024;
  return { kind: "usage", of, usageBytes: Number(usage) * 1024, limitBytes: limitBytes >= NO_LIMIT_BYTES ? null : limitBytes };
}

function readLimited(message: string): ReportLine | undefined {
  const [, taskCgroup, oomCgroup] = LIMITED.exec(message) ?? [];
  return oomCgroup === undefined ? undefined : { kind: "limited", taskCgroup: taskCgroup ?? null, oomCgroup };
}

function readStats(message: string): ReportLine | undefined {
  const oomCgroup = STATS.exec(message)?.[1];
  return oomCgroup === undefined ? undefined : { kind: "stats", oomCgroup };
}

function readColumns(message: string): ReportLine | undefined {
  const names = COLUMNS.exec(message)?.[1]?.trim().split(/\s+/);
  return names === undefined ? undefined : { kind: "columns", names };
}

/** The free lists begin with the smallest block, which is a page. */
function readPages(message: string): ReportLine | undefined {
  const kib = PAGES.exec(message)?.[1];
  return kib === undefined ? undefined : { kind: "pages", pageSizeBytes: Number(kib) * 1024 };
}

function readNobody(message: string): ReportLine | undefined {
  return /out of memory and no killable processes|panic_on_oom is enabled/i.test(message) ? { kind: "nobody" } : undefined;
}

function readRelease(message: string): ReportLine | undefined {
  const kernel = /^Linux version (\d+\.\S+)/.exec(message)?.[1];
  return kernel === undefined ? undefined : { kind: "release", kernel };
}

function readTask(message: string): ReportLine | undefined {
  const [, pid, rest] = TASK.exec(message) ?? [];
  return pid === undefined || rest === undefined ? undefined : { kind: "task", pid: Number(pid), rest };
}

function constraintIn(words: string | undefined): "cgroup" | "global" | null {
  if (words === undefined) return null;
  return words.startsWith("Memory cgroup") ? "cgroup" : "global";
}

function sizeIn(text: string, shape: RegExp): number | null {
  const kib = shape.exec(text)?.[1];
  return kib === undefined ? null : Number(kib) * 1024;
}

function numberIn(text: string, shape: RegExp): number | null {
  const digits = shape.exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
}

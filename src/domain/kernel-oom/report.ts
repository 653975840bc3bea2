import type { LogTime } from "./log-time.ts";
import type { ReportLine, Summary } from "./report-lines.ts";
import { TaskTable } from "./task-table.ts";
import type { OomTrigger } from "./types.ts";

type Usage = { readonly usageBytes: number; readonly limitBytes: number | null };
type Chosen = { readonly pid: number; readonly process: string; readonly constraint: "cgroup" | "global" };
type Limited = { readonly taskCgroup: string | null; readonly oomCgroup: string };

/** One report of the kernel while its lines come in. */
export class Report {
  readonly time: LogTime;
  trigger: OomTrigger | undefined;
  order: number | null = null;
  kernel: string | null = null;
  summary: Summary | undefined;
  chosen: Chosen | undefined;
  memory: Usage | undefined;
  swap: Usage | undefined;
  pageSizeBytes: number | null = null;
  sawCgroupTrace = false;
  /** memory.oom.group: the kernel goes on to kill all of the cgroup. */
  killsAll = false;
  /** Whom it killed so far. */
  readonly killed = new Set<number>();
  readonly tasks = new TaskTable();
  #limit: Limited | undefined;
  #statsOf: string | undefined;
  #sawSysrq = false;

  constructor(time: LogTime) {
    this.time = time;
  }

  /** Takes in what the line says. False: it says again what is known already, so it belongs to another report. */
  take(line: ReportLine): boolean {
    switch (line.kind) {
      case "cpu":
        return this.#takeCpu(line);
      case "usage":
        return this.#takeUsage(line);
      case "limited":
        if (this.#limit !== undefined) return false;
        this.#limit = line;
        return true;
      case "stats":
        this.#statsOf ??= line.oomCgroup; // those of its children follow
        return true;
      case "summary":
        return this.#takeSummary(line.summary);
      case "chosen":
        if (this.chosen !== undefined) return false;
        this.chosen = line;
        return true;
      case "trace":
        if (line.by === "sysrq") this.#sawSysrq = true;
        else this.sawCgroupTrace = true;
        return true;
      case "pages":
        this.pageSizeBytes = line.pageSizeBytes;
        return true;
      case "columns":
        this.tasks.setColumns(line.names);
        return true;
      case "task":
        this.tasks.add(line.pid, line.rest);
        return true;
      case "group":
        this.killsAll = true;
        return true;
      case "invoked":
      case "killed":
      case "nobody":
      case "reaped":
      case "release":
        return false; // not for an open report to take in
      default:
        return line satisfies never;
    }
  }

  /** Kills told so far. */
  get kills(): number {
    return this.killed.size;
  }

  isManual(): boolean {
    return this.order === -1 || this.#sawSysrq;
  }

  /** Does the report name a victim, or at least where it was? */
  namesVictim(): boolean {
    return (this.summary?.pid ?? null) !== null || this.chosen !== undefined || this.taskCgroup() !== null;
  }

  oomCgroup(): string | null {
    const told = this.summary?.oomCgroup ?? this.#limit?.oomCgroup ?? this.#statsOf ?? null;
    return told === "/" ? null : told;
  }

  taskCgroup(): string | null {
    return this.summary?.taskCgroup ?? this.#limit?.taskCgroup ?? null;
  }

  /** What "killed as a result of limit of" says. The root has no limit but the host's memory. */
  get limited(): "cgroup" | "global" | undefined {
    if (this.#limit === undefined) return undefined;
    return this.#limit.oomCgroup === "/" ? "global" : "cgroup";
  }

  /** Could this summary be of this report? Its cgroup must not be another's. */
  fits(summary: Summary): boolean {
    const own = this.#limit?.oomCgroup ?? this.#statsOf;
    return own === undefined || summary.oomCgroup === null || own.startsWith(summary.oomCgroup); // which may be cut short
  }

  #takeCpu({ process, pid, kernel }: Extract<ReportLine, { kind: "cpu" }>): boolean {
    if ((this.trigger?.pid ?? null) !== null) return false;
    this.trigger = { process, pid };
    this.kernel = kernel;
    return true;
  }

  #takeUsage({ of, usageBytes, limitBytes }: Extract<ReportLine, { kind: "usage" }>): boolean {
    const usage = { usageBytes, limitBytes };
    if (of === "memory") {
      if (this.memory !== undefined) return false;
      this.memory = usage;
    } else this.swap ??= usage;
    return true;
  }

  /** Pieces of one summary are put together; the beginning of a second one is another report's. */
  #takeSummary(piece: Summary): boolean {
    const known = this.summary;
    if (known !== undefined && (piece.begins || (known.pid !== null && piece.pid !== null))) return false;
    if (!this.fits(piece)) return false;
    this.summary = {
      begins: piece.begins || known?.begins === true,
      constraint: known?.constraint ?? piece.constraint,
      oomCgroup: known?.oomCgroup ?? piece.oomCgroup,
      taskCgroup: known?.taskCgroup ?? piece.taskCgroup,
      process: known?.process ?? piece.process,
      pid: known?.pid ?? piece.pid,
      uid: known?.uid ?? piece.uid,
    };
    return true;
  }
}

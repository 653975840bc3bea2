import type { KillLedger } from "./kill-ledger.ts";
import type { LogLine } from "./log-line.ts";
import { killOf, unknownKill } from "./make-kill.ts";
import { Report } from "./report.ts";
import { readReportLine, type Killed, type ReportLine } from "./report-lines.ts";

// Reports of several processors, or of two copies of one log, may be mixed line by line.
const MOST_OPEN = 4;
// Lines of others between two of a report: call traces and memory figures are not read, and other drivers talk.
const PATIENCE = 2000;
// After its kill a report may go on: memory.oom.group kills the rest of the cgroup.
const PATIENCE_AFTER_KILL = 20;

/** Puts the lines of kernel reports together and enters each kill into the ledger. */
export class Reports {
  readonly #ledger: KillLedger;
  #open: Report[] = [];
  #idleLines = 0;

  constructor(ledger: KillLedger) {
    this.#ledger = ledger;
  }

  /** A report has begun and not ended: what comes next may belong to it, whatever it looks like. */
  get isOpen(): boolean {
    return this.#open.length > 0;
  }

  /** True: the line was part of a report. `before`: the log in front of the line. */
  feed(line: LogLine, before: string): boolean {
    const said = readReportLine(line.message);
    if (said === undefined) {
      this.#idle();
      return false;
    }
    this.#idleLines = 0;
    const wasOpen = this.isOpen;
    this.#take(said, line);
    if (!wasOpen) this.#addRelease(before);
    return true;
  }

  /** Where a report's head is cut off, the line with the kernel's release may be left of it. */
  #addRelease(before: string): void {
    const [report] = this.#open;
    const line = report === undefined || report.trigger !== undefined ? undefined : before.match(/^.*\bComm: .*$/gm)?.at(-1);
    const said = line === undefined ? undefined : readReportLine(line);
    if (report !== undefined && said?.kind === "cpu") report.kernel = said.kernel;
  }

  /** The log is over: reports that are still open are entered with what they have. */
  end(): void {
    for (const report of this.#open) this.#close(report);
    this.#open = [];
  }

  #take(said: ReportLine, line: LogLine): void {
    switch (said.kind) {
      case "invoked": {
        const report = this.#begin(line);
        report.trigger = { process: said.process, pid: null };
        report.order = said.order;
        return;
      }
      case "killed":
        return this.#kill(said.killed, line);
      case "reaped":
        return this.#ledger.reaped({ ...unknownKill("kernel", line.time), process: said.process, pid: said.pid });
      case "nobody":
        return this.#ledger.nobodyToKill();
      case "release":
        return this.#ledger.booted(said.kernel);
      case "chosen":
      case "limited":
        return this.#give(said, line, true);
      case "summary":
        return this.#give(said, line, said.summary.begins);
      case "columns":
      case "stats":
      case "usage":
        // What is printed of kills only: without a report that waits for them, its head is cut off.
        return this.#give(
          said,
          line,
          this.#open.every(({ kills }) => kills > 0),
        );
      case "cpu":
      case "group":
      case "pages":
      case "task":
      case "trace":
        return this.#give(said, line, false);
      default:
        return said satisfies never;
    }
  }

  /** To the latest report that lacks it. A line that tells of a victim begins a report of its own when none does. */
  #give(said: ReportLine, line: LogLine, mayBegin: boolean): void {
    const taken = this.#open.toReversed().some((report) => (report.kills === 0 || said.kind === "group") && report.take(said));
    if (!taken && mayBegin) this.#begin(line).take(said);
  }

  #begin(line: LogLine): Report {
    const report = new Report(line.time);
    this.#open = this.#open.filter(({ kills }) => kills === 0);
    const oldest = this.#open.length >= MOST_OPEN ? this.#open.shift() : undefined;
    if (oldest !== undefined) this.#close(oldest);
    this.#open.push(report);
    return report;
  }

  #kill(killed: Killed, line: LogLine): void {
    const report = this.#reportOf(killed) ?? new Report(line.time);
    // Where all of a cgroup are killed, the kernel tells of the one that it chose a second time.
    if (report.killed.has(killed.pid)) return this.#ledger.toldAgain();
    report.killed.add(killed.pid);
    this.#ledger.add(killOf(report, killed, line.time));
  }

  /** The report that names this victim, else the one whose own is still missing. */
  #reportOf(killed: Killed): Report | undefined {
    const latestFirst = this.#open.toReversed();
    const waiting = latestFirst.filter(({ kills }) => kills === 0);
    return (
      waiting.find(({ summary }) => summary?.pid === killed.pid) ??
      // Before 5.1 a child of the chosen process may die instead; its line has no reason in front.
      waiting.find(({ chosen }) => chosen?.pid === killed.pid) ??
      (killed.constraint === null ? waiting.find(({ chosen }) => chosen !== undefined) : undefined) ??
      latestFirst.find(({ kills, killsAll }) => kills > 0 && killsAll && killed.constraint !== "global") ??
      waiting.find(({ summary, chosen }) => (summary?.pid ?? null) === null && chosen === undefined)
    );
  }

  #close(report: Report): void {
    if (report.kills > 0) return;
    if (report.namesVictim()) this.#ledger.add(killOf(report, undefined, report.time));
    else this.#ledger.withoutVictim(report.kernel);
  }

  #idle(): void {
    if (this.#open.length === 0) return;
    this.#idleLines += 1;
    const patience = this.#open.every(({ kills }) => kills > 0) ? PATIENCE_AFTER_KILL : PATIENCE;
    if (this.#idleLines <= patience) return;
    this.end();
    this.#idleLines = 0;
  }
}

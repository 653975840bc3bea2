import type { KernelKill, KernelOomReading } from "./types.ts";

// Beyond this many, kills are only counted: a log must not fill the memory of what reads it.
const MOST_KILLS = 10_000;
// Two writers of one kill may be this far apart.
const SAME_MOMENT_MS = 120_000;
const SAME_UPTIME_SECONDS = 0.01;
// Time zones differ by whole quarters of an hour.
const QUARTER_MS = 15 * 60_000;
const MOST_UNITS = 1000;
// A kill is compared with the latest that had the same pid only.
const MOST_OF_ONE_VICTIM = 20;

/** Collects kills, each once, however often the log has it. */
export class KillLedger {
  #kills: KernelKill[] = [];
  readonly #byVictim = new Map<string, number[]>();
  readonly #units = new Set<string>();
  #duplicates = 0;
  #omitted = 0;
  #reportsWithoutVictim = 0;
  #noKillableProcess = false;
  #booted: string | null = null;
  #kernel: string | null = null;

  add(told: KernelKill): void {
    const kill = told.kernel === null ? { ...told, kernel: told.killer === "kernel" ? this.#booted : null } : told;
    this.#kernel = kill.kernel ?? this.#kernel;
    const known = this.#find(kill);
    if (known !== undefined) {
      this.#duplicates += 1;
      this.#merge(known, kill);
      return;
    }
    if (this.#kills.length >= MOST_KILLS) {
      this.#omitted += 1;
      return;
    }
    const places = this.#byVictim.get(victimOf(kill)) ?? [];
    this.#byVictim.set(victimOf(kill), [...places.slice(-MOST_OF_ONE_VICTIM), this.#kills.length]);
    this.#kills.push(unpinned(kill));
  }

  /** One that is entered already. */
  toldAgain(): void {
    this.#duplicates += 1;
  }

  /** "oom_reaper: reaped process": of a kill that is known, or all that is left of it. */
  reaped(kill: KernelKill): void {
    const known = this.#find(kill);
    if (known === undefined) this.add(kill);
  }

  withoutVictim(kernel: string | null): void {
    this.#kernel = kernel ?? this.#kernel;
    this.#reportsWithoutVictim += 1;
  }

  nobodyToKill(): void {
    this.#noKillableProcess = true;
  }

  /** The log tells of a start of the machine. */
  booted(kernel: string): void {
    this.#booted = unpinned(kernel);
  }

  /** systemd's word that a unit lost a process to the OOM killer. */
  unitHit(unit: string): void {
    if (this.#units.size < MOST_UNITS) this.#units.add(unpinned(unit));
  }

  /** Adds to the last kill that fits. False: there is none. */
  amendLast(fits: (kill: KernelKill) => boolean, more: (kill: KernelKill) => KernelKill): boolean {
    const at = this.#kills.findLastIndex(fits);
    const kill = this.#kills[at];
    if (kill === undefined) return false;
    this.#kills[at] = unpinned(more(kill));
    return true;
  }

  reading(): KernelOomReading {
    return {
      kind: "kernel_oom",
      isOom: this.#kills.length > 0 || this.#reportsWithoutVictim > 0 || this.#noKillableProcess || this.#units.size > 0,
      kills: this.#kills,
      kernel: this.#kernel ?? this.#booted,
      manualSysrq: this.#kills.length > 0 && this.#kills.every(({ manualSysrq }) => manualSysrq),
      reportsWithoutVictim: this.#reportsWithoutVictim,
      noKillableProcess: this.#noKillableProcess,
      units: [...this.#units],
      duplicates: this.#duplicates,
      omitted: this.#omitted,
    };
  }

  #find(kill: KernelKill): number | undefined {
    const places = this.#byVictim.get(victimOf(kill)) ?? [];
    return places.findLast((at) => {
      const known = this.#kills[at];
      return known !== undefined && isSame(known, kill);
    });
  }

  /** What the one copy of the log left out, the other may tell. */
  #merge(at: number, more: KernelKill): void {
    const known = this.#kills[at];
    if (known === undefined) return;
    const fuller = known.taskCount >= more.taskCount && known.certain >= more.certain ? [more, known] : [known, more];
    const filled = Object.fromEntries(fuller.flatMap((kill) => Object.entries(kill).filter(([, value]) => value !== null)));
    const constraint = known.constraint === "unknown" ? more.constraint : known.constraint;
    this.#kills[at] = unpinned({ ...known, ...filled, constraint });
  }
}

function victimOf({ killer, pid, process, cgroup }: KernelKill): string {
  return pid === null ? `${killer} ${cgroup ?? process}` : `${killer} ${pid}`;
}

/** The same victim, the same figures and, where both are known, the same moment. */
function isSame(known: KernelKill, more: KernelKill): boolean {
  if (known.process !== null && more.process !== null && known.process !== more.process) return false;
  const figures = [
    [known.totalVmBytes, more.totalVmBytes],
    [known.anonRssBytes, more.anonRssBytes],
    [known.fileRssBytes, more.fileRssBytes],
  ];
  if (figures.some(([left, right]) => left !== null && right !== null && left !== right)) return false;
  return isSameMoment(known, more);
}

function isSameMoment(known: KernelKill, more: KernelKill): boolean {
  if (known.uptimeSeconds !== null && more.uptimeSeconds !== null) {
    const apart = Math.abs(known.uptimeSeconds - more.uptimeSeconds);
    // The reaper, and lines other than the kill's own, come a moment before or after it.
    const isOwnLine = (kill: KernelKill): boolean => kill.pid === null || kill.totalVmBytes !== null;
    return apart <= (isOwnLine(known) && isOwnLine(more) ? SAME_UPTIME_SECONDS : SAME_MOMENT_MS / 1000);
  }
  if (known.time !== null && more.time !== null) {
    const apartMs = Math.abs(Date.parse(known.time) - Date.parse(more.time));
    return apartMs <= SAME_MOMENT_MS;
  }
  const clocks = [clockMs(known.loggedAt), clockMs(more.loggedAt)] as const;
  if (clocks[0] === undefined || clocks[1] === undefined) return true; // nothing to tell them apart by
  const rest = Math.abs(clocks[0] - clocks[1]) % QUARTER_MS;
  return Math.min(rest, QUARTER_MS - rest) <= SAME_MOMENT_MS;
}

/** The time of day in a log's own words. */
function clockMs(loggedAt: string | null): number | undefined {
  const [, hours, minutes, seconds] = /(\d\d):(\d\d):(\d\d)/.exec(loggedAt ?? "") ?? [];
  return hours === undefined ? undefined : ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

/** A copy that does not hold on to the chunk of the log that its texts were cut from. */
function unpinned<Value extends KernelKill | string>(value: Value): Value {
  return structuredClone(value);
}

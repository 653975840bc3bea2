import type { AlertKill } from "../domain/alert.ts";
import { formatBytes } from "../domain/bytes.ts";
import { containerIdsIn, podUidIn } from "../domain/kernel-oom/cgroup-path.ts";
import { readKernelLog } from "../domain/kernel-oom/kernel-log-scan.ts";
import { sayKill } from "../domain/kernel-oom/kill-words.ts";
import { unknownKill } from "../domain/kernel-oom/make-kill.ts";
import type { KernelKill, KernelOomReading } from "../domain/kernel-oom/types.ts";
import { everyMatch } from "./every-match.ts";

// The order of what SysRq-f asks for.
const BY_HAND = /\binvoked oom-killer: [^\n]{0,200}\border=-1\b/;
// How people and bots show that something is quoted.
const IN_FRONT = /^[`>*_"' ]+/gm;
// An alert is about what happened now: of a pasted log the newest kills count.
const MOST_KILLS = 5;
const MOST_CHARACTERS = 300;
// The host stands between the time and who wrote.
const SYSLOG_HOST =
  /(?:\b(?:[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d|\d{4}-\d\d-\d\d[T ][\d:.,]{8,18}(?:Z|[+-]\d\d:?\d\d)?) |^)([\w.-]{1,253}) (?:kernel|systemd(?:-oomd)?|earlyoom|nohang)(?::|\b)/gm;
const MOST_HOSTS = 3;

/**
 * The kills for want of memory that log lines in a text tell of, the newest few. Empty: only such as were asked for by
 * hand (SysRq-f), which say nothing about memory. Undefined: none at all.
 */
export function killsIn(text: string): readonly AlertKill[] | undefined {
  const log = readKernelLog(text.replaceAll(IN_FRONT, ""));
  if (!log.isOom) return undefined;
  const kills = log.kills.filter(({ manualSysrq }) => !manualSysrq);
  if (kills.length > 0) return kills.slice(-MOST_KILLS).map(alertKill);
  return log.manualSysrq || BY_HAND.test(text) ? [] : withoutVictim(log);
}

/** Machines in front of the log lines of a text. */
export function hostsIn(text: string): readonly string[] {
  const hosts = new Set<string>();
  for (const [, host = ""] of everyMatch(text, SYSLOG_HOST)) {
    if (hosts.size < MOST_HOSTS) hosts.add(host);
  }
  return [...hosts];
}

/** A kill of which an alert says no more than that there was one. */
export function killWithoutLine(says: string): AlertKill {
  return { ...alertKill(unknownKill("kernel")), says };
}

function alertKill(kill: KernelKill): AlertKill {
  const { process, pid, constraint, cgroup, oomCgroup, containerId, podUid, killer, anonRssBytes, limitBytes, time, loggedAt } = kill;
  return {
    process,
    pid,
    constraint,
    cgroup,
    oomCgroup,
    containerId,
    podUid,
    killer,
    anonRssBytes,
    limitBytes,
    says: `${sayKill(kill).slice(0, MOST_CHARACTERS)}${anonRssBytes === null ? "" : `; it held ${formatBytes(anonRssBytes)}`}`,
    ...(time === null ? {} : { atMs: Date.parse(time) }),
    ...(time !== null || loggedAt === null ? {} : { loggedAt }),
  };
}

/** The log names nobody: systemd's word of a unit, which may be a container's; a report that is cut short; nobody to kill. */
function withoutVictim({ units, noKillableProcess }: KernelOomReading): readonly AlertKill[] {
  if (units.length > 0) return units.slice(-MOST_KILLS).map(killOfUnit);
  return [
    killWithoutLine(
      noKillableProcess
        ? "The kernel was out of memory and found no process that it may kill"
        : "The kernel's out-of-memory killer was at work; the lines do not name its victim",
    ),
  ];
}

/** `docker-<id>.scope` */
function killOfUnit(unit: string): AlertKill {
  const kill = killWithoutLine(`systemd says that the out-of-memory killer hit ${unit}`.slice(0, MOST_CHARACTERS));
  return { ...kill, cgroup: unit, containerId: containerIdsIn(unit).at(-1) ?? null, podUid: podUidIn(unit) };
}

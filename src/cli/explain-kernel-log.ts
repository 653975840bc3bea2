import { formatBytes } from "../domain/bytes.ts";
import { counted } from "../domain/count.ts";
import { readKernelLog } from "../domain/kernel-oom/kernel-log-scan.ts";
import { sayKill } from "../domain/kernel-oom/kill-words.ts";
import { looksLikeSystemLog } from "../domain/kernel-oom/looks-like-log.ts";
import type { KernelKill, KernelOomReading } from "../domain/kernel-oom/types.ts";
import type { Explained } from "./explained.ts";

// A terminal shows the latest; scripts get all.
const MOST_SHOWN = 10;
const TASKS_SHOWN = 3;

/** A log with a kill, or with the kernel's attempt at one. */
export function explainKernelKills(text: string): Explained<KernelOomReading> | undefined {
  const reading = readKernelLog(text);
  return reading.isOom ? explainReading(reading) : undefined;
}

/** A log of a kernel or of a host's services without one: that is an answer too. */
export function explainQuietLog(text: string): Explained<KernelOomReading> | undefined {
  return looksLikeSystemLog(text) ? explainReading(readKernelLog(text)) : undefined;
}

/** A reading that was made already, as of a log too long to be held. */
export function explainReading(reading: KernelOomReading): Explained<KernelOomReading> {
  const shown = reading.kills.slice(-MOST_SHOWN).toReversed();
  const sections = [headline(reading), ...shown.map(section), more(reading, shown.length)];
  return { result: reading, text: `${sections.filter((part) => part !== "").join("\n\n")}\n` };
}

function headline({
  isOom,
  kills,
  omitted,
  manualSysrq,
  kernel,
  reportsWithoutVictim,
  noKillableProcess,
  units,
}: KernelOomReading): string {
  const count = kills.length + omitted;
  const lines = [
    ...(isOom ? [] : ["No process was killed for want of memory in this log."]),
    ...(count > 0
      ? [
          `${counted(count, "process was", "processes were")} killed${manualSysrq ? " by hand (SysRq-f): no sign of want of memory" : " for want of memory"}.`,
        ]
      : []),
    ...(reportsWithoutVictim > 0
      ? [`${counted(reportsWithoutVictim, "report names", "reports name")} no victim: the log is cut short there.`]
      : []),
    ...(noKillableProcess ? ["The kernel was out of memory and had no process that it may kill: it stops there."] : []),
    ...(units.length > 0 ? [`systemd says that the OOM killer hit ${units.join(", ")}.`] : []),
    ...(kernel === null ? [] : [`Kernel ${kernel}.`]),
  ];
  return lines.join("\n");
}

function section(kill: KernelKill): string {
  const facts: readonly (readonly [string, string | null])[] = [
    [
      "when",
      kill.time ?? kill.loggedAt ?? (kill.uptimeSeconds === null ? null : `${kill.uptimeSeconds.toFixed(1)} s after the kernel started`),
    ],
    ["used", usage(kill)],
    ["its memory", memory(kill)],
    ["container", kill.containerId],
    ["pod", kill.podUid],
    ["cgroup", kill.cgroup],
    [
      "asked for memory",
      kill.trigger === null || isTrigger(kill)
        ? null
        : `${kill.trigger.process}${kill.trigger.pid === null ? "" : ` (pid ${kill.trigger.pid})`}, not the victim`,
    ],
    ["biggest tasks", tasks(kill)],
    ["not sure", kill.certain ? null : doubt(kill)],
  ];
  const lines = facts.flatMap(([name, fact]) => (fact === null ? [] : [`  ${name.padEnd(16)}  ${fact}`]));
  return [`${sayKill(kill)}.`, ...lines].join("\n");
}

function doubt({ killer }: KernelKill): string {
  return killer === "kernel"
    ? "the log does not hold the kill itself: a child of this process may have died instead"
    : "the signal could not be sent, or nothing says that it was";
}

function usage({ constraint, usageBytes, limitBytes, oomCgroup }: KernelKill): string | null {
  if (constraint !== "cgroup" || usageBytes === null) return null;
  return `${formatBytes(usageBytes)} of ${limitBytes === null ? "no limit of its own" : formatBytes(limitBytes)}${oomCgroup === null ? "" : ` in ${oomCgroup}`}`;
}

function memory({ anonRssBytes, fileRssBytes, shmemRssBytes, swapBytes }: KernelKill): string | null {
  const parts = [
    [anonRssBytes, "anonymous"],
    [fileRssBytes, "of files"],
    [shmemRssBytes, "shared"],
    [swapBytes, "swapped out"],
  ] as const;
  const said = parts.flatMap(([bytes, what]) =>
    bytes === null || (bytes === 0 && what !== "anonymous") ? [] : [`${formatBytes(bytes)} ${what}`],
  );
  return said.length === 0 ? null : said.join(", ");
}

function tasks(kill: KernelKill): string | null {
  const shown = kill.tasks
    .slice(0, TASKS_SHOWN)
    .map(
      ({ process, pid, rssBytes, rssPages }) =>
        `${process} (pid ${pid}) ${rssBytes === null ? `${rssPages} pages` : formatBytes(rssBytes)}`,
    );
  return shown.length === 0 ? null : `${shown.join(", ")}; ${counted(kill.taskCount, "task")} in all`;
}

function isTrigger({ trigger, pid, process }: KernelKill): boolean {
  return trigger !== null && (trigger.pid ?? pid) === pid && trigger.process === process;
}

function more({ kills, omitted, duplicates }: KernelOomReading, shown: number): string {
  const older = kills.length - shown;
  const lines = [
    ...(older > 0 ? [`${counted(older, "earlier kill")} not shown: --json has them.`] : []),
    ...(omitted > 0 ? [`${counted(omitted, "later kill")} counted only.`] : []),
    ...(duplicates > 0
      ? [
          `${counted(duplicates, "line or report repeats a kill", "lines or reports repeat kills")} and ${duplicates === 1 ? "is" : "are"} counted once.`,
        ]
      : []),
  ];
  return lines.join("\n");
}

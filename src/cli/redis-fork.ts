import { counted } from "../domain/count.ts";
import type { PatternHits } from "../runbooks/logs/schema.ts";

// What Redis and Valkey write at their start: "WARNING overcommit_memory is set to 0!", "Memory overcommit must be enabled!"
const WARNED = /overcommit_memory is set to 0|memory overcommit must be enabled/i;

/** A Redis that could not fork to save: the kernel promised no second copy of its memory. Its `maxmemory` says nothing about that. */
export function forkRefused(text: string, { count, sample }: Pick<PatternHits, "count" | "sample">) {
  const isWarned = WARNED.test(text);
  return {
    verdict: "fork-refused",
    headline:
      "Redis could not fork to save its data: the kernel did not promise memory for a second copy of it. That is the host's setting for overcommit, or want of free memory, and not Redis's maxmemory.",
    confidence: isWarned ? 0.85 : 0.7,
    for: [
      `${counted(count, "line")} such as "${sample}"`,
      ...(isWarned ? ["Redis warned that vm.overcommit_memory is 0: then the kernel refuses a fork for which it sees no memory"] : []),
    ],
    against: [
      isWarned
        ? "the text does not say how much memory the host, or the container, had left"
        : "the text says neither what vm.overcommit_memory is nor how much memory the host, or the container, had left",
    ],
    advice: [
      "`sysctl vm.overcommit_memory` on the host says what it is; with 1 (`sysctl vm.overcommit_memory=1`, and the same in /etc/sysctl.d so that it stays) a fork is not refused. A container has its host's",
      "Leave memory free for what is written while a save runs, up to as much again as Redis holds: a lower maxmemory, or more memory. With overcommit alone the kernel may kill Redis instead",
      "Until a save works nothing new is on disk, and with stop-writes-on-bgsave-error (the default) Redis refuses writes (MISCONF): `redis-cli INFO persistence` tells of the last save in rdb_last_bgsave_status",
      "`redis-cli INFO | oomph explain -`, or `oomph investigate redis/<name>` where it is configured, says how much it holds",
    ],
  } as const;
}

import type { Process } from "./classify-processes.ts";

// Scripts that are run inside the examined container, by `sh -c`. They read files only and use hardly anything but the
// shell itself: many images have no ps or grep, and each program is charged to a container that is short of memory.

/**
 * Prints each process: `P pid ppid`, `R` and `S` resident and proportional size in kB, `F` how much of the latter are mapped
 * files, `C` and the command line up to `E`.
 */
export const LIST_PROCESSES = `for d in /proc/[0-9]*; do
  [ -r "$d/status" ] || continue
  pp=0; r=
  { while IFS=":" read -r k v; do case $k in PPid) pp=$v;; VmRSS) r=$v;; esac; done < "$d/status"; } 2>/dev/null
  echo P "\${d#/proc/}" $pp
  [ -n "$r" ] && echo R $r
  { while read -r k v u; do case $k in Pss:) echo S $v;; Pss_File:) echo F $v; break;; esac; done < "$d/smaps_rollup"; } 2>/dev/null
  printf "C "
  cat "$d/cmdline" 2>/dev/null || { IFS= read -r c < "$d/cmdline"; printf %s "$c"; } 2>/dev/null
  printf "\\nE\\n"
done
exit 0`;

/** Stands in the command line of what is run inside, so that it can be told from what was there before. */
export const MARK = "oomph-reads";

/** Prints the files named after it that can be read, each behind a line `## path`. */
export const PRINT_FILES = `for f in "$@"; do
  [ -r "$f" ] || continue
  echo "## $f"
  { while IFS= read -r l || [ -n "$l" ]; do printf "%s\\n" "$l"; done < "$f"; } 2>/dev/null
done
exit 0`;

/** Reads what LIST_PROCESSES prints. Pure. */
export function readProcessList(output: string): readonly Process[] {
  return output.split(/^P /m).slice(1).flatMap(readProcess);
}

// What a program that is run inside is for a moment before it begins: that of a health check, or one of ours.
const ABOUT_TO_BEGIN = /^(\S*\/)?runc(:\[\d:\w+\])?( init)?$/;

/** Without the shells that read all this, what they start, and what only begins to be run inside. */
export function withoutReaders<Each extends Process>(processes: readonly Each[]): readonly Each[] {
  const readers = new Set(processes.filter(({ args }) => args.startsWith("sh -c ") && args.includes(` ${MARK}`)).map(({ pid }) => pid));
  return processes.filter(({ pid, parentPid, args }) => !readers.has(pid) && !readers.has(parentPid) && !ABOUT_TO_BEGIN.test(args.trim()));
}

/** Reads what PRINT_FILES prints: path → lines. Pure. */
export function readFiles(output: string): ReadonlyMap<string, readonly string[]> {
  const parts = output.split(/^## (\/.*)$/m).slice(1);
  const files = new Map<string, readonly string[]>();
  for (let at = 0; at + 1 < parts.length; at += 2) files.set(parts[at] ?? "", (parts[at + 1] ?? "").trim().split("\n"));
  return files;
}

function readProcess(block: string): readonly Process[] {
  const head = /^(\d+) (\d+)\n/.exec(block);
  const args = /^C ([^]*?)\nE$/m.exec(block)?.[1]?.replaceAll("\0", " ").trim() ?? "";
  if (head === null || args === "") return [];
  return [
    {
      pid: Number(head[1]),
      parentPid: Number(head[2]),
      rssBytes: kilobytes(/^R (\d+)/m.exec(block)?.[1]),
      pssBytes: ownBytes(kilobytes(/^S (\d+)/m.exec(block)?.[1]), kilobytes(/^F (\d+)/m.exec(block)?.[1])),
      args,
    },
  ];
}

/** Without programs and libraries that are mapped: they are cache, and often charged to another container of the same image. */
function ownBytes(pssBytes: number | undefined, mappedBytes = 0): number | undefined {
  return pssBytes === undefined ? undefined : Math.max(0, pssBytes - mappedBytes);
}

function kilobytes(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text) * 1024;
}

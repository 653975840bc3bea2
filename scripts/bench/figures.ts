/** The middle one; of an even number the lower of the two middle ones. NaN of none. */
export function median(figures: readonly number[]): number {
  return figures.toSorted((left, right) => left - right)[Math.floor((figures.length - 1) / 2)] ?? Number.NaN;
}

/** Resident memory of a process in MiB, as the kernel counts it: now, or the highest ever (`VmHWM`). Linux only. */
export function residentMiB(status: string, line: "VmRSS" | "VmHWM" = "VmRSS"): number {
  const kib = new RegExp(`^${line}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
  if (kib === undefined) throw new Error(`Expected a line ${line} in /proc/<pid>/status, there is none: this part runs on Linux only.`);
  return Number(kib) / 1024;
}

import { formatBytes } from "../bytes.ts";
import type { KernelKill, Killer } from "./types.ts";

const KILLERS: Readonly<Record<Killer, string>> = {
  kernel: "The kernel",
  "systemd-oomd": "systemd-oomd",
  oomd: "oomd",
  talos: "Talos' OOM controller",
  earlyoom: "earlyoom",
  nohang: "nohang",
  lowmemorykiller: "Android's low memory killer",
};

/** One kill as a sentence: "The kernel killed java (pid 90210): its cgroup reached its limit of 1.0 GiB". */
export function sayKill(kill: KernelKill): string {
  const verb = kill.certain ? "killed" : "chose to kill";
  return `${KILLERS[kill.killer]} ${verb} ${victimOf(kill)}: ${reasonOf(kill)}`;
}

function victimOf({ process, pid, cgroup }: KernelKill): string {
  if (process !== null) return pid === null ? process : `${process} (pid ${pid})`;
  if (pid !== null) return `pid ${pid}`;
  return cgroup === null ? "a process that the log does not name" : `what ran in ${cgroup}`;
}

function reasonOf({ manualSysrq, killer, why, constraint, limitBytes, cgroup, oomCgroup }: KernelKill): string {
  if (manualSysrq) return "someone asked for it by hand (SysRq-f), so it says nothing about memory";
  if (killer !== "kernel") return why ?? "the host's memory was low";
  if (constraint === "global") return "the host had no memory left";
  if (constraint === "unknown") return "out of memory; the log does not say whether a limit or the host's memory was reached";
  const limit = limitBytes === null ? "its limit" : `its limit of ${formatBytes(limitBytes)}`;
  return oomCgroup === null || oomCgroup === cgroup
    ? `its cgroup reached ${limit}`
    : `${oomCgroup}, which holds its cgroup, reached ${limit}`;
}

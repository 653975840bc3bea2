import type { KillLedger } from "./kill-ledger.ts";
import type { LogLine } from "./log-line.ts";
import { placed, unknownKill } from "./make-kill.ts";
import type { KernelKill } from "./types.ts";

type Reader = { readonly needle: string; read(line: LogLine, daemons: Daemons): boolean };
type Daemons = { readonly ledger: KillLedger; readonly before: string };

// systemd-oomd: a cgroup, and why; since 258 it says that it marked it, and kills later.
const SYSTEMD_OOMD = /\b(?:Killed (\/\S+)|Marked (\/\S+) for killing) due to (memory pressure for .+|memory used .+|swap used .+)$/;
const UNIT_BY_OOMD = /(\S+): systemd-oomd killed (\d+) process/;
const UNIT_BY_KERNEL = /(\S+): (?:A process of this unit has been killed by the OOM killer|Failed with result 'oom-kill')/;
// earlyoom 1.4 and later, 1.3, before.
const EARLYOOM = /sending SIG(?:TERM|KILL) to process (\d+)(?: uid (\d+))? "(.*?)": .*\bVmRSS:? (\d+) MiB/;
const EARLYOOM_13 = /killing process (\d+)(?: uid (\d+))? "(.*?)" with signal \d+: .*\bVmRSS:? (\d+) MiB/;
const EARLYOOM_OLD = /Killing process '(.*)' with signal \d+, pid: (\d+), .*\bVmRSS:? (\d+) MiB/;
const TALOS = /Sending SIGKILL to cgroup (\{.*)$/;
const TALOS_VICTIMS = /victim processes: \{.*"processes": ?\[([^\]]*)\]/;
const NOHANG = /Send(?:ing)? SIG(TERM|KILL) to the victim/;
const NOHANG_VICTIM = /PID: (\d+), [Nn]ame: (.+?), badness/g;
// Facebook's oomd: pressure over 10, 60 and 300 seconds, then the cgroup without its first slash.
const OOMD = /oomd kill: (?:[\d.]+ ){3}(\S+) /;
// Android's: of its driver and of its daemon, of any version.
const LOW_MEMORY = /\bKill(?:ing)? '(.{1,255}?)' \((\d+)\)(?:, uid (\d+))?(?:,? (?:oom_score_adj|adj) (-?\d+))?/;
const LOW_MEMORY_WHY = /; reason: (.+?)\s*$/;
const KUBELET = /(System|Cgroup) OOM encountered, victim process: (.+), pid: (\d+)/;

const READERS: readonly Reader[] = [
  { needle: " due to ", read: readSystemdOomd },
  { needle: "systemd-oomd killed", read: readUnitByOomd },
  { needle: "killed by the OOM killer", read: readUnitByKernel },
  { needle: "result 'oom-kill'", read: readUnitByKernel },
  { needle: "VmRSS", read: readEarlyoom },
  { needle: "kill failed: ", read: readEarlyoomFailure },
  { needle: "oomd kill: ", read: readOomd },
  { needle: "Kill", read: readLowMemory },
  { needle: "SIGKILL to cgroup", read: readTalos },
  { needle: "victim processes:", read: readTalosVictims },
  { needle: "to the victim", read: readNohang },
  { needle: "OOM encountered", read: readKubelet },
];

/**
 * Enters what daemons beside the kernel killed for want of memory, and what they say of the kernel's kills. `before`:
 * the log in front of the line, of which nohang's victim is read. False: the line tells of no kill.
 */
export function readDaemonLine(line: LogLine, ledger: KillLedger, before: string): boolean {
  return READERS.some(({ needle, read }) => line.message.includes(needle) && read(line, { ledger, before }));
}

function readSystemdOomd(line: LogLine, { ledger }: Daemons): boolean {
  const [, killed, marked, why] = SYSTEMD_OOMD.exec(line.message) ?? [];
  const cgroup = killed ?? marked;
  if (cgroup === undefined || why === undefined) return false;
  const pressed = /^memory pressure for (\/\S*)/.exec(why)?.[1] ?? null;
  ledger.add({
    ...unknownKill("systemd-oomd", line.time),
    ...placed(cgroup, pressed),
    // Pressure is of a cgroup, but its cause may be the host; used memory and swap are the host's.
    constraint: pressed === null ? "global" : "unknown",
    why: `due to ${why}`,
  });
  return true;
}

/** systemd counts what oomd killed in the unit; alone, it is all that is known. */
function readUnitByOomd(line: LogLine, { ledger }: Daemons): boolean {
  const [, unit, count] = UNIT_BY_OOMD.exec(line.message) ?? [];
  if (unit === undefined) return false;
  const isIt = (kill: KernelKill): boolean => kill.killer === "systemd-oomd" && kill.cgroup?.endsWith(`/${unit}`) === true;
  if (ledger.amendLast(isIt, (kill) => ({ ...kill, taskCount: Number(count) }))) return true;
  ledger.add({ ...unknownKill("systemd-oomd", line.time), taskCount: Number(count), why: `${count} processes of ${unit}` });
  return true;
}

/** systemd says the same of what systemd-oomd killed, of which more is known. */
function readUnitByKernel({ message }: LogLine, { ledger }: Daemons): boolean {
  const unit = UNIT_BY_KERNEL.exec(message)?.[1];
  if (unit === undefined) return false;
  const isByOomd = (kill: KernelKill): boolean => kill.killer === "systemd-oomd" && (kill.cgroup ?? kill.why ?? "").endsWith(unit);
  if (!ledger.amendLast(isByOomd, (kill) => kill)) ledger.unitHit(unit);
  return true;
}

function readEarlyoom({ message, time }: LogLine, { ledger }: Daemons): boolean {
  const [, oldProcess, oldPid, oldMib] = EARLYOOM_OLD.exec(message) ?? [];
  const [, pid, uid, process, mib] = EARLYOOM.exec(message) ??
    EARLYOOM_13.exec(message) ?? [undefined, oldPid, undefined, oldProcess, oldMib];
  if (pid === undefined || process === undefined) return false;
  ledger.add({
    ...unknownKill("earlyoom", time),
    process,
    pid: Number(pid),
    uid: uid === undefined ? null : Number(uid),
    constraint: "global",
    why: `the host's free memory was low; the process held ${mib} MiB`,
  });
  return true;
}

/** Not where it only waited in vain: the signal was sent, and the process is still at it. */
function readEarlyoomFailure({ message }: LogLine, { ledger }: Daemons): boolean {
  if (message.includes("Timer expired")) return true;
  return ledger.amendLast(
    ({ killer }) => killer === "earlyoom",
    (kill) => ({ ...kill, certain: false }),
  );
}

function readOomd({ message, time }: LogLine, { ledger }: Daemons): boolean {
  const cgroup = OOMD.exec(message)?.[1];
  if (cgroup === undefined) return false;
  ledger.add({
    ...unknownKill("oomd", time),
    ...placed(`/${cgroup.replace(/^\//, "")}`, null),
    why: "memory pressure, by the rules of oomd",
  });
  return true;
}

function readLowMemory({ message, time }: LogLine, { ledger }: Daemons): boolean {
  const [, process, pid, uid, adj] = LOW_MEMORY.exec(message) ?? [];
  if (process === undefined || !/lowmemorykiller|lmkd/.test(message)) return false;
  const why = LOW_MEMORY_WHY.exec(message)?.[1];
  ledger.add({
    ...unknownKill("lowmemorykiller", time),
    process,
    pid: Number(pid),
    uid: uid === undefined ? null : Number(uid),
    oomScoreAdj: adj === undefined ? null : Number(adj),
    constraint: "global",
    why: `the device's memory was low${why === undefined ? "" : ` (${why})`}`,
  });
  return true;
}

function readTalos({ message, time }: LogLine, { ledger }: Daemons): boolean {
  const fields = TALOS.exec(message)?.[1];
  const path = /"cgroup": ?"([^"]+)"/.exec(fields ?? "")?.[1];
  if (path === undefined) return false;
  const cgroup = path.replace(/^.*?\/sys\/fs\/cgroup(?=\/)/, "");
  ledger.add({
    ...unknownKill("talos", time),
    ...placed(cgroup, null),
    constraint: "global",
    why: "Talos' OOM controller killed the cgroup",
  });
  return true;
}

/** The line after the kill: pids, or none when the cgroup was empty already. */
function readTalosVictims({ message }: LogLine, { ledger }: Daemons): boolean {
  const list = TALOS_VICTIMS.exec(message)?.[1];
  if (list === undefined) return false;
  const pids = list
    .split(",")
    .flatMap((text) => (/^\s*"?(\d+)"?\s*$/.exec(text)?.[1] === undefined ? [] : Number(text.replaceAll(/\D/g, ""))));
  return ledger.amendLast(
    ({ killer }) => killer === "talos",
    (kill) => ({ ...kill, pid: pids.length === 1 ? (pids[0] ?? null) : kill.pid, taskCount: pids.length }),
  );
}

function readNohang(line: LogLine, { ledger, before }: Daemons): boolean {
  if (!NOHANG.test(line.message)) return false;
  const [, pid, process] = [...before.matchAll(NOHANG_VICTIM)].at(-1) ?? [];
  ledger.add({
    ...unknownKill("nohang", line.time),
    process: process ?? null,
    pid: pid === undefined ? null : Number(pid),
    constraint: "global",
    why: "the host's free memory was low",
  });
  return true;
}

/** The kubelet repeats what the kernel did. */
function readKubelet({ message, time }: LogLine, { ledger }: Daemons): boolean {
  const [, whose, process, pid] = KUBELET.exec(message) ?? [];
  if (process === undefined || pid === undefined) return false;
  ledger.add({ ...unknownKill("kernel", time), process, pid: Number(pid), constraint: whose === "Cgroup" ? "cgroup" : "global" });
  return true;
}

/** Reports as kernels of each time write them, with made-up names and figures. */
export const CONTAINER = "4f1c0d9ae57b2386c4f1c0d9ae57b2386c4f1c0d9ae57b2386c4f1c0d9ae57b2";
export const OTHER_CONTAINER = "b7a2e1f0c9d84563b7a2e1f0c9d84563b7a2e1f0c9d84563b7a2e1f0c9d84563";
export const POD_UID = "5d0c3f1e-7a2b-4c6d-8e9f-0a1b2c3d4e5f";

type Task = { readonly pid: number; readonly process: string };
type MadeUp = { readonly cgroup?: string; readonly limitCgroup?: string; readonly pid?: number; readonly process?: string };
type OldReport = MadeUp & { readonly child?: Task };
type NewReport = MadeUp & { readonly trigger?: Task; readonly order?: number };

/** cgroup v1, kernels 3.x and 4.x: a task line, and two lines for the kill. */
export function oldReport({
  cgroup = `/docker/${CONTAINER}`,
  limitCgroup = cgroup,
  pid = 4711,
  process = "worker",
  child = { pid, process },
}: OldReport = {}): string {
  return [
    `${process} invoked oom-killer: gfp_mask=0x24000c0(GFP_KERNEL), order=0, oom_score_adj=0`,
    `${process} cpuset=${OTHER_CONTAINER} mems_allowed=0`,
    `CPU: 3 PID: ${pid} Comm: ${process} Kdump: loaded Tainted: G           O   ------------ T 4.9.0-19-amd64 #1 Debian 4.9.320-2`,
    "Call Trace:",
    " [<ffffffff8137ad47>] dump_stack+0x4d/0x63",
    ` [<ffffffff811239dc>] mem_cgroup_out_of_memory+0x241/0x299`,
    `Task in ${cgroup} killed as a result of limit of ${limitCgroup}`,
    "memory: usage 524288kB, limit 524288kB, failcnt 98",
    "memory+swap: usage 600000kB, limit 1048576kB, failcnt 0",
    "kmem: usage 2048kB, limit 9007199254740988kB, failcnt 0",
    `Memory cgroup stats for ${limitCgroup}: cache:0KB rss:522240KB rss_huge:0KB mapped_file:0KB`,
    `Memory cgroup stats for ${cgroup}/inner: cache:0KB rss:0KB`,
    "[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj name",
    `[ ${pid}]  1000  ${pid}   225000   131000     315       4     9000           500 ${process}`,
    `[  512]     0   512     4869       50      13       3        0             0 sh`,
    `Memory cgroup out of memory: Kill process ${pid} (${process}) score 903 or sacrifice child`,
    `Killed process ${child.pid} (${child.process}) total-vm:900000kB, anon-rss:520000kB, file-rss:4000kB, shmem-rss:0kB`,
    `oom_reaper: reaped process ${child.pid} (${child.process}), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB`,
    "",
  ].join("\n");
}

/** cgroup v2, kernels since 5.x; the columns are those since 6.8. */
export function newReport({
  cgroup = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${POD_UID.replaceAll("-", "_")}.slice/cri-containerd-${CONTAINER}.scope`,
  limitCgroup = cgroup,
  pid = 90210,
  process = "java",
  trigger = { process: "GC Thread#3", pid: 90218 },
  order = 0,
}: NewReport = {}): string {
  return [
    `${trigger.process} invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=${order}, oom_score_adj=995`,
    `CPU: 1 UID: 1000 PID: ${trigger.pid} Comm: ${trigger.process} Tainted: G        W  OE      6.8.0-48-generic #48-Ubuntu`,
    "Tainted: [W]=WARN, [O]=OOT_MODULE, [E]=UNSIGNED_MODULE",
    "Call Trace:",
    " <TASK>",
    " oom_kill_process.cold+0x8/0x8a",
    " mem_cgroup_out_of_memory+0xc0/0x110",
    " </TASK>",
    "memory: usage 1048576kB, limit 1048576kB, failcnt 4410",
    "swap: usage 0kB, limit 9007199254740988kB, failcnt 0",
    `Memory cgroup stats for ${limitCgroup}:`,
    "anon 1060000000",
    "file 12288",
    "Tasks state (memory values in pages):",
    "[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name",
    `[  90100]     0 90100      256      128        0      128         0    28672        0          -998 pause`,
    `[  ${pid}]  1000 ${pid}   786432   262000   258000     4000         0  2300000        0           995 ${process}`,
    `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=cri-containerd-${OTHER_CONTAINER}.scope,mems_allowed=0,oom_memcg=${limitCgroup},task_memcg=${cgroup},task=${process},pid=${pid},uid=1000`,
    `Memory cgroup out of memory: Killed process ${pid} (${process}) total-vm:3145728kB, anon-rss:1032000kB, file-rss:16000kB, shmem-rss:0kB, UID:1000 pgtables:2246kB oom_score_adj:995`,
    "",
  ].join("\n");
}

export function prefixed(report: string, prefix: (line: number) => string): string {
  return report
    .split("\n")
    .map((text, line) => (text === "" ? "" : `${prefix(line)}${text}`))
    .join("\n");
}

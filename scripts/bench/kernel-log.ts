import { spawn } from "node:child_process";
import { createReadStream, mkdtempSync, openSync, closeSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { KernelLogScan } from "../../src/domain/kernel-oom/kernel-log-scan.ts";
import { median } from "./figures.ts";

export type KernelLogBench = {
  /** A month of a host's journal with a few kills in it: read from the file, searched and its reports read. */
  readonly mbPerSecond: number;
  /** The same, of a second of the processor's time: on a busy machine the fairer figure. */
  readonly mbPerCpuSecond: number;
  /** The same file, read the same way, its newlines counted. */
  readonly bareMbPerSecond: number;
  /** Bare reading for one reading of the kills. */
  readonly bareRatio: number;
  /** `oomph explain --json` on the file, from the start of the process to its answer. */
  readonly explainSeconds: number;
  /** What reading held at the most, beyond what the process had before. */
  readonly extraMiB: number;
  readonly megabytes: number;
  readonly kills: number;
};

const ROOT = resolve(import.meta.dirname, "../..");
const LOG_BYTES = 512 * 2 ** 20;
const KILLS = 12;
const READ_AT_ONCE = 2 ** 20;
// In turns, so that a slow moment of the machine hits both.
const ROUNDS = 5;

/** Measures how fast a month of journal is read, beside counting its newlines. Takes about half a minute. */
export async function benchKernelLog(): Promise<KernelLogBench> {
  const folder = mkdtempSync(join(tmpdir(), "oomph-bench-kernel-log-"));
  try {
    const file = join(folder, "journal.log");
    writeLog(file);
    const megabytes = statSync(file).size / 1e6;
    await countNewlines(file); // the file is in memory from here on
    const bare: number[] = [];
    const own: number[] = [];
    const ownCpu: number[] = [];
    let extraMiB = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      bare.push(megabytes / (await secondsOf(() => countNewlines(file))));
      const before = process.cpuUsage();
      own.push(
        megabytes /
          (await secondsOf(async () => {
            extraMiB = Math.max(extraMiB, await readKills(file));
          })),
      );
      const { user, system } = process.cpuUsage(before);
      ownCpu.push(megabytes / ((user + system) / 1e6));
    }
    const explainSeconds = await secondsOf(() => explain(file));
    const [mbPerSecond, bareMbPerSecond] = [median(own), median(bare)];
    const bareRatio = bareMbPerSecond / mbPerSecond;
    return { mbPerSecond, mbPerCpuSecond: median(ownCpu), bareMbPerSecond, bareRatio, explainSeconds, extraMiB, megabytes, kills: KILLS };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As `oomph explain` reads: in pieces, as bytes. Returns the memory that it held at the most, in MiB. */
async function readKills(file: string): Promise<number> {
  const before = process.memoryUsage.rss();
  let most = before;
  const scan = new KernelLogScan();
  for await (const chunk of chunksOf(file)) {
    scan.push(chunk.toString("latin1"));
    most = Math.max(most, process.memoryUsage.rss());
  }
  const { kills } = scan.end();
  if (kills.length !== KILLS) throw new Error(`Expected ${KILLS} kills in the log, got ${kills.length}.`);
  return (most - before) / 2 ** 20;
}

async function countNewlines(file: string): Promise<number> {
  let lines = 0;
  for await (const chunk of chunksOf(file)) {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines += 1;
  }
  return lines;
}

async function* chunksOf(file: string): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(file, { highWaterMark: READ_AT_ONCE })) {
    if (Buffer.isBuffer(chunk)) yield chunk;
  }
}

async function explain(file: string): Promise<void> {
  const child = spawn(process.execPath, [join(ROOT, "bin/oomph.mjs"), "explain", file, "--json"], { stdio: ["ignore", "pipe", "inherit"] });
  const reading: { readonly kills: readonly unknown[] } = JSON.parse(await text(child.stdout));
  if (reading.kills.length !== KILLS) throw new Error(`Expected ${KILLS} kills of oomph explain, got ${reading.kills.length}.`);
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return (performance.now() - startedAtMs) / 1000;
}

/** What a host writes in a month: services, sessions, network; words that only look like a kill; a kill now and then. */
function writeLog(file: string): void {
  const handle = openSync(file, "w");
  let written = 0;
  for (let block = 0; written < LOG_BYTES; block += 1) {
    const isKill = block % Math.floor(LOG_BYTES / 2 ** 20 / KILLS) === 0 && block < KILLS * Math.floor(LOG_BYTES / 2 ** 20 / KILLS);
    written += writeSync(handle, `${ordinary(block)}${isKill ? report(block) : ""}`);
  }
  closeSync(handle);
}

const SAYINGS: readonly ((n: number) => string)[] = [
  (n) => `systemd[1]: Started session-${n}.scope - Session ${n} of User deploy.`,
  (n) =>
    `sshd[${2000 + (n % 9000)}]: Accepted publickey for deploy from 10.0.${n % 250}.7 port ${20_000 + (n % 40_000)} ssh2: ED25519 SHA256:m4d3upm4d3up`,
  (n) => `kernel: docker0: port ${1 + (n % 9)}(veth${n.toString(16)}) entered disabled state`,
  (n) =>
    `kubelet[812]: I0612 ${n} kuberuntime_container.go:779] "Killing container with a grace period" pod="shop/web-${n % 90}" gracePeriod=30`,
  (n) =>
    `dockerd[900]: time="2026-06-12T10:00:00Z" level=info msg="ignoring event" container=${n.toString(16).padStart(64, "0")} module=libcontainerd topic=/tasks/delete`,
  (n) => `CRON[${n % 30_000}]: pam_unix(cron:session): session opened for user root(uid=0) by root(uid=0)`,
  (n) => `app[77]: {"level":"warn","msg":"room ${n} is out of seats, zoom link sent","victims":0,"oom_score_adj":0}`,
  (n) =>
    `audit[${n % 5000}]: SYSCALL arch=c000003e syscall=59 success=yes exit=0 a0=55d0 items=2 ppid=1 pid=${n} comm="runc" exe="/usr/bin/runc" key=(null)`,
];

/** About 1 MiB of lines that tell of no kill. */
function ordinary(block: number): string {
  const lines: string[] = [];
  for (let bytes = 0, n = block * 10_000; bytes < 2 ** 20; n += 1) {
    const say = SAYINGS[n % SAYINGS.length];
    const clock = `${String(10 + (n % 14)).padStart(2, "0")}:${String(n % 60).padStart(2, "0")}:${String((n * 7) % 60).padStart(2, "0")}`;
    const line = `Jun ${String(1 + (block % 30)).padStart(2)} ${clock} host-1 ${say?.(n) ?? ""}\n`;
    bytes += line.length;
    lines.push(line);
  }
  return lines.join("");
}

function report(block: number): string {
  const id = block.toString(16).padStart(64, "c");
  const pid = 30_000 + block;
  const rows = Array.from(
    { length: 200 },
    (_, at) =>
      `[${String(40_000 + at).padStart(7)}]  1000 ${40_000 + at}     5328     ${at}        0      316         0    86016        0             0 worker`,
  );
  return [
    "worker invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0",
    `CPU: 0 UID: 0 PID: ${pid} Comm: worker Not tainted 6.8.0-48-generic #48`,
    " mem_cgroup_out_of_memory+0xc0/0x110",
    "memory: usage 524288kB, limit 524288kB, failcnt 123",
    `Memory cgroup stats for /docker/${id}:`,
    "[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name",
    ...rows,
    `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=${id},mems_allowed=0,oom_memcg=/docker/${id},task_memcg=/docker/${id},task=worker,pid=${pid},uid=0`,
    `Memory cgroup out of memory: Killed process ${pid} (worker) total-vm:900000kB, anon-rss:${500_000 + block}kB, file-rss:1264kB, shmem-rss:0kB, UID:0 pgtables:84kB oom_score_adj:0`,
  ]
    .map((line, at) => `Jun 12 10:00:00 host-1 kernel: [${block}.${String(at).padStart(6, "0")}] ${line}\n`)
    .join("");
}

import { expect, test } from "vitest";
import { ownProcesses } from "../../../src/runbooks/container-memory/collect-census.ts";
import { MARK, readFiles, readProcessList, withoutReaders } from "../../../src/runbooks/container-memory/inside.ts";
import { readCgroup } from "../../../src/runbooks/container-memory/read-cgroup.ts";

const MIB = 2 ** 20;

test("a process list: arguments apart, several lines in one, proportional size without mapped files", () => {
  const output = "P 1 0\nR 2048\nS 1500\nF 500\nC node\0/app/a b.js\0--x\0\nE\nP 7 1\nC sh\0-c\0one\ntwo\0\nE\nP 9 2\nC \nE\n";
  expect(readProcessList(output)).toEqual([
    { pid: 1, parentPid: 0, rssBytes: 2 * MIB, pssBytes: 1000 * 1024, args: "node /app/a b.js --x" },
    { pid: 7, parentPid: 1, rssBytes: undefined, pssBytes: undefined, args: "sh -c one\ntwo" },
  ]);
  expect(readProcessList("")).toEqual([]);
});

test("what reads is not counted, nor what it starts", () => {
  const own = { pid: 1, parentPid: 0, args: "app" };
  const reader = { pid: 20, parentPid: 0, args: `sh -c for f in "$@"; do :; done ${MARK} /proc/meminfo` };
  expect(withoutReaders([own, reader, { pid: 21, parentPid: 20, args: "cat /proc/1/cmdline" }])).toEqual([own]);
});

test("what is only about to be run inside is not counted", () => {
  const processes = ["runc init", "/usr/sbin/runc init", "runc:[2:INIT]", "runc", "node runc init", "runcible"];
  const counted = withoutReaders(processes.map((args, pid) => ({ pid, parentPid: 0, args })));
  expect(counted.map(({ args }) => args)).toEqual(["node runc init", "runcible"]);
});

test("with numbers shared with the host, the container's own are those that Docker names", () => {
  const inside = [1, 50, 60].map((pid) => ({ pid, parentPid: 0, args: `p${pid}` }));
  expect(ownProcesses(inside, [{ pid: 50, parentPid: 1, args: "p50" }]).map(({ pid }) => pid)).toEqual([50]);
  expect(ownProcesses(inside, [{ pid: 4711, parentPid: 1, args: "p1" }])).toEqual(inside);
  expect(ownProcesses(inside, [])).toEqual(inside);
});

const MEMINFO = "## /proc/meminfo\nMemTotal:       16000000 kB\nMemFree: 1 kB\nMemAvailable:    8000000 kB\nHugePages_Total: 0\n";
const HOST = { hostTotalBytes: 16_000_000 * 1024, hostAvailableBytes: 8_000_000 * 1024 };

test("cgroup v2", () => {
  const files = `## /sys/fs/cgroup/memory.max\n104857600\n## /sys/fs/cgroup/memory.current\n52428800\n## /sys/fs/cgroup/memory.stat\nanon 100\nfile 200\nkernel 30\nshmem 40\ninactive_file 50\n## /sys/fs/cgroup/memory.events\nlow 0\nhigh 0\nmax 7\noom 2\noom_kill 1\n${MEMINFO}`;
  expect(readCgroup(readFiles(files))).toEqual({
    version: 2,
    limitBytes: 100 * MIB,
    usageBytes: 50 * MIB,
    peakBytes: undefined,
    anonBytes: 100,
    fileBytes: 200,
    shmemBytes: 40,
    kernelBytes: 30,
    inactiveFileBytes: 50,
    oomKills: 1,
    limitHits: 7,
    ...HOST,
  });
});

test("cgroup v2 without a limit", () => {
  const read = readCgroup(readFiles("## /sys/fs/cgroup/memory.max\nmax\n## /sys/fs/cgroup/memory.current\n5\n"));
  expect(read.limitBytes).toBeUndefined();
  expect(read.usageBytes).toBe(5);
});

test("cgroup v1, and its number for no limit", () => {
  const files = `## /sys/fs/cgroup/memory/memory.limit_in_bytes\n9223372036854771712\n## /sys/fs/cgroup/memory/memory.usage_in_bytes\n1000\n## /sys/fs/cgroup/memory/memory.failcnt\n3\n## /sys/fs/cgroup/memory/memory.stat\ncache 1\ntotal_rss 10\ntotal_cache 20\ntotal_shmem 5\ntotal_inactive_file 6\n## /sys/fs/cgroup/memory/memory.oom_control\noom_kill_disable 0\nunder_oom 0\noom_kill 2\n${MEMINFO}`;
  expect(readCgroup(readFiles(files))).toMatchObject({
    version: 1,
    limitBytes: undefined,
    usageBytes: 1000,
    anonBytes: 10,
    fileBytes: 20,
    shmemBytes: 5,
    inactiveFileBytes: 6,
    oomKills: 2,
    limitHits: 3,
    ...HOST,
  });
});

test("no cgroup file is a refusal that says so", () => {
  expect(() => readCgroup(readFiles(MEMINFO))).toThrow("cgroup files");
});

import { expect, test } from "vitest";
import { readKernelLog } from "../../../src/domain/kernel-oom/kernel-log-scan.ts";
import { sayKill } from "../../../src/domain/kernel-oom/kill-words.ts";
import { CONTAINER, newReport, oldReport } from "./made-up.ts";

test.each([
  ["its own limit", newReport(), "The kernel killed java (pid 90210): its cgroup reached its limit of 1.0 GiB"],
  [
    "a limit above",
    newReport({ limitCgroup: "/lxc/7" }),
    "The kernel killed java (pid 90210): /lxc/7, which holds its cgroup, reached its limit of 1.0 GiB",
  ],
  ["no limit told", "Memory cgroup out of memory: Killed process 4 (x)", "The kernel killed x (pid 4): its cgroup reached its limit"],
  ["the host", "Out of memory: Killed process 4 (x)", "The kernel killed x (pid 4): the host had no memory left"],
  [
    "by hand",
    oldReport().replace("order=0", "order=-1"),
    "The kernel killed worker (pid 4711): someone asked for it by hand (SysRq-f), so it says nothing about memory",
  ],
  [
    "nobody named",
    `Task in /docker/${CONTAINER} killed as a result of limit of /docker/${CONTAINER}`,
    `The kernel killed what ran in /docker/${CONTAINER}: its cgroup reached its limit`,
  ],
  [
    "the reaper",
    "oom_reaper: reaped process 7 (x), now anon-rss:0kB",
    "The kernel killed x (pid 7): out of memory; the log does not say whether a limit or the host's memory was reached",
  ],
])("%s", (_name, text, says) => {
  expect(readKernelLog(text).kills.map(sayKill)).toEqual([says]);
});

import { describe, expect, test } from "vitest";
import { readKernelLog } from "../../../src/domain/kernel-oom/kernel-log-scan.ts";
import { CONTAINER, newReport, POD_UID } from "./made-up.ts";

const HEAD = "Mar  3 04:05:06 node-3 kernel: [  812.000001] ";
const KILL =
  "Memory cgroup out of memory: Killed process 5150 (importer) total-vm:3000000kB, anon-rss:700004kB, file-rss:12kB, shmem-rss:0kB, UID:33 pgtables:1500kB oom_score_adj:300";
const WHOLE = { process: "importer", pid: 5150, anonRssBytes: 700_004 * 1024, uid: 33, oomScoreAdj: 300, constraint: "cgroup" };

describe("a kill's line that somebody's mail, chat or terminal has broken", () => {
  test.each([
    ["before its figures", KILL.replace(" total-vm", "\n        total-vm")],
    ["twice, with spaces at the ends", KILL.replace("importer) ", "importer) \n   ").replace("UID:33 ", "UID:33 \n   ")],
    ["within its words", KILL.replace("Killed process", "Killed \nprocess")],
    ["between a word and its figures, quoted", KILL.replace("5150 (", "5150\n> (").replace("kB, file", "kB,\n> file")],
  ])("%s", (_name, broken) => {
    expect(readKernelLog(`> ${HEAD}${broken}\n> ${HEAD}next line: 1 2 3\n`).kills).toMatchObject([WHOLE]);
  });

  test("a whole line takes nothing from the next", () => {
    const { kills } = readKernelLog(`${HEAD}${KILL.replace(/, UID.*$/, "")}\noom_score_adj:7 is no figure of it\n${HEAD}usb 1-1: new\n`);
    expect(kills).toHaveLength(1);
    const two = readKernelLog(`${HEAD}${KILL}\n${HEAD}${KILL.replaceAll("5150", "5151")}\n`);
    expect(two.kills.map(({ pid }) => pid)).toEqual([5150, 5151]);
  });

  test("a path that a terminal cut in the middle is put together", () => {
    const report = newReport();
    const summary = report.split("\n").find((line) => line.startsWith("oom-kill:")) ?? "";
    const cut = summary.indexOf("task_memcg=") + 60;
    const broken = report.replace(summary, `${summary.slice(0, cut)}\n${summary.slice(cut)}`);
    expect(readKernelLog(broken).kills).toMatchObject([{ pid: 90_210, process: "java", containerId: CONTAINER, podUid: POD_UID }]);
    expect(readKernelLog(broken).kills).toEqual(readKernelLog(report).kills);
  });

  test("what never ends is not waited for", () => {
    const text = `${HEAD}oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),oom_memcg=/a\n${"x\n".repeat(50)}${HEAD}${KILL}\n`;
    expect(readKernelLog(text).kills).toMatchObject([WHOLE]);
  });
});

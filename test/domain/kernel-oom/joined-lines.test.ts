import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { takeApart } from "../../../src/domain/kernel-oom/joined-lines.ts";
import { readKernelLog } from "../../../src/domain/kernel-oom/kernel-log-scan.ts";
import { newReport, oldReport, prefixed } from "./made-up.ts";

const REAL = readFileSync(resolve(import.meta.dirname, "../../fixtures/kernel-oom/docker-parent-pod-6.18.log"), "utf8");
const TWO = [oldReport({ pid: 4711, process: "first" }), newReport({ pid: 90210, process: "java" })];

/** What tells one kill from another, and whose it is. */
function told(text: string): readonly object[] {
  return readKernelLog(text).kills.map(({ pid, process, constraint, containerId, podUid, anonRssBytes, limitBytes, oomCgroup }) => {
    return { pid, process, constraint, containerId, podUid, anonRssBytes, limitBytes, oomCgroup };
  });
}

const joinedBy = (text: string, by: string): string => text.trim().split("\n").join(by);

describe("a log that somebody has put into one line", () => {
  test.each([
    ["a space", " "],
    ["a tab", "\t"],
    ["\\n in two characters", "\\n"],
    ["\\r\\n in four", "\\r\\n"],
  ])("joined by %s: the same kills, with the same limits", (_, by) => {
    for (const text of [TWO.join(""), prefixed(TWO.join(""), () => "[12345.678901] "), REAL]) {
      const apart = told(text);
      expect(apart.length).toBeGreaterThan(1);
      expect(told(joinedBy(text, by))).toEqual(apart);
    }
  });

  test.each(["Jun 11 14:22:20 node-7 kernel: [12345.678901] ", "2024-06-11T14:22:20.123456+00:00 node-7 kernel: ", "<4>[12345.678901] "])(
    "with %sin front of each line",
    (front) => {
      const text = prefixed(TWO.join(""), () => front);
      expect(told(joinedBy(text, " "))).toEqual(told(text));
      expect(readKernelLog(joinedBy(text, " ")).kills.map(({ loggedAt }) => loggedAt)).toEqual(
        readKernelLog(text).kills.map(({ loggedAt }) => loggedAt),
      );
    },
  );

  test("in JSON, in a chat's quotation: two kills are two", () => {
    const two = [
      "Memory cgroup out of memory: Killed process 100 (worker) total-vm:600000kB, anon-rss:260000kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:8kB oom_score_adj:0",
      "Memory cgroup out of memory: Killed process 200 (worker) total-vm:600000kB, anon-rss:260000kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:8kB oom_score_adj:0",
    ];
    const pids = (text: string) => readKernelLog(text).kills.map(({ pid }) => pid);
    expect(pids(two.join(" "))).toEqual([100, 200]);
    expect(pids(JSON.stringify({ message: two.join(" ") }))).toEqual([100, 200]);
    expect(pids(JSON.stringify({ message: two.join("\\n") }))).toEqual([100, 200]);
    expect(pids(`MESSAGE=${two.join(" ")}`)).toEqual([100, 200]);
    expect(pids(`Alert on node-7: ${two.join(" | ")}`)).toEqual([100, 200]);
    expect(readKernelLog(`2024-06-11T14:22:20Z node-7 kernel: ${two.join(" ")}`).kills.map(({ time }) => time)).toEqual([
      "2024-06-11T14:22:20Z",
      "2024-06-11T14:22:20Z",
    ]);
  });
});

test("a line that is whole stays whole, whatever its process is called", () => {
  for (const name of ["a\\nb", "x oom_reaper: y", "Killed process", "[1.000000] z"]) {
    const line = `[12345.678901] Memory cgroup out of memory: Killed process 100 (${name}) total-vm:600000kB, anon-rss:260000kB, file-rss:0kB, shmem-rss:0kB`;
    expect(takeApart(line)).toEqual([line]);
    expect(readKernelLog(line).kills).toMatchObject([{ pid: 100, process: name }]);
  }
  for (const line of REAL.split("\n")) expect(takeApart(line)).toEqual([line]);
});

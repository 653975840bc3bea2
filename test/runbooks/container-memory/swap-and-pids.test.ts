import { afterAll, describe, expect, test } from "vitest";
import { openScenes } from "../../../scripts/lab/containers/scenes.ts";
import { findDocker } from "../../../scripts/lab/docker.ts";
import { noteAbsentSystem, noteRealSystem } from "../../../scripts/lab/real-systems.ts";
import { diagnoseContainerMemory } from "../../../src/runbooks/container-memory/diagnose-container-memory.ts";
import { readFiles } from "../../../src/runbooks/container-memory/inside.ts";
import { readCgroup } from "../../../src/runbooks/container-memory/read-cgroup.ts";
import { dataOf, openLab, says } from "./investigating.ts";
import { cgroup, events, evidenceOf, GIB, host, logs, MIB, state, stats, type Scene } from "./scenes.ts";

const daemon = await findDocker();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);

const diagnosed = (scene: Scene) => diagnoseContainerMemory(evidenceOf({ host: host(), events: events(), ...scene }), []);
const againstOf = ({ finding }: ReturnType<typeof diagnosed>): string => finding.against.map((reason) => reason.says).join("; ");

describe("near its limit, with swap beside it", () => {
  const near = { state: state({ resources: { memorySwapBytes: 2 * GIB } }), stats: stats({ used: 0.95 * GIB }) };

  test("what is left of it is told: at the limit it is slow, and nothing is killed yet", () => {
    const swap = cgroup({ swapUsedBytes: 100 * MIB, swapLimitBytes: GIB, hostSwapTotalBytes: 8 * GIB, hostSwapFreeBytes: 4 * GIB });
    const found = diagnosed({ ...near, cgroup: swap });
    expect(found.finding).toMatchObject({
      verdict: "near-limit",
      headline:
        "It uses 95% of its memory limit. At the limit the kernel moves memory out to swap, which makes it slow: 100.0 MiB are there, 924.0 MiB more may be. Only when that is full it kills a process of it.",
    });
    expect(found.summary.find(({ label }) => label === "Memory")?.value).toContain("; swap: 100.0 MiB used, 924.0 MiB left to it");
    expect(found.finding.confidence).toBeLessThan(diagnosed({ ...near, cgroup: cgroup({ hostSwapFreeBytes: 0 }) }).finding.confidence);
  });

  test("what the host has free is all there is", () => {
    const swap = cgroup({ swapUsedBytes: 0, swapLimitBytes: GIB, hostSwapTotalBytes: 8 * GIB, hostSwapFreeBytes: 10 * MIB });
    expect(diagnosed({ ...near, cgroup: swap }).finding.headline).toContain("10.0 MiB more may be");
  });

  test("none is left, none is allowed, or the host has none: it is killed at the limit", () => {
    const killed = "It uses 95% of its memory limit. At the limit the kernel kills a process of it.";
    const full = cgroup({ swapUsedBytes: GIB, swapLimitBytes: GIB, hostSwapTotalBytes: 8 * GIB, hostSwapFreeBytes: 4 * GIB });
    expect(diagnosed({ ...near, cgroup: full }).finding.headline).toBe(killed);
    expect(diagnosed({ ...near, cgroup: cgroup({ hostSwapTotalBytes: 0, hostSwapFreeBytes: 0 }) }).finding.headline).toBe(killed);
    const none = diagnosed({ ...near, state: state({ resources: { memorySwapBytes: GIB } }) });
    expect(none.finding.headline).toBe(killed);
    expect(againstOf(none)).not.toContain("swap");
  });

  test("that it is not known is said", () => {
    expect(againstOf(diagnosed(near))).toContain("whether it has swap left, and is slow before anything is killed, is not known");
  });
});

describe("no more processes may be started", () => {
  const refused = { name: "process or thread refused", kind: "process-limit", sample: "sh: fork: Resource temporarily unavailable" };
  const roomy = { state: state(), stats: stats({ used: 0.2 * GIB }) };

  test("the cgroup's own count says so: it is not memory", () => {
    const found = diagnosed({ ...roomy, cgroup: cgroup({ pids: 512, pidsLimit: 512, pidsRefused: 9 }), logs: logs(refused) });
    expect(found.finding).toMatchObject({
      verdict: "process-limit",
      headline: expect.stringMatching(/reached its limit of 512 processes and threads \(pids\).*That is not memory/),
      advice: [],
    });
    expect(found.finding.for.map((reason) => reason.says).join("; ")).toMatch(
      /its log says so once.*counts 9 refused processes or threads.*512 of 512/,
    );
    expect(found.furtherSteps.join(" ")).toContain("pids_limit");
  });

  test("by its log alone it is likely, and what is not known is said", () => {
    const found = diagnosed({ ...roomy, cgroup: cgroup({ pids: 20, pidsLimit: 512, pidsRefused: 0 }), logs: logs(refused) });
    expect(found.finding.verdict).toBe("process-limit");
    expect(againstOf(found)).toContain("a limit of its user (ulimit -u) may be meant");
  });

  test("where something was killed for want of memory, that comes first", () => {
    const killed = { ...roomy, cgroup: cgroup({ oomKills: 1, pids: 512, pidsLimit: 512, pidsRefused: 9 }), events: events([5, "oom"]) };
    expect(diagnosed(killed).finding.verdict).toBe("child-killed");
  });

  test("with room for more of them it is no finding at all", () => {
    expect(diagnosed({ ...roomy, cgroup: cgroup({ pids: 20, pidsLimit: 512, pidsRefused: 0 }) }).finding.verdict).toBe("healthy");
  });
});

test("swap and processes in the files of both cgroup versions", () => {
  const SWAP = "SwapTotal:       2048 kB\nSwapFree:        1024 kB";
  const v2 = `## /sys/fs/cgroup/memory.current\n5\n## /sys/fs/cgroup/memory.swap.current\n7\n## /sys/fs/cgroup/memory.swap.max\nmax\n## /sys/fs/cgroup/pids.current\n3\n## /sys/fs/cgroup/pids.max\n64\n## /sys/fs/cgroup/pids.events\nmax 2\n## /proc/meminfo\n${SWAP}\n`;
  expect(readCgroup(readFiles(v2))).toMatchObject({
    swapUsedBytes: 7,
    swapLimitBytes: undefined,
    pids: 3,
    pidsLimit: 64,
    pidsRefused: 2,
    hostSwapTotalBytes: 2 * MIB,
    hostSwapFreeBytes: MIB,
  });
  const MEMORY = "/sys/fs/cgroup/memory/memory";
  const v1 = `## ${MEMORY}.usage_in_bytes\n5\n## ${MEMORY}.limit_in_bytes\n10\n## ${MEMORY}.memsw.usage_in_bytes\n7\n## ${MEMORY}.memsw.limit_in_bytes\n30\n## /sys/fs/cgroup/pids/pids.current\n3\n## /sys/fs/cgroup/pids/pids.max\nmax\n`;
  expect(readCgroup(readFiles(v1))).toMatchObject({ swapUsedBytes: 2, swapLimitBytes: 20, pids: 3, pidsLimit: undefined });
});

describe.skipIf(daemon.kind === "absent")("on real Docker", () => {
  const scenes = openScenes();
  const lab = openLab();

  afterAll(async () => {
    await lab.hosts.close();
    await scenes.end();
  }, 60_000);

  test("a container at its limit of processes is told from one that is short of memory", { timeout: 240_000 }, async () => {
    // More children than it may have: the shell says what the kernel answered, and keeps those that it has.
    const script = "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24; do sleep 600 & done; wait";
    const forker = `while :; do (${script}); sleep 1; done`;
    const { name } = await scenes.shell(forker, { limitMib: 256, more: ["--pids-limit", "20"] });
    await expect
      .poll(async () => (await lab.hosts.host("local").logTail(name, { lines: 50, maxBytes: 50_000 })).lines.length, { timeout: 100_000 })
      .toBeGreaterThan(0);
    const outcome = await lab.investigate(name);
    expect(outcome.diagnosis.finding.verdict, JSON.stringify(dataOf(outcome, "logs"))).toBe("process-limit");
    expect(says(outcome)).toMatch(/its log says so/);
  });
});

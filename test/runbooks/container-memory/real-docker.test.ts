import { afterAll, describe, expect, test, vi } from "vitest";
import { findNginx } from "../../../scripts/lab/containers/image.ts";
import { openScenes } from "../../../scripts/lab/containers/scenes.ts";
import { docker, findDocker, imageFromHost } from "../../../scripts/lab/docker.ts";
import { noteAbsentSystem, noteRealSystem } from "../../../scripts/lab/real-systems.ts";
import { OomphError } from "../../../src/domain/errors.ts";
import { readKernelLog } from "../../../src/domain/kernel-oom/kernel-log-scan.ts";
import { dataOf, openLab, says } from "./investigating.ts";

const daemon = await findDocker();
const nginx = findNginx();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);
if (nginx.kind === "there" && daemon.kind === "there") noteRealSystem("nginx", nginx.version);
else noteAbsentSystem("nginx", nginx.kind === "absent" ? nginx.because : "there is no Docker to run it in");

const MIB = 2 ** 20;
const LONG_PATIENCE = { timeout: 100_000, interval: 200 };
const LONG = 240_000;

describe.skipIf(daemon.kind === "absent")(`on real containers${daemon.kind === "absent" ? ` (${daemon.because})` : ""}`, () => {
  const scenes = openScenes();
  const lab = openLab();

  afterAll(async () => {
    await lab.hosts.close();
    await scenes.end();
  });

  async function stateOf(name: string): Promise<string> {
    return (
      await docker(["inspect", "--format", "{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}} {{.RestartCount}}", name])
    ).trim();
  }

  async function ooms(name: string): Promise<number> {
    const until = (await docker(["info", "--format", "{{.SystemTime}}"])).trim();
    const told = await docker([
      "events",
      "--since",
      "10m",
      "--until",
      until,
      "--filter",
      `container=${name}`,
      "--filter",
      "event=oom",
      "--format",
      "x",
    ]);
    return told.split("\n").filter(Boolean).length;
  }

  test.skipIf(nginx.kind === "absent")(
    "the incident: 36 workers for one core, at the limit, workers killed, event bus timeouts",
    { timeout: LONG },
    async () => {
      const { name } = await scenes.gateway({ env: { KONG_PG_PASSWORD: "made-up-secret" } });
      await vi.waitFor(async () => {
        expect(await ooms(name)).toBeGreaterThan(0);
        expect(await docker(["logs", name])).toContain("exited on signal 9");
      }, LONG_PATIENCE);
      const outcome = await lab.investigate(name, { healthOf: () => ({ command: ["kong", "health"] }) });
      const { finding, hypotheses, suspects, summary, furtherSteps } = outcome.diagnosis;
      expect(outcome.failures).toEqual([]);
      expect(finding.verdict).toBe("worker-overspawn");
      expect(finding.confidence).toBeGreaterThan(0.85);
      expect(finding.headline).toMatch(/Kong runs 3[4-6] worker processes on 1 core/);
      expect(says(outcome)).toMatch(/its CPU quota is 1 core.* feeds about 4 workers/);
      expect(says(outcome)).toMatch(/3[4-6] × [\d.]+ MiB = [\d.]+ MiB/);
      expect(says(outcome)).toContain("KONG_NGINX_WORKER_PROCESSES is auto");
      expect(says(outcome)).toContain("worker event bus timeout");
      expect(finding.advice[0]).toMatchObject({ actionId: "docker.tune-kong", params: { workers: 4, cache: "256m" } });
      expect(finding.advice.map(({ actionId }) => actionId)).toContain("docker.set-memory-limit");
      expect(hypotheses.map(({ verdict }) => verdict)).toContain("child-killed");
      expect(suspects?.rows[0]?.[0]).toBe("nginx worker");
      expect(summary.find(({ label }) => label === "Processes")?.value).toMatch(/Kong workers, [\d.]+ MiB each/);
      expect(summary.find(({ label }) => label === "Health")?.value).toContain("kong health");
      expect(furtherSteps.join("\n")).toContain("number of Kong workers");
      expect(JSON.stringify(outcome)).not.toContain("made-up-secret");
    },
  );

  test.skipIf(nginx.kind === "absent")("the same with 8 workers has room", { timeout: LONG }, async () => {
    const { name } = await scenes.gateway({ workers: 8, cpus: 2 });
    await vi.waitFor(async () => expect((await docker(["top", name])).match(/worker process/g)).toHaveLength(8), LONG_PATIENCE);
    const outcome = await lab.investigate(name);
    expect(outcome.diagnosis.finding.verdict).toBe("healthy");
    expect(outcome.diagnosis.summary.find(({ label }) => label === "Processes")?.value).toContain("8 Kong workers");
  });

  test("a child is killed while the container lives", { timeout: LONG }, async () => {
    const { name } = await scenes.childKilled();
    await vi.waitFor(async () => expect(await docker(["logs", name])).toContain("SIGKILL"), LONG_PATIENCE);
    await vi.waitFor(async () => expect(await ooms(name)).toBe(1), LONG_PATIENCE);
    const outcome = await lab.investigate(name);
    expect(outcome.diagnosis.finding.verdict).toBe("child-killed");
    expect(outcome.diagnosis.finding.headline).toContain("the container lives on");
    expect(says(outcome)).toContain("ended by SIGKILL");
    expect(await stateOf(name)).toMatch(/^running 0/);
  });

  test("OOMKilled, and the exit code is another than 137: a child, and the main process gave up", { timeout: LONG }, async () => {
    const { name } = await scenes.shell("node -e 'const a=[];for(;;)a.push(Buffer.alloc(4194304,1))'; echo gave up; exit 0", {
      limitMib: 64,
    });
    await vi.waitFor(async () => expect(await stateOf(name)).toMatch(/^exited 0/), LONG_PATIENCE);
    const outcome = await lab.investigate(name);
    expect(outcome.diagnosis.finding.verdict).toBe("child-killed");
    expect(outcome.diagnosis.finding.headline).toContain("ended with code 0");
  });

  test("the main process of a leak is killed at the limit, and started again and again", { timeout: LONG }, async () => {
    const once = await scenes.leak({ mibPerSecond: 60 });
    const again = await scenes.leak({ mibPerSecond: 90, restart: "always" });
    await vi.waitFor(async () => expect(await stateOf(once.name)).toBe("exited 137 true 0"), LONG_PATIENCE);
    const outcome = await lab.investigate(once.name);
    expect(outcome.diagnosis.finding.verdict).toBe("cgroup-limit-kill");
    expect(outcome.diagnosis.finding.confidence).toBeGreaterThan(0.75);
    expect(outcome.failures.map(({ step, code }) => `${step} ${code}`)).toEqual([
      "docker.stats not-running",
      "docker.census not-running",
      "docker.cgroup not-running",
    ]);
    expect(outcome.diagnosis.finding.advice[0]).toMatchObject({ actionId: "docker.set-memory-limit", params: { limit: "256m" } });
    await vi.waitFor(async () => expect(await stateOf(again.name)).toMatch(/ [2-9]$/), LONG_PATIENCE);
    const repeated = await lab.investigate(again.name);
    expect(repeated.diagnosis.finding.verdict).toBe("cgroup-limit-kill");
    expect(repeated.diagnosis.hypotheses.map(({ verdict }) => verdict)).toContain("limit-too-small");
    await docker(["rm", "-f", again.name]);
  });

  test("Node's own heap is full", { timeout: LONG }, async () => {
    const { name } = await scenes.heapExhausted();
    await vi.waitFor(async () => expect(await stateOf(name)).toMatch(/^exited 134 false/), LONG_PATIENCE);
    const outcome = await lab.investigate(name);
    expect(outcome.diagnosis.finding.verdict).toBe("runtime-heap-exhausted");
    expect(outcome.diagnosis.finding.headline).toContain("--max-old-space-size allows 24.0 MiB, while the container may use 256.0 MiB");
  });

  test("137 without any sign of memory", { timeout: LONG }, async () => {
    const { name } = await scenes.killed();
    const outcome = await lab.investigate(name);
    expect(outcome.diagnosis.finding.verdict).toBe("plain-sigkill");
    expect(outcome.diagnosis.finding.headline).toContain("Docker was told to kill it");
  });

  test("ended by itself: in order, and with an error", { timeout: LONG }, async () => {
    const well = await scenes.shell("exit 0");
    const broken = await scenes.shell("echo no configuration; exit 3");
    await vi.waitFor(
      async () => expect([await stateOf(well.name), await stateOf(broken.name)]).toEqual(["exited 0 false 0", "exited 3 false 0"]),
      LONG_PATIENCE,
    );
    expect((await lab.investigate(well.name)).diagnosis.finding.verdict).toBe("stopped");
    expect((await lab.investigate(broken.name)).diagnosis.finding.verdict).toBe("crashed-otherwise");
  });

  test("files in /dev/shm fill the limit", { timeout: LONG }, async () => {
    const { name } = await scenes.shell("head -c 50000000 /dev/zero > /dev/shm/x; echo written; sleep 1000", { limitMib: 60 });
    await vi.waitFor(async () => expect(await docker(["logs", name])).toContain("written"), LONG_PATIENCE);
    const outcome = await lab.investigate(name);
    expect(outcome.diagnosis.finding.verdict).toBe("cache-or-tmpfs");
    expect(says(outcome)).toMatch(/4[78]\.\d MiB are tmpfs/);
  });

  test("without a limit of its own the host's memory is the limit, and that is said", { timeout: LONG }, async () => {
    const id = (
      await docker([
        "run",
        "-d",
        "--label",
        `oomph-test=${scenes.run}`,
        await imageFromHost("oomph-test-sleep", { programs: ["sleep"], env: { PATH: "/usr/bin" }, version: "1" }),
        "sleep",
        "1000",
      ])
    ).trim();
    const outcome = await lab.investigate(id);
    expect(outcome.diagnosis.finding.verdict).toBe("healthy");
    expect(says(outcome)).toContain("of the host, for the container has no limit of its own");
    expect(says(outcome)).toContain("no limit is set");
    // This image has no shell either.
    expect(outcome.failures.map(({ step, code }) => `${step} ${code}`)).toEqual(["docker.cgroup refused"]);
    expect(outcome.failures[0]?.because).toContain("no shell");
    expect(dataOf(outcome, "census")).toMatchObject({ processes: 1, readFrom: "host", notInside: expect.stringContaining("no shell") });
  });

  test("its processes, settings, log and counts are read from inside", { timeout: LONG }, async () => {
    const { name } = await scenes.shell(
      "echo postgres://app:made-up@db/x queue is full; sleep 1000 & node -e 'setInterval(()=>{},1000)' -- --token made-up & wait",
      {
        limitMib: 128,
        env: { WEB_CONCURRENCY: "auto", DB_PASSWORD: "made-up", NODE_OPTIONS: "--max-old-space-size=64" },
      },
    );
    await vi.waitFor(async () => expect(await docker(["top", name])).toContain("setInterval"), LONG_PATIENCE);
    const outcome = await lab.investigate(name, { logPatterns: [{ name: "full queue", pattern: "queue is full" }] });
    expect(outcome.failures).toEqual([]);
    expect(dataOf(outcome, "census")).toMatchObject({ processes: 3, readFrom: "inside" });
    const { programs } = dataOf(outcome, "census") as { programs: { program: string; pssBytes?: number }[] };
    expect(programs.map(({ program }) => program).toSorted()).toEqual(["node", "sh", "sleep"]);
    expect(programs.every(({ pssBytes }) => pssBytes !== undefined)).toBe(true);
    expect(dataOf(outcome, "environment")).toMatchObject({
      settings: expect.arrayContaining([
        expect.objectContaining({ name: "WEB_CONCURRENCY", auto: true }),
        expect.objectContaining({ name: "NODE_OPTIONS --max-old-space-size", amount: 64 * MIB }),
      ]),
    });
    expect(dataOf(outcome, "logs")).toMatchObject({ patterns: [{ name: "full queue", kind: "user", count: 1 }] });
    expect(dataOf(outcome, "cgroup")).toMatchObject({ limitBytes: 128 * MIB, oomKills: 0 });
    expect(JSON.stringify(outcome)).not.toContain("made-up");
  });

  test("with the host's pids inside, only the container's own processes count", { timeout: LONG }, async () => {
    const { name } = await scenes.shell("sleep 1000", { more: ["--pid", "host"] });
    await vi.waitFor(async () => expect(await docker(["top", name])).toContain("sleep 1000"), LONG_PATIENCE);
    const census = dataOf(await lab.investigate(name), "census") as { processes: number; readFrom: string };
    expect(census.readFrom).toBe("inside");
    expect(census.processes).toBeLessThanOrEqual(2);
  });

  test("nobody goes inside where a shell could get something killed", { timeout: LONG }, async () => {
    const { name } = await scenes.shell("head -c 26000000 /dev/zero > /dev/shm/x; echo written; sleep 1000", { limitMib: 28 });
    await vi.waitFor(async () => expect(await docker(["logs", name])).toContain("written"), LONG_PATIENCE);
    const outcome = await lab.investigate(name);
    expect(outcome.failures.find(({ step }) => step === "docker.cgroup")?.because).toMatch(/left under the limit of 28\.0 MiB/);
    expect(dataOf(outcome, "census")).toMatchObject({ readFrom: "host" });
    expect(await ooms(name)).toBe(0);
  });

  test("removed in the middle: each step says so, and so does the verdict", { timeout: LONG }, async () => {
    const { name } = await scenes.shell("sleep 1000");
    const { session } = await lab.runbook().open({ kind: "docker", connection: "local", name });
    await docker(["rm", "-f", name]);
    const steps = lab.runbook().steps.filter(({ id }) => ["docker.state", "docker.stats", "docker.census", "docker.logs"].includes(id));
    for (const step of steps)
      await expect(step.collect(session, new AbortController().signal), step.id).rejects.toMatchObject({ code: "not-found" });
    const { finding } = lab.runbook().diagnose([], [{ step: "docker.state", code: "not-found", because: "it is gone", tookMs: 1 }]);
    expect(finding).toMatchObject({ verdict: "not-found", confidence: 0.95 });
  });

  test("health URL, history and the kernel's log come in where they are given", { timeout: LONG }, async () => {
    const { name, id } = await scenes.shell("sleep 1000");
    const now = Date.now();
    const text = `[1.0] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=${id},mems_allowed=0,oom_memcg=/docker/${id},task_memcg=/docker/${id},task=node,pid=77,uid=0\n[1.1] Memory cgroup out of memory: Killed process 77 (node) total-vm:600000kB, anon-rss:65536kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:8kB oom_score_adj:0\n`;
    const readings = Array.from({ length: 700 }, (_each, at) => ({
      atMs: now - (700 - at) * 60_000,
      usageBytes: at * MIB,
      limitBytes: 64 * MIB,
    }));
    const outcome = await lab.investigate(name, {
      kernelLogOf: () => ({
        recentKills: async () => ({ kind: "read", source: "test", kills: readKernelLog(text).kills, onlySinceMs: now - 1000 }),
      }),
      history: {
        readings: async () => readings,
        kills: async () => undefined,
        trend: async () => ({ kind: "undetermined", because: "it was made up" }),
      },
      httpCheck: async () => ({ kind: "answered", status: 503, tookMs: 7 }),
      healthOf: () => ({ url: "http://app:made-up@127.0.0.1:1/ready" }),
    });
    expect(outcome.failures).toEqual([]);
    expect(dataOf(outcome, "kernel")).toMatchObject({
      sinceMs: now - 1000,
      otherGlobalKills: 0,
      kills: [{ process: "node", pid: 77, anonRssBytes: 64 * MIB, constraint: "cgroup", limitOwner: "own", killer: "kernel" }],
    });
    const { readings: kept } = dataOf(outcome, "history") as { readings: { usageBytes: number }[] };
    expect(kept.length).toBeLessThanOrEqual(300);
    expect(kept.at(-1)?.usageBytes).toBe(699 * MIB);
    expect(dataOf(outcome, "health")).toEqual({ kind: "answered", status: 503, tookMs: 7, url: "http://***@127.0.0.1:1/ready" });
    expect(outcome.diagnosis.finding.verdict).toBe("child-killed");
    const line = outcome.diagnosis.summary.find(({ label }) => label === "Health")?.value;
    expect(line).toBe("not well: URL answered 503 in 7 ms");
  });

  test("a kernel's log that cannot be read is a step that failed; of another host it is none", { timeout: LONG }, async () => {
    const { name } = await scenes.shell("sleep 1000");
    const refused = await lab.investigate(name, {
      kernelLogOf: () => ({ recentKills: async () => ({ kind: "unavailable", because: "no rights to /dev/kmsg" }) }),
    });
    expect(refused.failures).toMatchObject([{ step: "docker.kernel", because: expect.stringContaining("no rights to /dev/kmsg") }]);
    const elsewhere = await lab.investigate(name, { kernelLogOf: () => undefined });
    expect(elsewhere.failures).toEqual([]);
    expect(elsewhere.diagnosis.finding.confidence).toBeLessThan((await lab.investigate(name)).diagnosis.finding.confidence + 0.01);
  });

  test(
    "how far back is asked: log, events, readings and the kernel's log from then on, and the report says so",
    { timeout: LONG },
    async () => {
      const { name } = await scenes.shell("echo 'FATAL ERROR: JavaScript heap out of memory'; sleep 1000");
      await vi.waitFor(async () => expect(await docker(["logs", name])).toContain("heap out of memory"), LONG_PATIENCE);
      const asked: number[] = [];
      const surroundings = {
        history: {
          readings: async (_target: unknown, sinceMs: number) => (asked.push(sinceMs), []),
          kills: async () => undefined,
          trend: async () => undefined,
        },
        kernelLogOf: () => ({
          recentKills: async (sinceMs: number) => (asked.push(sinceMs), { kind: "read", source: "test", kills: [] } as const),
        }),
      };
      const far = await lab.investigate(name, surroundings, { backMs: 7_200_000 });
      expect(dataOf(far, "logs")).toMatchObject({ patterns: [{ count: 1 }] });
      expect(dataOf(far, "events")).toMatchObject({ events: expect.arrayContaining([expect.objectContaining({ action: "start" })]) });
      expect(asked.map((sinceMs) => Math.round((Date.now() - sinceMs) / 3_600_000))).toEqual([2, 2]);
      const says = (outcome: typeof far, label: string) => outcome.diagnosis.summary.find((line) => line.label === label)?.value;
      expect(says(far, "Looked back")).toMatch(/^2 h, to .* UTC: its log, events, the kernel's log and readings/);
      expect(says(far, "Kills for want of memory")).toBe("none known in the last 2 h");

      const near = await lab.investigate(name, surroundings, { backMs: 1 });
      expect(dataOf(near, "logs")).toMatchObject({ lines: 0, patterns: [] });
      expect(dataOf(near, "events")).toMatchObject({ events: [] });
      // What is looked into is the end of one that has stopped: no look is so near that it misses that.
      await docker(["kill", name]);
      expect(dataOf(await lab.investigate(name, {}, { backMs: 1 }), "events")).toMatchObject({
        events: expect.arrayContaining([expect.objectContaining({ action: "die", exitCode: 137 })]),
      });
      expect(says(await lab.investigate(name), "Looked back")).toBeUndefined();
    },
  );

  test.each(["no-such-container", "--help", "../../etc", "a b"])("no container is called %s", async (name) => {
    const outcome = await lab.run(name);
    expect(outcome).toMatchObject({ kind: "unreachable", diagnosis: { finding: { verdict: "not-found" } } });
  });

  test("another kind of target is refused", async () => {
    await expect(lab.runbook().open({ kind: "redis", name: "x" })).rejects.toThrow(OomphError);
  });
});

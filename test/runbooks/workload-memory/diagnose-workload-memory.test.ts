import { describe, expect, test } from "vitest";
import { diagnoseUnreachable, diagnoseWorkloadMemory } from "../../../src/runbooks/workload-memory/diagnose-workload-memory.ts";
import {
  container,
  ended,
  event,
  evidence,
  kernelPart,
  MIB,
  NOW_MS,
  onNode,
  pod,
  podsPart,
  QUIET_KERNEL,
  usagePart,
  WAITS,
} from "./scenes.ts";

function diagnose(parts: Readonly<Record<string, object>>) {
  return diagnoseWorkloadMemory(evidence(parts), []);
}

const eventsPart = (...events: readonly object[]) => ({ atMs: NOW_MS, events });
const NO_SURROUNDINGS = { autoscalers: [], budgets: [], quotas: [], limitRanges: [], missing: [] };
const SINGLE = {
  workload: {
    resource: "deploy",
    namespace: "shop",
    name: "web",
    uid: "u",
    resourceVersion: "1",
    labels: {},
    annotations: {},
    conditions: [],
    containers: [],
    environment: {},
    paused: false,
    managers: [],
    replicas: { wanted: 1, ready: 1, updated: 1, available: 1 },
  },
  revisions: [],
};
const KILLED = pod([container({ state: WAITS, lastState: ended("OOMKilled", 137), restarts: 3 })]);

describe("what the status calls OOMKilled", () => {
  test("137: its main process, by its limit; a restart frees nothing and is not offered", () => {
    const { finding, kills } = diagnose({ pods: podsPart([KILLED]) });
    expect(finding.verdict).toBe("cgroup-limit-kill");
    expect(finding.headline).toContain("limit of 256.0 MiB");
    expect(finding.for[0]?.evidenceId).toBe("ev_pods");
    expect(finding.advice.map(({ actionId }) => actionId)).toEqual(["k8s.set-memory"]);
    expect(finding.advice[0]?.params).toMatchObject({ container: "app", limit: "448Mi" });
    expect(kills).toMatchObject({ lastAtMs: NOW_MS - 60_000 });
  });

  test("it is said which cluster was looked at: one named local says nothing by itself", () => {
    const cluster = { connection: "local", server: "10.0.0.1:6443" };
    expect(diagnose({ pods: podsPart([pod([container({ restarts: 0 })])], { cluster }) }).summary).toContainEqual({
      label: "Cluster",
      value: "local, at 10.0.0.1:6443",
    });
  });

  test("of a container that was asked for, not its neighbour's: nothing is mended in the wrong place", () => {
    const both = pod([
      container({ state: WAITS, lastState: ended("OOMKilled", 137), restarts: 3 }),
      container({ name: "server", state: { kind: "running", startedAtMs: NOW_MS - 3_600_000 } }),
    ]);
    const asked = (name: string) => diagnose({ pods: podsPart([both], { pod: both.name, container: name }) }).finding;
    expect(asked("app")).toMatchObject({ verdict: "cgroup-limit-kill", advice: [{ params: { container: "app" } }] });
    const server = asked("server");
    expect(server.verdict).not.toBe("cgroup-limit-kill");
    expect(server.advice).toEqual([]);
    expect(server.against.map(({ says }) => says)).toContainEqual(expect.stringContaining("app of the same pod was killed"));
  });

  test("of a job: nothing that cannot be changed is offered, and its log is that of no earlier life", () => {
    const job = { workload: { resource: "job", namespace: "shop", name: "web" } };
    const once = pod([container({ state: ended("OOMKilled", 137, 5_000), restarts: 0 })], { phase: "Failed" });
    const told = diagnose({ pods: podsPart([once], job), surroundings: NO_SURROUNDINGS, rollout: SINGLE });
    expect(told.finding).toMatchObject({ verdict: "cgroup-limit-kill", advice: [] });
    expect(told.furtherSteps[0]).toContain("Raise the memory limit of app from 256.0 MiB to 448.0 MiB in the manifest of the job");
    expect(told.furtherSteps).toContain("Read the end of its last life: `kubectl logs web-1 -n shop -c app`.");
    expect(told.furtherSteps.join()).not.toMatch(/replica|autoscaler/);
    expect(diagnose({ pods: podsPart([KILLED]), surroundings: NO_SURROUNDINGS, rollout: SINGLE }).furtherSteps.join()).toMatch(
      /-c app --previous.*one replica.*autoscaler/,
    );
  });

  test("of a cron job: a higher limit holds for the runs to come", () => {
    const cron = { workload: { resource: "cronjob", namespace: "shop", name: "web" } };
    expect(diagnose({ pods: podsPart([KILLED], cron) }).finding.advice[0]?.why).toContain("to 448.0 MiB; it holds for the runs to come.");
  });

  test("a container that runs and was not measured is said so, and its pod's sum names it", () => {
    const both = pod([container({ lastState: ended("OOMKilled", 137) }), container({ name: "proxy", restarts: 0 })]);
    const part = usagePart(["web-1", 2 * MIB]);
    const usage = JSON.parse(JSON.stringify(part).replace('"app"', '"proxy"')) as object;
    const told = diagnose({ pods: podsPart([both]), usage });
    expect(told.summary).toContainEqual({ label: "Memory", value: "not measured yet, limit 256.0 MiB, requests 128.0 MiB" });
    expect(told.suspects?.rows[0]).toContain("2.0 MiB without app");
  });

  test.each([0, 1, 2, 139])("exit code %i: a process beneath the main one", (code) => {
    expect(diagnose({ pods: podsPart([pod([container({ lastState: ended("OOMKilled", code) })])]) }).finding.verdict).toBe("child-killed");
  });

  test("143: doubtful, until the kernel's log names it", () => {
    const pods = podsPart([pod([container({ lastState: ended("OOMKilled", 143) })])]);
    expect(diagnose({ pods }).finding.verdict).toBe("misreported");
    expect(diagnose({ pods }).kills).toBeUndefined();
    expect(diagnose({ pods, kernel: kernelPart({}) }).finding.verdict).toBe("child-killed");
  });

  test("the node had none left: the limit is not raised", () => {
    const { finding } = diagnose({ pods: podsPart([KILLED]), kernel: kernelPart({ constraint: "global" }) });
    expect(finding.verdict).toBe("node-out-of-memory");
    expect(finding.advice).toEqual([]);
  });

  test("an init container, a sidecar: they are named, not the first", () => {
    const init = container({ name: "migrate", role: "init", state: ended("OOMKilled", 137), limitBytes: 64 * MIB });
    expect(diagnose({ pods: podsPart([pod([init, container({ state: { kind: "waiting" } })])]) }).finding.headline).toMatch(
      /^Init container migrate.*64\.0 MiB/,
    );
    const sidecar = container({ name: "proxy", role: "sidecar", state: WAITS, lastState: ended("OOMKilled", 137) });
    expect(diagnose({ pods: podsPart([pod([container({ restarts: 0 }), sidecar])]) }).finding.headline).toMatch(/^Sidecar proxy/);
  });
});

describe("137 under another name", () => {
  const pods = podsPart([pod([container({ lastState: ended("Error", 137) })])]);

  test("alone it is undetermined", () => {
    expect(diagnose({ pods }).finding).toMatchObject({ verdict: "undetermined", confidence: 0.2 });
  });

  test("with a kernel's log that knows of no kill it is SIGKILL by somebody", () => {
    expect(diagnose({ pods, events: eventsPart(), kernel: QUIET_KERNEL }).finding.verdict).toBe("plain-sigkill");
  });

  test("the kernel's line makes it the kill that it was", () => {
    const { finding } = diagnose({ pods, kernel: kernelPart({ limitBytes: 256 * MIB }) });
    expect(finding.verdict).toBe("cgroup-limit-kill");
    expect(finding.headline).toContain("although the cluster calls it Error");
    expect(finding.for[0]).toMatchObject({ evidenceId: "ev_kernel" });
  });

  test("a kill of another time, or of another container, does not", () => {
    expect(diagnose({ pods, kernel: kernelPart({ atMs: NOW_MS - 7_200_000 }) }).finding.verdict).not.toBe("cgroup-limit-kill");
    expect(diagnose({ pods, kernel: kernelPart({}, { containerId: "cd34".repeat(16) }) }).finding.verdict).not.toBe("cgroup-limit-kill");
  });

  test("its node's SystemOOM at that moment makes it likely, one of an hour ago does not", () => {
    const systemOom = (more: object) => onNode("SystemOOM", "System OOM encountered, victim process: node, pid: 4711", more);
    const { finding } = diagnose({ pods, events: eventsPart(systemOom({})) });
    expect(finding).toMatchObject({ verdict: "cgroup-limit-kill", confidence: 0.68 });
    const anHourAgo = { firstAtMs: NOW_MS - 3_600_000, lastAtMs: NOW_MS - 3_600_000 };
    expect(diagnose({ pods, events: eventsPart(systemOom(anHourAgo)) }).finding.verdict).toBe("undetermined");
  });

  test.each([
    ["Killing", "Container app failed liveness probe, will be restarted", "probe-kill"],
    ["Killing", "Stopping container app", "told-to-stop"],
    ["Killing", "Container app definition changed, will be restarted", "told-to-stop"],
    ["Preempted", "Preempted by shop/important on node worker-2", "preempted"],
    ["TaintManagerEviction", "Marking for deletion Pod shop/web-1", "node-shutdown"],
  ])("%s: %s", (reason, message, verdict) => {
    const { finding, kills } = diagnose({ pods, events: eventsPart(event(reason, message)) });
    expect(finding.verdict).toBe(verdict);
    expect(kills).toBeUndefined();
  });

  test("a probe that failed, and a kernel that killed: the kernel it was", () => {
    const events = eventsPart(event("Killing", "Container app failed liveness probe, will be restarted"));
    expect(diagnose({ pods, events, kernel: kernelPart({}) }).finding.verdict).toBe("cgroup-limit-kill");
  });

  test("a probe of another container explains nothing", () => {
    const events = eventsPart(event("Killing", "Container proxy failed liveness probe, will be restarted"));
    expect(diagnose({ pods, events }).finding.verdict).toBe("undetermined");
  });
});

describe("without an end", () => {
  const calm = container({ restarts: 0 });

  test("a killed child leaves the main process alive: only the kernel tells", () => {
    const pods = podsPart([pod([calm])]);
    expect(diagnose({ pods, usage: usagePart(["web-1", 100 * MIB]) }).finding.verdict).toBe("healthy");
    expect(diagnose({ pods, usage: usagePart(["web-1", 100 * MIB]), kernel: kernelPart({}) }).finding.verdict).toBe("child-killed");
  });

  test("near its limit the gentler way comes first, over 95% the restart", () => {
    const at = (share: number) => diagnose({ pods: podsPart([pod([calm])]), usage: usagePart(["web-1", 256 * MIB * share]) }).finding;
    expect(at(0.8)).toMatchObject({ verdict: "near-limit" });
    expect(at(0.8).advice.map(({ actionId }) => actionId)).toEqual(["k8s.set-memory", "k8s.heap-profile", "k8s.rollout-restart"]);
    expect(at(0.97).advice[0]).toMatchObject({ actionId: "k8s.rollout-restart" });
  });

  test("one full pod of several is deleted rather than all rolled", () => {
    const pods = podsPart([pod([calm]), pod([calm], { name: "web-2", uid: "2" })]);
    const { finding } = diagnose({ pods, usage: usagePart(["web-1", 250 * MIB], ["web-2", 90 * MIB]) });
    expect(finding.advice[0]).toMatchObject({ actionId: "k8s.delete-pod", params: { pod: "web-1" } });
  });

  test("what a disruption budget forbids now is not offered, and an autoscaler that counts by the request is told of", () => {
    const budgets = [{ name: "web", disruptionsAllowed: 0, says: "at least 2 available" }];
    const autoscalers = [
      { name: "web", minReplicas: 2, maxReplicas: 4, currentReplicas: 2, metrics: ["memory"], memoryPercentOfRequest: 80 },
    ];
    const guaranteed = { ...calm, requestBytes: 256 * MIB };
    const pods = podsPart([pod([guaranteed]), pod([guaranteed], { name: "web-2", uid: "2" })]);
    const usage = usagePart(["web-1", 200 * MIB], ["web-2", 90 * MIB]);
    const at = (around: object) => diagnose({ pods, usage, surroundings: { ...NO_SURROUNDINGS, ...around } }).finding.advice;
    expect(at({}).map(({ actionId }) => actionId)).toContain("k8s.delete-pod");
    const guarded = at({ budgets, autoscalers });
    expect(guarded.map(({ actionId }) => actionId)).not.toContain("k8s.delete-pod");
    expect(guarded.find(({ actionId }) => actionId === "k8s.rollout-restart")?.why).toContain(
      "disruption budget web: at least 2 available",
    );
    expect(guarded.find(({ actionId }) => actionId === "k8s.set-memory")?.why).toContain("keeps fewer pods");
  });

  test("a bare pod is not made anew: it is not deleted", () => {
    const pods = podsPart([pod([calm])], { workload: { resource: "pod", namespace: "shop", name: "web-1" } });
    const { finding } = diagnose({ pods, usage: usagePart(["web-1", 252 * MIB]) });
    expect(finding.advice.map(({ actionId }) => actionId)).not.toContain("k8s.delete-pod");
  });
});

describe("why it happened", () => {
  const readings = (usageBytes: number, trend: object) => ({
    series: [
      {
        pod: "web-1",
        container: "app",
        readings: {
          readings: [30, 20, 10, 4].map((minutes) => ({ atMs: NOW_MS - minutes * 60_000, usageBytes, limitBytes: 256 * MIB })),
          trend,
        },
      },
    ],
  });
  const trend = (kind: string) => ({ kind, bytesPerHour: 0, overMs: 7_200_000, says: `It is ${kind}.` });

  test("a leak, and whether all its replicas do", () => {
    const leak = {
      ...trend("leak"),
      bytesPerHour: 10 * MIB,
      interval: [8 * MIB, 12 * MIB],
      confidence: 0.8,
      timeToOom: { kind: "expected", ms: 3_600_000, lowMs: 3_000_000, highMs: 4_000_000 },
    };
    const series = ["web-1", "web-2"].map((name) => ({ pod: name, container: "app", readings: { readings: [], trend: leak } }));
    const pods = podsPart([pod([container({ restarts: 0 })]), pod([container({ restarts: 0 })], { name: "web-2" })]);
    const { finding } = diagnose({ pods, usage: usagePart(["web-1", 200 * MIB]), history: { series } });
    expect(finding.verdict).toBe("leak");
    expect(finding.headline).toMatch(/10\.0 MiB an hour .* a leak\. At this pace its limit is reached in about 1 h \(50 min to /);
    expect(finding.for.map(({ says }) => says).join()).toContain("All 2 replicas leak");
  });

  test("a spike: far below the limit minutes before", () => {
    expect(diagnose({ pods: podsPart([KILLED]), history: readings(80 * MIB, trend("steady")) }).finding.verdict).toBe("spike");
  });

  test("a limit that is too small for a steady load, or for the start", () => {
    expect(diagnose({ pods: podsPart([KILLED]), history: readings(230 * MIB, trend("steady")) }).finding.verdict).toBe("limit-too-small");
    const atOnce = pod([container({ state: WAITS, lastState: ended("OOMKilled", 137, 800), restarts: 6 })]);
    const guessed = diagnose({ pods: podsPart([atOnce]) });
    expect(guessed.finding.verdict).toBe("cgroup-limit-kill"); // what is known stands above what it may mean
    expect(guessed.hypotheses).toContainEqual(expect.objectContaining({ verdict: "limit-too-small", confidence: 0.48 }));
  });

  test("a full heap in the log of the life before, without the kernel's part", () => {
    const hit = {
      name: "Java heap exhausted",
      kind: "heap",
      of: "jvm",
      count: 2,
      firstAtMs: 1,
      lastAtMs: NOW_MS,
      sample: "java.lang.OutOfMemoryError: Java heap space",
    };
    const log = { lines: 2, truncated: false, patterns: [hit], givenUp: [] };
    const pods = podsPart([pod([container({ lastState: ended("Error", 3) })])]);
    const logs = { logs: [{ pod: "web-1", container: "app", previous: true, log }], missing: [] };
    expect(diagnose({ pods, logs }).finding).toMatchObject({ verdict: "runtime-heap-exhausted" });
    expect(diagnose({ pods: podsPart([KILLED]), logs }).finding.verdict).toBe("cgroup-limit-kill");
  });

  test("what was rolled out just before, with what it changed", () => {
    const revision = (number: number, limitBytes: number, more: object) => ({
      revision: number,
      replicas: 1,
      containers: [container({ limitBytes, ...more })],
      environment: { app: { CACHE_TTL: String(number) } },
    });
    const revisions = [
      { ...revision(5, 256 * MIB, { image: "web:5" }), atMs: NOW_MS - 3_600_000 },
      revision(4, 512 * MIB, { image: "web:4" }),
    ];
    const { hypotheses } = diagnose({ pods: podsPart([KILLED]), rollout: { revisions } });
    expect(hypotheses[0]).toMatchObject({ verdict: "recent-rollout", advice: [{ actionId: "k8s.rollout-undo", params: { revision: 4 } }] });
    const says = hypotheses[0]?.for.map((each) => each.says).join("; ");
    expect(says).toContain("the memory limit of app from 512.0 MiB to 256.0 MiB");
    expect(says).toContain("the image of app from web:4 to web:5");
    expect(says).toContain("CACHE_TTL from 4 to 5");
    const late = [{ ...revisions[0], atMs: NOW_MS - 1_000 }, ...revisions.slice(1)];
    expect(diagnose({ pods: podsPart([KILLED]), rollout: { revisions: late } }).hypotheses).toEqual([]);
  });
});

describe("the pod as a whole", () => {
  const message = "The node was low on resource: memory. Container app was using 512Mi, which exceeds its request of 128Mi.";

  test("evicted: the node was short, and another may have taken it", () => {
    const facts = { name: "worker-2", uid: "n", conditions: [], unschedulable: false, allocatableBytes: 4096 * MIB };
    const node = { nodes: [{ facts, largest: [{ namespace: "batch", pod: "report-1", workingSetBytes: 3000 * MIB }] }], gone: [] };
    const { finding } = diagnose({ pods: podsPart([pod([], { phase: "Failed", reason: "Evicted", message })]), node });
    expect(finding.verdict).toBe("evicted");
    expect(finding.for.map(({ says }) => says).join()).toContain("batch/report-1 takes 2.9 GiB of the node's 4.0 GiB");
    expect(finding.advice).toEqual([]);
  });

  test("one that is gone is known by its events, else said to be gone", () => {
    const asked = { pod: "web-0" };
    const evicted = event("Evicted", message, { about: { kind: "Pod", name: "web-0", namespace: "shop" } });
    const pods = podsPart([pod([container()])], asked);
    expect(diagnose({ pods, events: eventsPart(evicted) }).finding.verdict).toBe("evicted");
    expect(diagnose({ pods, events: eventsPart() }).finding).toMatchObject({ verdict: "not-found", confidence: 0.6 });
  });

  test("the worst pod is looked at, and how many went alike is told", () => {
    const other = pod([container({ restarts: 0 })], { name: "web-2" });
    const one = diagnose({ pods: podsPart([other, KILLED]) });
    expect(one.finding.for.map(({ says }) => says).join()).toContain("only web-1 of 2 pods was");
    expect(one.suspects?.rows[0]?.slice(0, 2)).toEqual(["web-1", "oom-killed"]);
    const all = diagnose({ pods: podsPart([KILLED, { ...KILLED, name: "web-2" }]) });
    expect(all.finding.for.map(({ says }) => says).join()).toContain("all 2 pods were killed so");
  });

  test("no pods, no evidence, no answer", () => {
    expect(diagnose({ pods: podsPart([]) }).finding.headline).toContain("no pods now");
    expect(
      diagnoseWorkloadMemory([], [{ step: "k8s.pods", code: "no-rights", because: "list pods in shop", tookMs: 1 }]).finding,
    ).toMatchObject({ verdict: "undetermined" });
    expect(diagnoseUnreachable("unreachable", "no route").finding.verdict).toBe("unreachable");
  });

  test("seeing less never makes surer, and every reason names its evidence", () => {
    const full = { pods: podsPart([KILLED]), events: eventsPart(), usage: usagePart(["web-1", 50 * MIB]), kernel: kernelPart({}) };
    const whole = diagnose(full).finding;
    for (const left of ["events", "usage", "kernel"]) {
      const { [left]: _out, ...rest } = full as Readonly<Record<string, object>>;
      expect(diagnose(rest).finding.confidence).toBeLessThanOrEqual(whole.confidence);
    }
    for (const { evidenceId } of [...whole.for, ...whole.against]) expect(evidenceId).toMatch(/^ev_|^k8s\./);
  });
});

import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { explain } from "../../src/cli/explain.ts";
import { container, described, ended, OOM_137, RUNNING } from "./pods.ts";

function read(text: string) {
  const { result } = explain(text);
  if (result.kind !== "pod") throw new Error(`expected a pod, got ${JSON.stringify(result).slice(0, 300)}`);
  return result;
}

const KILLED = described({ main: [container({ last: OOM_137 })] });

describe("what kubectl describe shows of a pod", () => {
  test("killed at its limit, and started again and again", () => {
    expect(read(KILLED)).toMatchObject({
      kind: "pod",
      verdict: "oom_killed",
      namespace: "shop",
      pod: "web-6d4b75cb6d-hx2vm",
      node: "worker-2",
      owner: "ReplicaSet/web-6d4b75cb6d",
      containers: ["app"],
      initContainer: false,
      exitCode: 137,
      restarts: 3,
      startedAt: "2026-05-04T08:00:00Z",
      finishedAt: "2026-05-04T08:20:30Z",
      limitBytes: 256 * 2 ** 20,
      atOnce: false,
    });
  });

  test.each([
    ["running well since", container({ state: RUNNING, last: OOM_137, ready: true }), "oom_killed_recovered"],
    ["running, and not ready", container({ state: RUNNING, last: OOM_137 }), "oom_killed"],
    ["dead and not started again", container({ state: OOM_137, restarts: 0 }), "oom_killed"],
    ["exit code 0: a child was killed", container({ state: ended("OOMKilled", 0) }), "oom_killed_child"],
    ["exit code 1: a child was killed", container({ last: ended("OOMKilled", 1) }), "oom_killed_child"],
    ["exit code 143: it was told to stop", container({ last: ended("OOMKilled", 143) }), "misreported"],
    ["137 alone", container({ last: ended("Error", 137) }), "undetermined"],
    ["a crash", container({ last: ended("Error", 1) }), "not_oom"],
    ["ended well", container({ state: ended("Completed", 0) }), "not_oom"],
    ["never restarted", container({ state: RUNNING, ready: true, restarts: 0 }), "not_oom"],
    ["restarted, and how is not told", container({ state: RUNNING, ready: true, restarts: 4 }), "undetermined"],
    ["no status yet", "  app:\n    Image:  web:1\n    State:  Waiting\n      Reason:  ImagePullBackOff\n    Restart Count:  0", "not_oom"],
    [
      "the limit did not hold even the start",
      container({
        last: ended("StartError", 128).replace(
          "Exit Code",
          "Message:      runc create failed: container init was OOM-killed (memory limit too low?): unknown\n      Exit Code",
        ),
      }),
      "oom_killed",
    ],
  ])("%s", (_name, block, verdict) => {
    expect(read(described({ main: [block] })).verdict).toBe(verdict);
  });

  test("an init container", () => {
    const init = container({ name: "migrate", state: OOM_137, restarts: 2, limit: "64Mi" });
    const main =
      "  app:\n    Container ID:\n    Image:          web:1\n    State:          Waiting\n      Reason:       PodInitializing\n    Ready:          False\n    Restart Count:  0";
    expect(read(described({ init: [init], main: [main], status: "Pending" }))).toMatchObject({
      verdict: "oom_killed",
      containers: ["migrate"],
      initContainer: true,
      limitBytes: 64 * 2 ** 20,
      restarts: 2,
    });
  });

  test("the sidecar is named, and not the first container", () => {
    const text = described({
      main: [container({ state: RUNNING, ready: true, restarts: 0 }), container({ name: "proxy", last: OOM_137 })],
    });
    expect(read(text)).toMatchObject({ verdict: "oom_killed", containers: ["proxy"] });
  });

  test.each([
    ["Warning  Unhealthy  2m (x9 over 20m)  kubelet  Liveness probe failed: Get http://10.1.2.3: timeout", 0.62],
    ["Normal   Killing    2m (x3 over 20m)  kubelet  Container app failed liveness probe, will be restarted", 0.62],
  ])("137 with %s is no kill for want of memory", (event, least) => {
    const result = read(described({ main: [container({ last: ended("Error", 137) })], events: [`  ${event}`] }));
    expect(result.verdict).toBe("not_oom");
    expect(result.confidence).toBeGreaterThanOrEqual(least);
    expect(result.for.join()).toContain("robe");
  });

  test("an event about another container explains nothing", () => {
    const events = ["  Normal   Killing    2m  kubelet  Container proxy failed liveness probe, will be restarted"];
    expect(read(described({ main: [container({ last: ended("Error", 137) })], events })).verdict).toBe("undetermined");
  });

  test("called Error, and the kernel's line in the same text names it", () => {
    const id = "cd34".repeat(16);
    const state = ended("Error", 137);
    const block = container({ state, restarts: 0 }).replace(/containerd:\/\/\w+/, `containerd://${id}`);
    const line = `May  4 08:20:30 worker-2 kernel: oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=${id},mems_allowed=0,oom_memcg=/kubepods/burstable/pod11111111-2222-3333-4444-555555555555/${id},task_memcg=/kubepods/burstable/pod11111111-2222-3333-4444-555555555555/${id},task=node,pid=4711,uid=0\nMay  4 08:20:30 worker-2 kernel: Memory cgroup out of memory: Killed process 4711 (node) total-vm:1000000kB, anon-rss:260000kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:600kB oom_score_adj:900`;
    const result = read(`${described({ main: [block] })}\n${line}\n`);
    expect(result).toMatchObject({ verdict: "misreported", containers: ["app"], exitCode: 137 });
    expect(result.for.join()).toContain("node (pid 4711");
  });

  test("called Error, and a kernel's line that names nobody's container proves nothing, and is told", () => {
    const end = "Last State: Terminated\n  Reason: Error\n  Exit Code: 137\n";
    const line = "Memory cgroup out of memory: Killed process 4711 (importer) total-vm:9kB, anon-rss:8kB, file-rss:0kB\n";
    const result = read(`${end}\n[Mon May  4 08:20:30 2026] ${line}`);
    expect(result).toMatchObject({ verdict: "undetermined", exitCode: 137 });
    expect(result.against.join("\n")).toContain("importer (pid 4711)");
    expect(read(end).against.join("\n")).not.toContain("the text also says");
    expect(read(`${end.replace("137", "1")}\n${line}`).against.join("\n")).not.toContain("the text also says");
  });

  test("an eviction for want of memory, and one for want of disk", () => {
    const text = (message: string) =>
      `Name:         web-1\nNamespace:    shop\nNode:         worker-2/\nStatus:       Failed\nReason:       Evicted\nMessage:      ${message}\nIP:\n`;
    const memory = read(text("The node was low on resource: memory. Container app was using 512Mi, which exceeds its request of 0."));
    expect(memory).toMatchObject({ verdict: "evicted", exitCode: null, restarts: null });
    expect(memory.against).toEqual([]);
    expect(read(text("The node was low on resource: ephemeral-storage.")).against).toEqual(["what ran low was not memory"]);
  });

  test("several pods: the worst is told first, each stands by itself", () => {
    const calm = described({ main: [container({ state: RUNNING, ready: true, restarts: 0 })] }).replaceAll("web-6d4b75cb6d-hx2vm", "web-2");
    const result = read(`${calm}\n\n${KILLED}`);
    expect(result).toMatchObject({ verdict: "oom_killed", pod: "web-6d4b75cb6d-hx2vm" });
    expect(result.pods?.map(({ pod, verdict }) => [pod, verdict])).toEqual([
      ["web-6d4b75cb6d-hx2vm", "oom_killed"],
      ["web-2", "not_oom"],
    ]);
  });
});

describe("parts, and what a terminal or a chat makes of a text", () => {
  const fragment = "    Last State:     Terminated\n      Reason:       OOMKilled\n      Exit Code:    137\n";
  test.each([
    ["only the last state", fragment],
    ["without its indentation", fragment.replaceAll(/^ +/gm, "")],
    ["in one line", "Last State: Terminated Reason: OOMKilled Exit Code: 137"],
    ["in one line with commas", "app: Last State: Terminated, Reason: OOMKilled, Exit Code: 137, Restart Count: 4"],
    ["only reason and code", "Reason: OOMKilled\nExit Code: 137"],
    ["with the prompt", `$ kubectl describe pod web | grep -A 20 "Last State"\n${fragment}`],
  ])("a fragment %s", (_name, text) => {
    expect(read(text)).toMatchObject({ verdict: "oom_killed", containers: [], exitCode: 137 });
  });

  test.each<[string, (text: string) => string]>([
    ["Windows line ends", (text) => text.replaceAll("\n", "\r\n")],
    ["tabs for indentation", (text) => text.replaceAll(/^ +/gm, (spaces) => "\t".repeat(spaces.length / 2))],
    ["tabs between", (text) => text.replaceAll(/: +/g, ":\t")],
    ["a fence", (text) => `Look at this:\n\`\`\`yaml\n${text}\`\`\`\nAny idea?`],
    ["quotation marks", (text) => text.replaceAll(/^/gm, "> ")],
    ["colours", (text) => text.replaceAll("OOMKilled", "\u001B[31mOOMKilled\u001B[0m")],
    ["a prompt", (text) => `root@bastion:~# kubectl describe pod web\n${text}\nroot@bastion:~# `],
    ["non-breaking spaces", (text) => text.replaceAll("  ", "\u00A0 ")],
    ["indentation of a message", (text) => text.replaceAll(/^/gm, "      ")],
    ["no indentation at all", (text) => text.replaceAll(/^ +/gm, "")],
    ["its beginning cut off", (text) => text.slice(text.indexOf("    Image:"))],
    ["its end cut off", (text) => text.slice(0, text.indexOf("    Limits:"))],
  ])("%s", (_name, mutilate) => {
    const result = read(mutilate(KILLED));
    expect(result).toMatchObject({ verdict: "oom_killed", exitCode: 137, restarts: 3, finishedAt: "2026-05-04T08:20:30Z" });
  });

  test("cut anywhere, it is read or said to be unknown, and never as something worse", () => {
    for (let at = 0; at < KILLED.length; at += 11) {
      for (const part of [KILLED.slice(0, at), KILLED.slice(at)]) {
        const { result } = explain(part);
        const told = result.kind === "pod" ? `pod ${result.verdict}` : result.kind;
        expect(["pod oom_killed", "pod undetermined", "pod not_oom", "unknown", "program_log"]).toContain(told);
      }
    }
  });

  test("a hostile text costs no more than its length", () => {
    const texts = [
      "Name: ".repeat(50_000),
      `${"Last State: Terminated ".repeat(20_000)}\n`,
      `{"lastState":${"[".repeat(200_000)}`,
      "State:\n".repeat(60_000),
    ];
    for (const text of texts) expect(explain(text).result.kind).toBeTypeOf("string");
  });
});

describe("JSON and YAML", () => {
  const state = {
    terminated: { reason: "OOMKilled", exitCode: 137, startedAt: "2026-05-04T08:00:00Z", finishedAt: "2026-05-04T08:20:30Z" },
  };
  const pod = (name: string, status: object) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "shop", uid: "11111111-2222-3333-4444-555555555555" },
    spec: { containers: [{ name: "app", resources: { limits: { memory: "256Mi" } } }] },
    status,
  });
  const killed = pod("web-1", {
    phase: "Running",
    containerStatuses: [
      { name: "app", restartCount: 3, ready: false, state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: state },
    ],
  });

  test("a pod, and a list of pods", () => {
    expect(read(JSON.stringify(killed))).toMatchObject({
      verdict: "oom_killed",
      containers: ["app"],
      limitBytes: 256 * 2 ** 20,
      finishedAt: "2026-05-04T08:20:30Z",
    });
    const calm = pod("web-2", {
      phase: "Running",
      containerStatuses: [{ name: "app", restartCount: 0, ready: true, state: { running: {} } }],
    });
    const list = read(JSON.stringify({ kind: "List", items: [calm, killed] }));
    expect(list).toMatchObject({ verdict: "oom_killed", pod: "web-1" });
    expect(list.pods).toHaveLength(2);
  });

  test("what was cut off at the end, or at the beginning", () => {
    const text = JSON.stringify(killed, null, 2);
    expect(read(text.slice(0, -12)).verdict).toBe("oom_killed");
    expect(read(text.slice(text.indexOf('"lastState"'))).verdict).toBe("oom_killed");
  });

  test("the end of a status, which tells of the pod and of no container", () => {
    const end =
      "  message: 'The node was low on resource: memory. Container app was using 90Mi,\n    which exceeds its request of 0. '\n  phase: Failed\n  qosClass: BestEffort\n  reason: Evicted\n";
    expect(read(end)).toMatchObject({ verdict: "evicted", phase: "Failed", qosClass: "BestEffort", exitCode: null });
    expect(read(`status:\n${end}`)).toMatchObject({ verdict: "evicted" });
  });

  test("a state as kubectl once printed objects of Go", () => {
    const state = (inside: string) =>
      `$ kubectl get pod web-1 -o jsonpath='{.status.containerStatuses[0].lastState}'\nmap[terminated:map[${inside}]]\n`;
    const times = "finishedAt:2026-05-04T08:20:30Z startedAt:2026-05-04T08:00:00Z";
    expect(read(state(`containerID:docker://0f2a exitCode:137 ${times.replace(" ", " reason:OOMKilled ")}`))).toMatchObject({
      verdict: "oom_killed",
      exitCode: 137,
      startedAt: "2026-05-04T08:00:00Z",
      finishedAt: "2026-05-04T08:20:30Z",
    });
    expect(read(state(`exitCode:1 message:it said: no reason:Error ${times}`))).toMatchObject({ verdict: "not_oom", exitCode: 1 });
  });

  test("YAML, with the command before it and in a fence", () => {
    const yaml =
      "status:\n  containerStatuses:\n  - name: app\n    restartCount: 2\n    lastState:\n      terminated:\n        exitCode: 137\n        reason: OOMKilled\n    state:\n      running: {}\n    ready: true\n";
    expect(read(`$ kubectl get pod web -o yaml\n\`\`\`yaml\n${yaml}\`\`\``)).toMatchObject({
      verdict: "oom_killed_recovered",
      containers: ["app"],
      restarts: 2,
    });
  });
});

describe("tables, nodes and events", () => {
  test.each([
    ["web-1   0/1   OOMKilled   4 (20s ago)   5m", "oom_killed"],
    ["web-1   0/2   Init:OOMKilled   4   5m", "oom_killed"],
    ["shop   web-1   1/1   Running   0   5m   10.1.2.3   worker-2   <none>   <none>", "not_oom"],
    ["web-1   0/1   CrashLoopBackOff   4 (20s ago)   5m", "undetermined"],
    ["web-1   0/1   Error   0   5m", "undetermined"],
    ["web-1   0/1   Evicted   0   5m", "evicted"],
    ["web-1   0/1   Completed   0   5m", "not_oom"],
  ])("kubectl get pods: %s", (row, verdict) => {
    const result = read(`NAME   READY   STATUS   RESTARTS   AGE\n${row}\n`);
    expect(result).toMatchObject({ verdict, pod: "web-1" });
  });

  test("a node under pressure, and one whose limits are more than it has", () => {
    const text = (status: string) =>
      `Name:               worker-2\nRoles:              <none>\nConditions:\n  Type             Status  LastHeartbeatTime                 LastTransitionTime                Reason                       Message\n  MemoryPressure   ${status}   Mon, 04 May 2026 10:27:57 +0100   Mon, 04 May 2026 08:10:44 +0200   KubeletHasSufficientMemory   kubelet has sufficient memory available\nCapacity:\n  memory:             4Gi\nAllocatable:\n  memory:             3Gi\nAllocated resources:\n  Resource           Requests      Limits\n  memory             2Gi (66%)  5Gi (166%)\nEvents:              <none>\n`;
    expect(explain(text("False")).result).toMatchObject({
      kind: "node",
      verdict: "no_memory_pressure",
      node: "worker-2",
      allocatableBytes: 3 * 2 ** 30,
      memoryRequestsPercent: 66,
      memoryLimitsPercent: 166,
    });
    expect(explain(text("True")).result).toMatchObject({ kind: "node", verdict: "memory_pressure" });
    const event =
      "Events:\n  Type     Reason     Age   From     Message\n  Warning  SystemOOM  2m    kubelet  System OOM encountered, victim process: tail, pid: 4711\n";
    expect(explain(text("False").replace("Events:              <none>\n", event)).result).toMatchObject({
      verdict: "node_oom",
      confidence: 0.7,
      against: [expect.stringContaining("MemoryPressure is False"), expect.stringContaining("a limit outside their pods")],
    });
  });

  test.each([
    ["2m   Warning   OOMKilling   node/worker-2   Memory cgroup out of memory: Killed process 4711 (node)", "oom_killed"],
    ["shop   2m   Warning   Evicted   pod/web-1   The node was low on resource: memory.", "evicted"],
    ["2m   Normal   Killing   pod/web-1   Container app failed liveness probe, will be restarted", "not_oom"],
    ["2m (x5 over 9m)   Warning   BackOff   pod/web-1   Back-off restarting failed container", "undetermined"],
  ])("kubectl get events: %s", (row, verdict) => {
    expect(explain(`LAST SEEN   TYPE      REASON       OBJECT          MESSAGE\n${row}\n`).result).toMatchObject({
      kind: "events",
      verdict,
    });
  });
});

const OF_DESCRIBE = `  Type     Reason     Age                From              Message
  ----     ------     ----               ----              -------
  Normal   Started    9m                 kubelet, node-4   Started container app
`;
const IN_COLUMNS = "TIME                   REASON      MSG\n<nil>                  Scheduled   Assigned shop/web-1\n";

describe("events whose object stands elsewhere", () => {
  test.each([
    [
      "cut out of a description",
      `${OF_DESCRIBE}  Warning  Evicted    5m                 kubelet, node-4   The node was low on resource: memory.\n`,
      "evicted",
    ],
    [
      "without their heading",
      "Warning  Unhealthy  1s (x4 over 91s)  kubelet  Liveness probe failed: no\nNormal  Killing  1s  kubelet  Container app failed liveness probe, will be restarted\n",
      "not_oom",
    ],
    [
      "of a node",
      `Events:\n${OF_DESCRIBE}  Warning  SystemOOM  12m (x4 over 25m)  kubelet, node-4  System OOM encountered\n`,
      "oom_killed",
    ],
    ["with tabs", OF_DESCRIBE.replaceAll(/ {3,}/g, "\t"), "not_oom"],
    [
      "in columns of one's own",
      `${IN_COLUMNS}2026-05-04T08:00:00Z   Killing     Container app failed liveness probe, will be restarted\n`,
      "not_oom",
    ],
    [
      "in columns of one's own, evicted",
      `${IN_COLUMNS}2026-05-04T08:00:00Z   Evicted     The node was low on resource: memory.\n`,
      "evicted",
    ],
    [
      "told again by a test of a cluster",
      "I0504 08:00:00.1 57 dump.go:53] At 2026-05-04 08:00:00 +0000 UTC - event for web-1: {kubelet node-4} Evicted: The node was low on resource: memory.\n",
      "evicted",
    ],
  ])("%s", (_name, text, verdict) => {
    expect(explain(text).result).toMatchObject({ kind: "events", verdict });
  });

  test("a node is named by what the event says, nobody where it does not", () => {
    const node = explain(`${OF_DESCRIBE}  Warning  SystemOOM  2m  kubelet, node-4  System OOM encountered\n`);
    expect(node.result).toMatchObject({ about: ["node/node-4"] });
    expect(node.text).toContain("the kernel of node node-4");
    const pod = explain(`${OF_DESCRIBE}  Normal  Killing  2m  kubelet  Stopping container app\n`);
    expect(pod.result).toMatchObject({ about: ["a pod"] });
  });
});

test("events name what is started again and again; of a node its kernel is asked", () => {
  const events = (...rows: readonly string[]) =>
    explain(`LAST SEEN   TYPE      REASON       OBJECT          MESSAGE\n${rows.join("\n")}\n`);
  const backOff = (pod: string) => `2m (x5 over 9m)   Warning   BackOff   pod/${pod}   Back-off restarting failed container`;
  const again = events(backOff("web-1"), backOff("web-2"));
  expect(again.result).toMatchObject({ verdict: "undetermined", about: ["pod/web-1", "pod/web-2"] });
  expect(again.text).toMatch(/^pod\/web-1 and 1 other are started again and again/);
  expect(again.text).toContain("kubectl get pod web-1 -o json");
  const node = events("2m   Warning   SystemOOM   node/worker-2   System OOM encountered, victim process: tail, pid: 4711");
  expect(node.text).toContain("Ask the kernel of node worker-2 whom it killed");
});

test.each([
  ["apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n", "get -o yaml"],
  ["Name:           importer\nNamespace:      shop\nPods Statuses:  0 Running / 0 Succeeded / 2 Failed\n", "describe job"],
])("what makes pods does not tell how they ended, and it is said what does: %s", (text) => {
  const { result } = explain(text);
  expect(result).toMatchObject({ kind: "unknown", because: expect.stringContaining("kubectl get pods -l") });
});

// Real outputs of kubectl, each with what it must be read as, may lie beside the project.
const SAMPLES = resolve(import.meta.dirname, "../../../shared/samples");

type Expected = {
  readonly verdict: string;
  readonly containers?: readonly string[];
  readonly exit_code?: number;
  readonly restarts?: number;
  readonly finished?: string;
  readonly memory_limits_pct?: number;
};

describe.skipIf(!existsSync(SAMPLES))("real outputs of kubectl", () => {
  const manifest: { readonly items: readonly { readonly file: string; readonly expected: Expected }[] } = existsSync(SAMPLES)
    ? JSON.parse(readFileSync(join(SAMPLES, "MANIFEST.json"), "utf8"))
    : { items: [] };
  const items = manifest.items.filter(({ file }) => file.startsWith("k8s/"));

  test.each(items)("$file", ({ file, expected }) => {
    expect(explain(readFileSync(join(SAMPLES, file), "utf8")).result).toMatchObject(asResult(expected));
  });
});

function asResult({
  verdict,
  containers,
  exit_code: exitCode,
  restarts,
  finished,
  memory_limits_pct: memoryLimitsPercent,
}: Expected): object {
  const finishedAt = finished === undefined ? undefined : new Date(finished).toISOString().replace(".000Z", "Z");
  const told = { verdict, containers, exitCode, restarts, finishedAt, memoryLimitsPercent };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
}

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { findKubernetes } from "../../scripts/lab/kubernetes.ts";
import { GROW, openClusterScenes, SLEEP, type ClusterScenes } from "../../scripts/lab/kubernetes-scenes.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import { createClusterTargets } from "../../src/adapters/kubernetes/cluster-targets.ts";
import { systemClock as clock } from "../../src/adapters/system/system-clock.ts";
import { killsIn } from "../../src/alerts/kills-in.ts";
import { createJudge } from "../../src/alerts/judge.ts";
import { readAlert } from "../../src/alerts/read-alert.ts";
import { endedForMemory } from "../../src/commands/find-in-cluster.ts";
import { victimOf } from "../../src/commands/victim-of.ts";
import type { Alert, AlertSubject } from "../../src/domain/alert.ts";
import { DEFAULT_CONNECTION, formatTarget } from "../../src/domain/target.ts";
import { openCluster } from "../adapters/kubernetes/api-server.ts";
import { NO_HOSTS } from "../support/front.ts";
import { targetsOf } from "../support/targets.ts";
import { PATIENCE } from "../support/patience.ts";

const lab = await findKubernetes();
if (lab.kind === "there") noteRealSystem("kubernetes", lab.version);
else noteAbsentSystem("kubernetes", lab.because);

const BARE: Alert = {
  source: "alertmanager",
  memory: "yes",
  class: "memory_high",
  rule: "test",
  name: "HighMemoryUsage",
  status: "firing",
  severity: null,
  labels: {},
  subject: { about: "workload", names: [], hosts: [] },
  kills: [],
  says: "HighMemoryUsage",
};
const KILLED = "Killed process 42 (tail) total-vm:1000kB, anon-rss:8192kB, file-rss:0kB, shmem-rss:0kB";

describe("a title that has values without their names", () => {
  const kong = { kind: "docker", connection: DEFAULT_CONNECTION, name: "kong" } as const;
  const judge = createJudge();
  async function victim(title: string) {
    const [alert = BARE] = readAlert({ text: title }, judge).alerts;
    const front = { desk: { targets: targetsOf([kong]), clock }, hosts: NO_HOSTS, clusters: undefined };
    return victimOf(front as unknown as Parameters<typeof victimOf>[0], { alert, heardAtMs: clock.nowMs() });
  }

  it.each(["(kong compose_default docker-host-1 warning)", "(kong docker-host-1 warning)", "(docker-host-1 kong warning)"])(
    "%s: a machine turns no container into a pod",
    async (values) => {
      expect(await victim(`[FIRING:1] ContainerMemoryHigh ${values}`)).toEqual({ kind: "found", target: kong });
    },
  );

  it("where a word may be a pod, another may be a container, and it is said how it was found", async () => {
    expect(await victim("[FIRING:1] HighMemoryUsage (kong prod shop-web-1 critical)")).toMatchObject({
      kind: "found",
      target: kong,
      how: expect.stringContaining("by a word of its title"),
    });
  });

  it("one that speaks of pods means no container", async () => {
    expect(await victim("[FIRING:1] PodMemoryHigh (kong prod shop-web-1 critical)")).toEqual({ kind: "none" });
  });
});

it("a Redis whose memory grows is found by another name of it, beside one that is not meant", async () => {
  const [cache, sessions] = ["cache", "sessions"].map((name) => ({ kind: "redis", connection: DEFAULT_CONNECTION, name }) as const);
  if (cache === undefined || sessions === undefined) throw new Error("two were made");
  const targets = targetsOf([cache, sessions], ({ name }) => (name === "sessions" ? ["gateway-redis"] : []));
  const labels = { alertname: "RedisMemoryGrowth", instance: "gateway-redis:6379" };
  const alert = createJudge()({ name: "RedisMemoryGrowth", status: "firing", severity: "warning", labels, text: "" }, "alertmanager");
  const front = { desk: { targets, clock }, hosts: NO_HOSTS, clusters: undefined } as unknown as Parameters<typeof victimOf>[0];
  expect(await victimOf(front, { alert, heardAtMs: clock.nowMs() })).toEqual({ kind: "found", target: sessions });
});

describe.skipIf(lab.kind === "absent")(`alerts about a cluster${lab.kind === "absent" ? ` (${lab.because})` : ""}`, () => {
  let scenes: ClusterScenes;
  let opened: ReturnType<typeof openCluster>;
  let pod = { name: "", uid: "", address: "" };
  let node = "";

  beforeAll(async () => {
    scenes = await openClusterScenes("oomph-alerts");
    opened = openCluster(process.env["KUBECONFIG"] ?? "", { namespaces: { allowed: [scenes.namespace], denied: [] } });
    await scenes.deployment("hungry", { script: GROW, limitMib: 24 });
    await scenes.deployment("calm", { script: SLEEP });
    await vi.waitUntil(async () => {
      const [one] = await scenes.pods("hungry");
      const status = one?.status.containerStatuses?.[0];
      return [status?.state, status?.lastState].some((state) => state?.terminated?.reason === "OOMKilled");
    }, PATIENCE);
    const [only] = await scenes.pods("hungry");
    const [machine] = await opened.cluster.nodes();
    pod = { name: only?.metadata.name ?? "", uid: only?.metadata.uid ?? "", address: machine?.addresses?.[0] ?? "" };
    node = machine?.name ?? "";
  });
  afterAll(async () => {
    await opened.close();
    await scenes.end();
  });

  const clusters = () => ({ names: () => [opened.cluster.name], cluster: () => opened.cluster });

  async function victim(change: Partial<Alert>, subject: Partial<AlertSubject> = {}) {
    const alert = { ...BARE, ...change, subject: { ...BARE.subject, ...subject } };
    const targets = createClusterTargets(clusters(), { clock });
    const front = { desk: { targets, clock }, hosts: NO_HOSTS, clusters: clusters() } as unknown as Parameters<typeof victimOf>[0];
    return victimOf(front, { alert, heardAtMs: clock.nowMs() });
  }
  async function found(change: Partial<Alert>, subject: Partial<AlertSubject> = {}): Promise<string> {
    const one = await victim(change, subject);
    if (one.kind !== "found") return one.kind === "several" ? one.targets.map(formatTarget).join(" ") : (one.because ?? "nobody");
    return formatTarget(one.target).replaceAll(scenes.namespace, "NS").replaceAll(pod.name, "POD");
  }

  it("find the pod's owner by the pod, with and without its namespace, and narrowed to a container", async () => {
    expect(await found({}, { namespace: scenes.namespace, pod: pod.name })).toBe("lab:deploy/NS/hungry/POD");
    expect(await found({}, { pod: pod.name })).toBe("lab:deploy/NS/hungry/POD");
    expect(await found({}, { namespace: scenes.namespace, pod: pod.name, container: "app" })).toBe("lab:deploy/NS/hungry/POD/app");
    expect(await found({}, { namespace: scenes.namespace, pod: "hungry-7c9f8d6b5c-x2x4b" })).toMatch(/^lab:deploy\/NS\/hungry\/hungry-7c9/);
  });

  it("find the pod elsewhere where its namespace was a guess, and only then", async () => {
    expect(await found({}, { namespace: "dict", isNamespaceGuessed: true, pod: pod.name })).toBe("lab:deploy/NS/hungry/POD");
    expect(await found({}, { namespace: "dict", pod: pod.name })).toMatch(/Namespace "dict" of cluster lab is not allowed/);
  });

  it("find a workload by its kind and name, or by a label that is called alike", async () => {
    expect(await found({}, { namespace: scenes.namespace, owner: { resource: "deploy", name: "calm" } })).toBe("lab:deploy/NS/calm");
    expect(await found({}, { owner: { resource: "deploy", name: "calm" } })).toBe("lab:deploy/NS/calm");
    expect(await found({}, { namespace: scenes.namespace, names: ["metrics", "calm"] })).toBe("lab:deploy/NS/calm");
  });

  it("find a node by its name and its address", async () => {
    expect(await found({}, { about: "node", hosts: [node] })).toBe(`lab:node/${node}`);
    expect(await found({}, { about: "node", hosts: [pod.address] })).toBe(`lab:node/${node}`);
    expect(await found({}, { about: "node", hosts: ["another-machine"] })).toBe("nobody");
  });

  it("find the pod by its uid in the kernel's line", async () => {
    const slice = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${pod.uid.replaceAll("-", "_")}.slice/cri-containerd-${"4f1c".repeat(16)}.scope`;
    const log = `kernel: [1.5] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=x,mems_allowed=0,oom_memcg=${slice},task_memcg=${slice},task=tail,pid=42,uid=0`;
    expect(await found({ kills: killsIn(log) ?? [] }, { hosts: [node] })).toBe("lab:deploy/NS/hungry/POD");
    const gone = log.replaceAll(pod.uid.replaceAll("-", "_"), "00000000_0000_0000_0000_000000000000");
    expect(await found({ kills: killsIn(gone) ?? [] })).toMatch(
      /The kernel killed tail .*which is in none of the configured clusters any more\.$/,
    );
  });

  it("find the pod by the time, where the line names process and pid only", async () => {
    const kills = killsIn(`Memory cgroup out of memory: ${KILLED}`) ?? [];
    const one = await victim({ kills, startsAtMs: clock.nowMs() }, { about: "container", hosts: [node] });
    expect(one).toMatchObject({ kind: "found", how: expect.stringContaining("by the time") });
    expect(one.kind === "found" && formatTarget(one.target)).toBe(`lab:deploy/${scenes.namespace}/hungry/${pod.name}/app`);
  });

  it("say where nothing is left", async () => {
    expect(await found({}, { namespace: scenes.namespace, pod: "nothing-like-it" })).toMatch(
      /^This is about "nothing-like-it", but there is no pod "nothing-like-it" in namespace/,
    );
  });

  it("that are unsure are made sure by the pod's last end", async () => {
    const deps = { clusters: clusters(), clock };
    const target = { kind: "workload", connection: "lab", resource: "deploy", namespace: scenes.namespace, name: "hungry" } as const;
    const [calm] = await scenes.pods("calm");
    expect(await endedForMemory(deps, { ...target, pod: pod.name })).toBe(true);
    expect(await endedForMemory(deps, { ...target, name: "calm", pod: calm?.metadata.name ?? "" })).toBe(false);
    expect(await endedForMemory(deps, { ...target, pod: "gone" })).toBe(false);
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { findKubernetes } from "../../scripts/lab/kubernetes.ts";
import { GROW, openClusterScenes, SLEEP, type ClusterScenes } from "../../scripts/lab/kubernetes-scenes.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import { startRedis, type RedisLab } from "../../scripts/lab/redis.ts";
import { OomphError } from "../../src/domain/errors.ts";
import { readPayload } from "../../src/jobs/schema.ts";
import { followPods, type FollowedCluster } from "../../src/watch/follow-pods.ts";
import type { FollowDeps } from "../../src/watch/keep-following.ts";
import { onClusterKill } from "../../src/watch/on-cluster-kill.ts";
import type { ClusterKill } from "../../src/domain/watch.ts";
import type { ClusterEvent, PodFacts } from "../../src/domain/workload.ts";
import { openCluster } from "../adapters/kubernetes/api-server.ts";
import { startDesk, type TestDesk } from "../support/desk.ts";
import { PATIENCE, SPARING_PATIENCE } from "../support/patience.ts";
import { startWatch, type WatchRig } from "./rig.ts";

const lab = await findKubernetes();
if (lab.kind === "there") noteRealSystem("kubernetes", lab.version);
else noteAbsentSystem("kubernetes", lab.because);

/** A follower of one cluster, that can be ended and begun again as by a restart of Oomph. */
function follower({ desk }: TestDesk) {
  const kills: ClusterKill[] = [];
  const added: string[] = [];
  let isQueueAway = false;
  let refused = 0;
  let running: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  const deps: FollowDeps = {
    ...desk,
    cursors: desk.store.cursors,
    // Waits are as long as they are, only shorter.
    clock: { nowMs: desk.clock.nowMs, sleep: (ms, signal) => desk.clock.sleep(ms / 25, signal) },
    queue: {
      async add(name, payload, options) {
        refused += isQueueAway ? 1 : 0;
        if (isQueueAway) throw new OomphError("queue-unavailable", "Redis is away", { retryable: true });
        const outcome = await desk.queue.add(name, payload, options);
        added.push(options.id);
        const read = readPayload("watch-event", JSON.parse(JSON.stringify(payload)));
        if ("kill" in read) kills.push(read.kill);
        return outcome;
      },
    },
  };
  return {
    kills,
    /** How often each was handed to the queue; the queue drops what it has already. */
    added,
    start(cluster: FollowedCluster): void {
      const stop = new AbortController();
      running = { stop, ended: followPods(deps, cluster, stop.signal) };
    },
    async stop(): Promise<void> {
      running?.stop.abort();
      await running?.ended;
    },
    /** How often the queue was found to be away. */
    refused: () => refused,
    queueIsAway: (value: boolean): void => void (isQueueAway = value),
  };
}

const AT_MS = Date.now();

function pod(uid: string, finishedAtMs: number, change: Partial<PodFacts> = {}): PodFacts {
  const killed = { kind: "terminated", reason: "OOMKilled", exitCode: 137, finishedAtMs } as const;
  const app = { name: "app", role: "main", restarts: 1, ports: [], probes: {}, state: { kind: "running" }, lastState: killed } as const;
  return {
    uid,
    namespace: "shop",
    name: `web-${uid}`,
    labels: { app: "web" },
    phase: "Running",
    conditions: [],
    containers: [app],
    ...change,
  };
}

describe("what a cluster tells of kills", () => {
  let redis: RedisLab;
  let test: TestDesk;
  /** Plays what a cluster tells: the watch of real ones is tried in the tests of the adapter, and below. */
  let tell: { pod?: Parameters<FollowedCluster["followPods"]>[0]; event?: (event: ClusterEvent) => void; broken?: (error: Error) => void };
  let there: readonly PodFacts[];
  let cluster: FollowedCluster;

  beforeAll(async () => {
    redis = await startRedis();
  });
  beforeEach(async () => {
    test = await startDesk({ redisUrl: redis.url });
    there = [];
    tell = {};
    cluster = {
      name: `lab-${Math.random().toString(36).slice(2)}`,
      async followPods(onChange, signal) {
        for (const one of there) onChange({ kind: "there", pod: one });
        await new Promise<void>((resolve, reject) => {
          tell = { ...tell, pod: onChange, broken: reject };
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
      },
      async followEvents(_query, onEvent, signal) {
        await new Promise<void>((resolve) => {
          tell = { ...tell, event: onEvent };
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
      },
    };
  });
  afterEach(() => test.stop());
  afterAll(() => redis.stop());

  it("of one that is followed for the first time nothing old is told, and each new kill once", async () => {
    const one = follower(test);
    there = [pod("a", AT_MS - 3_600_000)];
    one.start(cluster);
    await vi.waitFor(() => expect(tell.pod).toBeDefined(), PATIENCE);
    const atMs = Date.now() + 1_000;
    tell.pod?.({ kind: "changed", pod: pod("a", atMs) });
    tell.pod?.({ kind: "changed", pod: pod("a", atMs, { phase: "Succeeded" }) });
    tell.pod?.({ kind: "changed", pod: pod("b", atMs) });
    await vi.waitFor(() => expect(one.kills).toHaveLength(2), PATIENCE);
    expect(one.kills.map((kill) => (kill.of === "container" ? `${kill.pod.uid} ${kill.container} ${kill.atMs}` : ""))).toEqual([
      `a app ${atMs}`,
      `b app ${atMs}`,
    ]);
    await one.stop();
  });

  it("a kill while nobody listened is told after a restart, one that was told is not done twice", async () => {
    const one = follower(test);
    one.start(cluster);
    await vi.waitFor(() => expect(tell.pod).toBeDefined(), PATIENCE);
    const atMs = Date.now() + 1_000;
    tell.pod?.({ kind: "changed", pod: pod("a", atMs) });
    await vi.waitFor(() => expect(one.kills).toHaveLength(1), PATIENCE);
    await one.stop();
    there = [pod("a", atMs), pod("b", atMs + 1_000)];
    const next = follower(test);
    next.start(cluster);
    await vi.waitFor(() => expect(next.kills).toHaveLength(2), PATIENCE);
    await next.stop();
    const ids = (await test.jobs("watch-event")).map(({ id }) => id);
    expect(ids.filter((id) => id.includes(cluster.name))).toHaveLength(2);
  });

  it("while the queue is away nothing is lost", async () => {
    const one = follower(test);
    const atMs = Date.now() + 1_000;
    one.start(cluster);
    await vi.waitFor(() => expect(tell.pod).toBeDefined(), PATIENCE);
    one.queueIsAway(true);
    there = [pod("a", atMs)];
    tell.pod?.({ kind: "changed", pod: pod("a", atMs) });
    await vi.waitFor(() => expect(one.refused()).toBeGreaterThan(0), PATIENCE);
    one.queueIsAway(false);
    await vi.waitFor(() => expect(one.kills).toHaveLength(1), PATIENCE);
    await one.stop();
  });

  it("the kernel's kills on nodes, and pods that were thrown out for memory, are told by events", async () => {
    const one = follower(test);
    one.start(cluster);
    await vi.waitFor(() => expect(tell.event).toBeDefined(), PATIENCE);
    const event = { type: "Warning", count: 1, lastAtMs: Date.now() + 1_000 };
    const node = { kind: "Node", name: "eu-1", namespace: "" };
    const evicted = { kind: "Pod", name: "web-a", namespace: "shop" };
    tell.event?.({ ...event, uid: "1", reason: "SystemOOM", message: "System OOM encountered, victim process: java", about: node });
    tell.event?.({ ...event, uid: "2", reason: "Evicted", message: "The node was low on resource: memory.", about: evicted });
    tell.event?.({ ...event, uid: "3", reason: "Evicted", message: "The node was low on resource: ephemeral-storage.", about: evicted });
    await vi.waitFor(() => expect(one.kills).toHaveLength(2), PATIENCE);
    expect(one.kills).toMatchObject([
      { of: "node", node: "eu-1", says: "System OOM encountered, victim process: java" },
      { of: "pod", namespace: "shop", name: "web-a" },
    ]);
    await one.stop();
  });
});

describe.skipIf(lab.kind === "absent")(`a cluster's kills${lab.kind === "absent" ? ` (${lab.because})` : ""}`, () => {
  let scenes: ClusterScenes;
  let opened: ReturnType<typeof openCluster>;
  let redis: RedisLab;
  let test: TestDesk;
  let watch: WatchRig;

  beforeAll(async () => {
    [scenes, redis] = await Promise.all([openClusterScenes("oomph-follow"), startRedis()]);
    opened = openCluster(process.env["KUBECONFIG"] ?? "", { namespaces: { allowed: [scenes.namespace], denied: [] } });
    test = await startDesk({ redisUrl: redis.url });
    watch = startWatch(test, { cluster: opened.cluster });
  });
  afterAll(async () => {
    await watch.end();
    await opened.close();
    await Promise.all([test.stop(), scenes.end()]);
    await redis.stop();
  });

  it("open their owner's incident, once, narrowed to the container", async () => {
    const one = follower(test);
    one.start(opened.cluster);
    await scenes.make("Deployment", "web", {
      containers: [
        // The runtime does not always see why a container ended: it is killed again until it does.
        { name: "app", script: GROW, limitMib: 32 },
        { name: "side", script: SLEEP },
      ],
      workload: { replicas: 2 },
    });
    const names = (): ReadonlySet<string> => new Set(one.kills.flatMap((kill) => (kill.of === "container" ? [kill.pod.name] : [])));
    await vi.waitFor(() => expect(names().size).toBe(2), { ...PATIENCE, timeout: 4 * PATIENCE.timeout });
    await one.stop();
    expect(new Set(one.added).size).toBe(one.added.length);
    for (const kill of [...one.kills, ...one.kills]) await onClusterKill(watch.deps, "lab", kill);
    const [incident, ...others] = await watch.incidents("web");
    expect(others).toEqual([]);
    expect(incident).toMatchObject({
      problem: "workload-memory",
      target: { kind: "workload", resource: "deploy", namespace: scenes.namespace, name: "web", container: "app" },
    });
    const known = await test.desk.store.watched.ofOwner(`lab:deploy/${scenes.namespace}/web`);
    expect(known.reduce((sum, { kills }) => sum + (kills?.count ?? 0), 0)).toBe(one.kills.length);
    expect((await watch.told("web")).at(-1)).toMatch(/2 pods of lab:deploy\/.*\/web for want of memory: \d+ kills within/);
  });

  it("a pod that was thrown out is its owner's", async () => {
    await scenes.deployment("api", { script: SLEEP, limitMib: 32 });
    await vi.waitFor(async () => expect(await scenes.pods("api")).toHaveLength(1), SPARING_PATIENCE);
    const [there] = await scenes.pods("api");
    const kill = {
      of: "pod",
      namespace: scenes.namespace,
      name: there?.metadata.name ?? "",
      atMs: Date.now(),
      id: "1",
      says: "low on memory",
    } as const;
    await onClusterKill(watch.deps, "lab", kill);
    expect(await watch.incidents("api")).toMatchObject([{ target: { resource: "deploy", name: "api", pod: kill.name } }]);
    expect((await watch.told("api"))[0]).toContain("was evicted for want of memory on its node: low on memory");
  });

  it("a node that ran out of memory has an incident of its own", async () => {
    const [there] = await opened.cluster.nodes();
    const node = there?.name ?? "";
    // Long before anything here was killed.
    const kill = { of: "node", node, atMs: Date.now() - 86_400_000, id: "9", says: "System OOM encountered" } as const;
    await onClusterKill(watch.deps, "lab", kill);
    expect(await watch.incidents(node)).toMatchObject([{ problem: "node-memory", target: { kind: "node", connection: "lab" } }]);
  });

  it("what a kubelet calls a SystemOOM is of no node where a container reached its own limit at that time", async () => {
    await scenes.pod("full", { script: GROW, limitMib: 32 }, { restartPolicy: "OnFailure" });
    let endedAtMs = 0;
    const isKilled = async (): Promise<boolean> => {
      const { containers } = await opened.cluster.pod(scenes.namespace, "full");
      for (const end of containers.flatMap(({ state, lastState }) => [state, lastState]))
        if (end?.kind === "terminated" && end.reason === "OOMKilled") endedAtMs = end.finishedAtMs ?? 0;
      return endedAtMs > 0;
    };
    await vi.waitUntil(isKilled, { ...PATIENCE, timeout: 4 * PATIENCE.timeout });
    const { node = "" } = await opened.cluster.pod(scenes.namespace, "full");
    const before = (await test.desk.store.watched.get(`lab:node/${node}`))?.kills?.count ?? 0;
    await onClusterKill(watch.deps, "lab", { of: "node", node, atMs: endedAtMs, id: "10", says: "System OOM encountered" });
    expect((await test.desk.store.watched.get(`lab:node/${node}`))?.kills?.count ?? 0).toBe(before);
  });
});

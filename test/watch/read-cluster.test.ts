import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { findKubernetes } from "../../scripts/lab/kubernetes.ts";
import { openClusterScenes, SLEEP, type ClusterScenes } from "../../scripts/lab/kubernetes-scenes.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import { startRedis, type RedisLab } from "../../scripts/lab/redis.ts";
import { OomphError } from "../../src/domain/errors.ts";
import { formatTarget, readingKey } from "../../src/domain/target.ts";
import type { PodContainer } from "../../src/domain/workload.ts";
import type { Look } from "../../src/ports/reading-source.ts";
import { createMemoryBoard } from "../../src/watch/memory-board.ts";
import { clusterSource, type ReadableCluster } from "../../src/watch/read-cluster.ts";
import { openCluster } from "../adapters/kubernetes/api-server.ts";
import { startDesk, type TestDesk } from "../support/desk.ts";
import { SPARING_PATIENCE } from "../support/patience.ts";
import { startWatch, type WatchRig } from "./rig.ts";

const lab = await findKubernetes();
if (lab.kind === "there") noteRealSystem("kubernetes", lab.version);
else noteAbsentSystem("kubernetes", lab.because);

const MIB = 2 ** 20;
const LIMITS: Readonly<Record<string, number>> = { "web/app": 64 * MIB, "lone/app": 32 * MIB };
const signal = new AbortController().signal;

describe.skipIf(lab.kind === "absent")(`memory of a cluster's pods${lab.kind === "absent" ? ` (${lab.because})` : ""}`, () => {
  let scenes: ClusterScenes;
  let opened: ReturnType<typeof openCluster>;
  let cluster: ReadableCluster & ReturnType<typeof openCluster>["cluster"];
  let redis: RedisLab;
  let test: TestDesk;
  let watch: WatchRig;

  beforeAll(async () => {
    [scenes, redis] = await Promise.all([openClusterScenes("oomph-read"), startRedis()]);
    opened = openCluster(process.env["KUBECONFIG"] ?? "", { namespaces: { allowed: [scenes.namespace], denied: [] } });
    ({ cluster } = opened);
    test = await startDesk({ redisUrl: redis.url });
    watch = startWatch(test, { cluster });
    await scenes.make("Deployment", "web", {
      containers: [
        { name: "app", script: SLEEP, limitMib: 64 },
        { name: "side", script: SLEEP },
      ],
      workload: { replicas: 2 },
    });
    await scenes.pod("lone", { script: SLEEP, limitMib: 32 });
    await vi.waitUntil(async () => (await looksNow()).length === 5, SPARING_PATIENCE);
  });
  afterAll(async () => {
    await watch.end();
    await opened.close();
    await Promise.all([test.stop(), scenes.end()]);
    await redis.stop();
  });

  async function looksNow(selector?: string, isWatched = () => true): Promise<readonly Look[]> {
    const looks: Look[] = [];
    const asking = { atOnce: 5, signal, ...(selector === undefined ? {} : { selector }) };
    for await (const page of clusterSource(cluster, isWatched).read(asking)) looks.push(...page.looks);
    return looks;
  }

  it("each container of each running pod is read against its own limit, under its owner", async () => {
    const looks = await vi.waitUntil(async () => {
      const now = await looksNow();
      return now.length === 5 && now;
    }, SPARING_PATIENCE);
    const names = looks.map(({ target }) => formatTarget(target).replaceAll(/web-[a-z0-9]+-[a-z0-9]+/g, "web-*")).toSorted();
    const place = scenes.namespace;
    expect(names).toEqual(
      [
        `deploy/${place}/web/web-*/app`,
        `deploy/${place}/web/web-*/app`,
        `deploy/${place}/web/web-*/side`,
        `deploy/${place}/web/web-*/side`,
        `pod/${place}/lone/app`,
      ].map((name) => `lab:${name}`),
    );
    expect(new Set(looks.map(({ target }) => readingKey(target))).size).toBe(5);
    for (const { target, reading } of looks) {
      expect(reading.usageBytes).toBeGreaterThan(0);
      expect(reading.startedAtMs).toBeGreaterThan(0);
      const container = target.kind === "workload" ? `${target.name}/${target.container}` : "";
      expect(reading.limitBytes).toBe(LIMITS[container]);
    }
  });

  it("labels choose pods, and what is not to be watched is left out", async () => {
    // A kubelet that is busy may leave a container out of what it measures now.
    await vi.waitFor(async () => expect(await looksNow("app=web")).toHaveLength(4), SPARING_PATIENCE);
    expect(await looksNow(undefined, () => false)).toEqual([]);
  });

  it("what crashes or failed has no reading, and is told of with how it ended; what has done its work is not", async () => {
    await Promise.all([scenes.pod("failed", { script: "exit 3", limitMib: 16 }), scenes.pod("ended", { script: "exit 0" })]);
    await vi.waitFor(async () => {
      const phases = (await scenes.pods()).map(({ metadata, status }) => `${metadata.name} ${status.phase}`);
      expect(phases).toEqual(expect.arrayContaining(["failed Failed", "ended Succeeded"]));
    }, SPARING_PATIENCE);
    const last = { kind: "terminated", reason: "OOMKilled", exitCode: 137, finishedAtMs: 5000 } as const;
    const crashing: ReadableCluster = {
      ...cluster,
      async *pods(query) {
        for await (const page of cluster.pods(query)) yield page.map((pod) => ({ ...pod, containers: pod.containers.map(crash) }));
      },
    };
    function crash(container: PodContainer): PodContainer {
      if (container.name !== "side") return container;
      return { ...container, state: { kind: "waiting", reason: "CrashLoopBackOff" }, lastState: last, restarts: 7 };
    }
    const charts = { draw: async () => Uint8Array.of(1) };
    const sources = [clusterSource(crashing, () => true)];
    const board = createMemoryBoard({ tables: test.desk.store, sources, charts, clock: test.desk.clock });
    const { rows, down } = await board.top(signal);
    expect(rows.filter(({ target }) => target.kind === "workload" && target.container === "side")).toEqual([]);
    const told = down.map(({ target, ...rest }) => ({
      ...rest,
      container: target.kind === "workload" && `${target.name}/${target.container}`,
    }));
    const lastEnd = { reason: "OOMKilled", exitCode: 137, atMs: 5000 };
    expect(told).toEqual([
      {
        container: "failed/app",
        state: "Error",
        restarts: 0,
        limitBytes: 16 * MIB,
        lastEnd: { reason: "Error", exitCode: 3, atMs: expect.any(Number) },
      },
      { container: "web/side", state: "CrashLoopBackOff", restarts: 7, lastEnd },
      { container: "web/side", state: "CrashLoopBackOff", restarts: 7, lastEnd },
    ]);
  });

  it("a look stores the readings of each container, which have a chart", async () => {
    await vi.waitFor(async () => expect(await watch.look()).toMatchObject({ failed: 0, news: 0, read: 5 }), SPARING_PATIENCE);
    const known = await test.desk.store.watched.ofOwner(`lab:deploy/${scenes.namespace}/web`);
    expect(known.map(({ newest }) => newest?.usageBytes !== undefined)).toEqual([true, true, true, true]);
    const charts = { draw: async () => Uint8Array.of(1) };
    const board = createMemoryBoard({ tables: test.desk.store, sources: watch.deps.sources, charts, clock: test.desk.clock });
    await vi.waitFor(async () => {
      const { rows, missing, sources } = await board.top(signal, { of: "pods" });
      expect([rows.length, missing, sources]).toEqual([5, [], 1]);
    }, SPARING_PATIENCE);
    expect((await board.top(signal, { of: "containers" })).sources).toBe(0);
    const owner = { kind: "workload", connection: "lab", resource: "deploy", namespace: scenes.namespace, name: "web" } as const;
    expect((await board.picture(owner))?.says).toContain(`lab:deploy/${scenes.namespace}/web/web-`);
    expect(await board.picture({ ...owner, container: "side" })).toMatchObject({ says: expect.stringContaining("/side uses") });
    expect(await board.picture({ ...owner, pod: "web-gone" })).toBeUndefined();
  });

  it("kubelets that do not answer are told of, and what the others told is good", async () => {
    const half: ReadableCluster = {
      ...cluster,
      async *usage(query, until) {
        for await (const page of cluster.usage(query, until)) yield page.filter(({ pod }) => pod === "lone");
        throw new OomphError("unreachable", "1 of 2 kubelets did not tell", { retryable: true });
      },
    };
    const charts = { draw: async () => Uint8Array.of(1) };
    const sources = [clusterSource(half, () => true)];
    await watch.look(); // what was read last stands in for what cannot be read
    const board = createMemoryBoard({ tables: test.desk.store, sources, charts, clock: test.desk.clock });
    const { rows, missing } = await board.top(signal);
    expect(rows).toHaveLength(5);
    expect(missing).toEqual([{ source: "lab", because: expect.stringContaining("did not tell") }]);
  });
});

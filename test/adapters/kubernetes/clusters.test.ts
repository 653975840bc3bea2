import { randomBytes } from "node:crypto";
import { connect, createServer, isIP, type AddressInfo, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { findKubernetes, kubectl, kubectlCreate } from "../../../scripts/lab/kubernetes.ts";
import { noteAbsentSystem, noteRealSystem } from "../../../scripts/lab/real-systems.ts";
import type { PodFacts } from "../../../src/domain/workload.ts";
import type { PodChange } from "../../../src/ports/clusters.ts";
import { PATIENCE } from "../../support/patience.ts";
import { openCluster, writeKubeconfig } from "./api-server.ts";

const lab = await findKubernetes();
if (lab.kind === "there") noteRealSystem("kubernetes", lab.version);
else noteAbsentSystem("kubernetes", lab.because);

const MIB = 2 ** 20;
// An image need not be there: what is read is what the API server knows.
const CONTAINER = {
  name: "app",
  image: "oomph.invalid/none:1",
  imagePullPolicy: "Never",
  command: ["sleep", "3600"],
  ports: [{ name: "http", containerPort: 8080 }],
  env: [{ name: "WORKERS", value: "2" }],
  resources: { limits: { memory: "64Mi" }, requests: { memory: "32Mi" } },
};

describe.skipIf(lab.kind === "absent")(`a cluster${lab.kind === "absent" ? ` (${lab.because})` : ""}`, () => {
  const namespace = `oomph-core-${randomBytes(4).toString("hex")}`;
  const ends: (() => unknown)[] = [];
  let open: (settings?: Parameters<typeof openCluster>[1], user?: Readonly<Record<string, unknown>>) => Promise<Opened>;
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  type Opened = ReturnType<typeof openCluster>["cluster"];

  function make(kind: string, apiVersion: string, object: Readonly<Record<string, unknown>>): Promise<void> {
    const { name, ...rest } = object;
    return kubectlCreate({
      apiVersion,
      kind,
      metadata: { name, namespace, labels: { tier: "a.b_c" }, annotations: { note: "größe 日本-α" } },
      ...rest,
    });
  }

  function template(labels: Readonly<Record<string, string>>, more: Readonly<Record<string, unknown>> = {}) {
    return { metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers: [CONTAINER], ...more } };
  }

  beforeAll(async () => {
    const view = JSON.parse(await kubectl(["config", "view", "--raw", "--minify", "--flatten", "-o", "json"])) as View;
    const { server, ...rest } = view.clusters[0]?.cluster ?? { server: "" };
    proxy = await startProxy(new URL(server));
    open = async (settings, user = {}) => {
      const { hostname } = new URL(server);
      const name = isIP(hostname) ? {} : { "tls-server-name": hostname };
      const own = { ...rest, ...name, server: `https://127.0.0.1:${proxy.port}` };
      const kubeconfig = await writeKubeconfig(own, { ...view.users[0]?.user, ...user });
      const { cluster, close } = openCluster(kubeconfig.path, settings ?? {});
      ends.push(close, kubeconfig.remove);
      return cluster;
    };
    await kubectl(["create", "namespace", namespace]);
    const selector = { matchLabels: { app: "web" } };
    await make("Deployment", "apps/v1", { name: "web", spec: { replicas: 2, selector, template: template({ app: "web" }) } });
    const db = { matchExpressions: [{ key: "app", operator: "In", values: ["db"] }] };
    await make("StatefulSet", "apps/v1", {
      name: "db",
      spec: { replicas: 1, serviceName: "db", selector: db, template: template({ app: "db" }) },
    });
    await make("Job", "batch/v1", { name: "report", spec: { template: template({ app: "report" }, { restartPolicy: "Never" }) } });
    await make("Pod", "v1", { name: "lone.with.dots", spec: template({}).spec });
    await make("Service", "v1", { name: "web", spec: { selector: { app: "web" }, ports: [{ port: 80, targetPort: "http" }] } });
    await make("Secret", "v1", { name: "metrics", stringData: { password: "made-up" } });
    await make("ResourceQuota", "v1", { name: "all", spec: { hard: { "limits.memory": "2Gi", pods: "30" } } });
    await make("LimitRange", "v1", { name: "usual", spec: { limits: [{ type: "Container", default: { memory: "128Mi" } }] } });
  });

  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
    await proxy?.close();
    await kubectl(["delete", "namespace", namespace, "--wait=false"]);
  });

  async function podsOf(cluster: Opened, selector?: string): Promise<readonly PodFacts[]> {
    const pods: PodFacts[] = [];
    for await (const page of cluster.pods({ namespace, pageSize: 2, ...(selector === undefined ? {} : { selector }) })) pods.push(...page);
    return pods;
  }

  test("says what it is", async () => {
    const facts = await (await open()).facts();
    expect(facts.version).toMatch(/^v1\.\d+/);
    expect(["metrics.k8s.io", "kubelet"]).toContain(facts.memoryFrom);
  });

  test("pods are found page by page, each with its lasting owner", async () => {
    const cluster = await open();
    await vi.waitFor(async () => expect(await podsOf(cluster)).toHaveLength(5), PATIENCE);
    const pods = await podsOf(cluster);
    const owners = await Promise.all(pods.map(async (pod) => cluster.ownerOf(pod)));
    expect(await cluster.ownersOf(pods)).toEqual(new Map(pods.map((pod, at) => [pod, owners[at]])));
    expect(owners.map(({ resource, name }) => `${resource}/${name}`).toSorted()).toEqual([
      "deploy/web",
      "deploy/web",
      "job/report",
      "pod/lone.with.dots",
      "sts/db",
    ]);
    const [web] = await podsOf(cluster, "app in (web)");
    expect(web?.containers[0]).toMatchObject({ name: "app", limitBytes: 64 * MIB, requestBytes: 32 * MIB, commandLine: "sleep 3600" });
  });

  test("a rollout is in the history, newest first, with what it changed", async () => {
    const cluster = await open();
    await kubectl(["-n", namespace, "set", "env", "deploy/web", "WORKERS=8"]);
    const name = { resource: "deploy", namespace, name: "web" } as const;
    await vi.waitFor(async () => expect(await cluster.revisions(name)).toHaveLength(2), PATIENCE);
    const revisions = await cluster.revisions(name);
    expect(revisions.map(({ revision, environment }) => [revision, environment["app"]?.["WORKERS"]])).toEqual([
      [2, "8"],
      [1, "2"],
    ]);
    const web = await cluster.workload(name);
    expect(web).toMatchObject({ selector: "app=web", environment: { app: { WORKERS: "8" } }, paused: false });
    expect(web.managers.flatMap(({ fields }) => fields)).toContain("spec.template.spec.containers[app].resources.limits.memory");
    const sets = await cluster.revisions({ ...name, resource: "sts", name: "db" });
    expect(sets.map(({ revision }) => revision)).toEqual([1]);
  });

  test("all workloads are listed, and what surrounds one is found", async () => {
    const cluster = await open({ namespaces: { allowed: [namespace], denied: [] } });
    const names: string[] = [];
    for await (const page of cluster.workloads(() => undefined)) names.push(...page.map(({ resource, name }) => `${resource}/${name}`));
    expect(names.toSorted()).toEqual(["deploy/web", "job/report", "sts/db"]);
    const surroundings = await cluster.surroundings({ resource: "deploy", namespace, name: "web" });
    expect(surroundings.quotas).toMatchObject([{ name: "all", resource: "limits.memory", hardBytes: 2048 * MIB }]);
    expect(surroundings.limitRanges).toEqual([{ name: "usual", defaultBytes: 128 * MIB }]);
  });

  test("a secret gives the one key, and what is not there is told", async () => {
    const cluster = await open();
    await expect(cluster.secretValue(namespace, "metrics", "password")).resolves.toBe("made-up");
    await expect(cluster.secretValue(namespace, "metrics", "user")).rejects.toMatchObject({ code: "not-found" });
    await expect(cluster.podOfService(namespace, "web", 81)).rejects.toMatchObject({ message: expect.stringContaining("It has 80.") });
    await expect(cluster.podOfService(namespace, "web", 80)).rejects.toMatchObject({
      message: expect.stringContaining("no pod that is ready"),
    });
  });

  test("what is not there is told: the pod, or the whole namespace", async () => {
    const cluster = await open();
    await expect(cluster.pod(namespace, "none")).rejects.toMatchObject({
      code: "not-found",
      message: expect.stringContaining("no pod none"),
    });
    await expect(cluster.pod("oomph-none", "none")).rejects.toMatchObject({ message: expect.stringContaining("no namespace oomph-none") });
    await expect(cluster.events({ namespace: "oomph-none", limit: 5 })).rejects.toMatchObject({ code: "not-found" });
    await expect(cluster.node("none")).rejects.toMatchObject({ code: "not-found" });
  });

  test("events of one pod are told newest first, and no more than asked for", async () => {
    const cluster = await open();
    const about = { kind: "Pod", name: "lone.with.dots" };
    await vi.waitFor(async () => expect((await cluster.events({ namespace, about, limit: 50 })).length).toBeGreaterThan(1), PATIENCE);
    const events = await cluster.events({ namespace, about, limit: 2 });
    expect(events).toHaveLength(2);
    expect(events[0]?.lastAtMs).toBeGreaterThanOrEqual(events[1]?.lastAtMs ?? Number.POSITIVE_INFINITY);
  });

  test("whoever has no rights is told which: the verb, the resource, the namespace", async () => {
    const cluster = await open({ namespaces: { allowed: [namespace], denied: [] } }, { as: "nobody-at-all" });
    await expect(podsOf(cluster)).rejects.toMatchObject({
      code: "no-rights",
      message: expect.stringContaining(`does not let nobody-at-all list pods in namespace ${namespace}.`),
    });
    const gaps: string[] = [];
    for await (const page of cluster.workloads((gap) => gaps.push(gap))) expect(page).toEqual([]);
    expect(gaps).toHaveLength(5);
    expect(gaps[3]).toContain("list cronjobs.batch");
  });

  test("a wrong token is told", async () => {
    const cluster = await open({}, { token: "made-up", as: undefined });
    await expect(cluster.nodes()).rejects.toMatchObject({ code: "wrong-credentials" });
  });

  test("changes of pods are told through a lost connection, and none that was made meanwhile is missed", async () => {
    const cluster = await open({ namespaces: { allowed: [namespace], denied: [] } });
    const told: PodChange[] = [];
    const stop = new AbortController();
    const following = cluster.followPods((change) => told.push(change), stop.signal);
    const seen = (kind: string, name: string): boolean => told.some((one) => one.kind === kind && one.pod.name === name);
    await vi.waitUntil(() => seen("there", "lone.with.dots"), PATIENCE);
    await make("Pod", "v1", { name: "first", spec: template({}).spec });
    await vi.waitUntil(() => seen("changed", "first"), PATIENCE);
    proxy.cut();
    await make("Pod", "v1", { name: "meanwhile", spec: template({}).spec });
    await kubectl(["-n", namespace, "delete", "pod", "first", "--grace-period=0", "--force"]);
    expect(seen("changed", "meanwhile")).toBe(false);
    proxy.mend();
    await vi.waitUntil(() => seen("changed", "meanwhile") && seen("gone", "first"), PATIENCE);
    stop.abort();
    await following;
  });

  test("events with a reason are told as they are written", async () => {
    const cluster = await open({ namespaces: { allowed: [namespace], denied: [] } });
    const told: string[] = [];
    const stop = new AbortController();
    const query = { reasons: ["OomphTest", "Evicted"], sinceMs: Date.now() - 60_000 };
    const following = cluster.followEvents(query, ({ message }) => told.push(message), stop.signal);
    const about = { kind: "Pod", namespace, name: "web-1" };
    const now = new Date().toISOString().replace(/\.\d+/, "");
    const times = { firstTimestamp: now, lastTimestamp: now };
    await make("Event", "v1", { name: "other", involvedObject: about, reason: "Pulled", message: "other", ...times });
    await make("Event", "v1", { name: "ours", involvedObject: about, reason: "OomphTest", message: "ours", ...times });
    await vi.waitFor(() => expect(told).toEqual(["ours"]), PATIENCE);
    stop.abort();
    await following;
  });
});

type View = {
  readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
  readonly users: readonly { readonly user: Readonly<Record<string, unknown>> }[];
};

/** In front of the API server, so that the way to it can be cut without touching it. */
async function startProxy({ hostname, port }: URL) {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((inward) => {
    if (isCut) return void inward.destroy();
    const outward = connect(Number(port), hostname.replace(/^\[|\]$/g, ""));
    for (const [one, other] of [
      [inward, outward],
      [outward, inward],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      isCut = false;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

import { beforeAll, describe, expect, test } from "vitest";
import { belongsToOomph } from "../../../src/actions/kubernetes/own-place.ts";
import type { KubernetesActionDeps } from "../../../src/actions/kubernetes/deps.ts";
import type { OwnPlace } from "../../../src/ports/container-acts.ts";
import { actionOf, depsOn, lab, openLab, refusal } from "./lab.ts";

const WAYS = [
  { by: "service redis", name: "redis", addresses: ["10.96.0.15"], ports: [6379] },
  { by: "service redis", name: "redis", addresses: [], ports: [30_379] },
  { by: "pod redis-0", name: "redis-0", addresses: ["10.244.1.7"] },
];
const HOME = { namespace: "oomph", pod: "oomph-7c9-x2x4b" };
const QUEUE = { what: "queue", host: "redis.data.svc", port: 6379, addresses: ["10.96.0.15"] } as const;

const OURS = /^the Redis of Oomph's own queue \(.*, by (service redis|pod redis-0)\)$/;

test.each([
  ["its name and address", QUEUE],
  ["an alias, where Oomph runs in the cluster", { ...QUEUE, host: "queue.example" }],
  ["an address, as configured", { ...QUEUE, host: "10.96.0.15" }],
  ["a pod's address", { ...QUEUE, host: "10.244.1.7", addresses: ["10.244.1.7"] }],
  ["a node's port", { ...QUEUE, host: "node-3", port: 30_379, addresses: ["192.0.2.3"] }],
])("what Oomph keeps its queue in is known by %s", (_, server) => {
  expect(belongsToOomph({ podUids: [], servers: [server], home: HOME }, "data", { pods: [], ways: WAYS, gaps: [] })).toMatch(OURS);
});

test.each([
  ["another port of the same address", { ...QUEUE, port: 6380 }],
  ["the name alone, which another namespace has too", { ...QUEUE, addresses: ["10.96.7.7"] }],
])("what Oomph keeps its queue in is not known by %s", (_, server) => {
  expect(belongsToOomph({ podUids: [], servers: [server], home: HOME }, "data", { pods: [], ways: WAYS, gaps: [] })).toBeUndefined();
});

test("in another cluster, where the same address is somebody else's, an alias is not taken for it", () => {
  const ways = { pods: [], ways: WAYS, gaps: [] };
  expect(belongsToOomph({ podUids: [], servers: [{ ...QUEUE, host: "queue.example" }] }, "data", ways)).toBeUndefined();
  expect(belongsToOomph({ podUids: [], servers: [QUEUE] }, "data", ways)).toContain("own queue");
});

test("its own pod is known by its name in its own cluster, and by its uid in any", () => {
  const pods = { pods: [{ name: HOME.pod, uid: "u-1" }], ways: [], gaps: [] };
  const own = { podUids: [], servers: [] };
  expect(belongsToOomph({ ...own, home: HOME }, "oomph", pods)).toBe(`what Oomph itself runs in (pod ${HOME.pod})`);
  expect(belongsToOomph({ ...own, home: HOME }, "shop", pods)).toBeUndefined();
  expect(belongsToOomph({ ...own, podUids: ["u-1"] }, "shop", pods)).toContain("itself runs in");
});

describe.skipIf(lab.kind === "absent")("what Oomph runs on, in the same cluster", () => {
  const cluster = openLab();
  let deps: KubernetesActionDeps;
  beforeAll(async () => {
    deps = await cluster.open();
  });

  test("is left alone by every action, whichever way it is reached", async () => {
    const target = await cluster.workload("sts", "redis");
    const spec = { selector: { app: "redis" }, ports: [{ port: 6379 }] };
    await cluster.make("Service", "v1", { metadata: { name: "redis" }, spec });
    await cluster.make("Service", "v1", { metadata: { name: "outside" }, spec: { ...spec, type: "NodePort" } });
    await cluster.make("Service", "v1", { metadata: { name: "peers" }, spec: { ...spec, clusterIP: "None" } });
    const [clusterIp, podIp, uid] = [
      await cluster.read("service redis", "{.spec.clusterIP}"),
      await cluster.read("pod redis-0", "{.status.podIP}"),
      await cluster.read("pod redis-0", "{.metadata.uid}"),
    ];
    const nodePort = Number(await cluster.read("service outside", "{.spec.ports[0].nodePort}"));
    const server = (host: string, address: string, port = 6379) => ({ what: "queue", host, port, addresses: [address] }) as const;
    const places: readonly Pick<OwnPlace, "podUids" | "servers">[] = [
      { podUids: [], servers: [server(`redis.${cluster.namespace}.svc.cluster.local`, clusterIp)] },
      { podUids: [], servers: [server("redis-0.peers", podIp)] },
      { podUids: [], servers: [server("192.0.2.3", "192.0.2.3", nodePort)] },
      { podUids: [uid], servers: [] },
    ];
    const asked = [
      ["k8s.set-memory", { limit: "128Mi" }],
      ["k8s.set-environment", { set: "A=1" }],
      ["k8s.rollout-restart", {}],
      ["k8s.rollout-undo", {}],
      ["k8s.delete-pod", { pod: "redis-0" }],
      ["k8s.scale", { replicas: "2" }],
    ] as const;
    for (const own of places) {
      for (const [id, params] of asked)
        expect(await refusal(actionOf(depsOn(deps, { own: async () => own }), id).plan(target, params)), id).toMatch(
          /is (the Redis of Oomph's own queue|what Oomph itself runs in) \(.*Oomph never changes what it runs on itself/,
        );
    }
    const elsewhere = depsOn(deps, { own: async () => ({ podUids: [], servers: [server("redis", "198.51.100.1")] }) });
    expect(await actionOf(elsewhere, "k8s.rollout-restart").plan(target, {})).toMatchObject({ kind: "planned" });
  });

  test("what it came to run on between approval and execution is left alone too", async () => {
    const target = await cluster.workload("sts", "db");
    const action = actionOf(deps, "k8s.scale");
    const made = await action.plan(target, { replicas: "2" });
    if (made.kind !== "planned") throw new Error(made.because);
    const podUids = [await cluster.read("pod db-0", "{.metadata.uid}")];
    const later = actionOf(depsOn(deps, { own: async () => ({ podUids, servers: [] }) }), "k8s.scale");
    const run = { id: "run_own", begunAtMs: Date.now(), signal: new AbortController().signal, saveCheckpoint: async () => undefined };
    await expect(later.apply(made.plan, { ...run, threadUrl: async () => undefined })).rejects.toMatchObject({ code: "conflict" });
    expect(await cluster.read("sts db", "{.spec.replicas}")).toBe("1");
  });
});

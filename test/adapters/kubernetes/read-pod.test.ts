import { expect, test } from "vitest";
import { readEvent } from "../../../src/adapters/kubernetes/read-event.ts";
import { readNode } from "../../../src/adapters/kubernetes/read-node.ts";
import { readPod } from "../../../src/adapters/kubernetes/read-pod.ts";

const CONTAINER_ID = "ab".repeat(32);

const KILLED = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name: "web-7c9f-x2x4b",
    namespace: "shop",
    uid: "5d0c",
    labels: { app: "web", "größe/фирма": "日本-α" },
    creationTimestamp: "2026-11-22T06:00:00Z",
    ownerReferences: [
      { kind: "Other", name: "not-this", uid: "1" },
      { kind: "ReplicaSet", name: "web-7c9f", uid: "2", controller: true },
    ],
  },
  spec: {
    nodeName: "node-1",
    initContainers: [
      { name: "migrate", image: "migrate:1" },
      { name: "proxy", image: "proxy:1", restartPolicy: "Always" },
    ],
    containers: [
      {
        name: "app",
        image: "web:2",
        command: ["sh", "-c"],
        args: ["exec node server.js"],
        resources: { limits: { memory: "64Mi", cpu: "500m" }, requests: { memory: "32Mi" } },
        ports: [{ containerPort: 8080, name: "http", protocol: "TCP" }],
        livenessProbe: { httpGet: { path: "/healthz", port: "http", scheme: "HTTP" } },
      },
    ],
  },
  status: {
    phase: "Running",
    qosClass: "Burstable",
    startTime: "2026-11-22T06:00:01Z",
    conditions: [{ type: "Ready", status: "True", lastTransitionTime: "2026-11-22T06:10:00Z" }],
    initContainerStatuses: [
      { name: "migrate", ready: true, restartCount: 0, state: { terminated: { exitCode: 0, reason: "Completed" } }, lastState: {} },
    ],
    containerStatuses: [
      {
        name: "app",
        ready: true,
        restartCount: 3,
        state: { running: { startedAt: "2026-11-22T06:09:00Z" } },
        lastState: {
          terminated: {
            exitCode: 137,
            reason: "OOMKilled",
            startedAt: "2026-11-22T06:05:00Z",
            finishedAt: "2026-11-22T06:08:59Z",
            containerID: `containerd://${CONTAINER_ID}`,
          },
        },
      },
    ],
  },
};

test("a pod is read with its owner, limits, probes, and the states of each container", () => {
  const pod = readPod(KILLED);
  expect(pod).toMatchObject({
    namespace: "shop",
    name: "web-7c9f-x2x4b",
    controller: { kind: "ReplicaSet", name: "web-7c9f", uid: "2" },
    labels: { "größe/фирма": "日本-α" },
    node: "node-1",
    phase: "Running",
    createdAtMs: Date.parse("2026-11-22T06:00:00Z"),
  });
  expect(pod.containers.map(({ name, role }) => [name, role])).toEqual([
    ["migrate", "init"],
    ["proxy", "sidecar"],
    ["app", "main"],
  ]);
  expect(pod.containers[2]).toEqual({
    name: "app",
    role: "main",
    image: "web:2",
    requestBytes: 32 * 2 ** 20,
    limitBytes: 64 * 2 ** 20,
    cpuLimitCores: 0.5,
    commandLine: 'sh -c "exec node server.js"',
    ports: [{ name: "http", port: 8080 }],
    probes: { liveness: "http-get :http/healthz" },
    restarts: 3,
    ready: true,
    state: { kind: "running", startedAtMs: Date.parse("2026-11-22T06:09:00Z") },
    lastState: {
      kind: "terminated",
      reason: "OOMKilled",
      exitCode: 137,
      startedAtMs: Date.parse("2026-11-22T06:05:00Z"),
      finishedAtMs: Date.parse("2026-11-22T06:08:59Z"),
      containerId: CONTAINER_ID,
    },
  });
});

test("a pod without any status has containers without states", () => {
  const { status: _status, ...unscheduled } = KILLED;
  const pod = readPod({ ...unscheduled, status: { phase: "Pending", containerStatuses: null } });
  expect(pod.phase).toBe("Pending");
  expect(pod.containers.map(({ state, restarts }) => [state, restarts])).toEqual([
    [undefined, 0],
    [undefined, 0],
    [undefined, 0],
  ]);
});

test("what is in force after a resize in place goes before the definition, as do limits of the pod as a whole", () => {
  const pod = readPod({
    spec: {
      resources: { limits: { memory: "1Gi" }, requests: { memory: 1024 } },
      containers: [{ name: "app", resources: { limits: { memory: "64Mi" }, requests: { memory: "64Mi" } } }],
    },
    status: { containerStatuses: [{ name: "app", resources: { limits: { memory: "128Mi" } } }] },
  });
  expect(pod).toMatchObject({ podLimitBytes: 2 ** 30, podRequestBytes: 1024 });
  expect(pod.containers[0]).toMatchObject({ limitBytes: 128 * 2 ** 20, requestBytes: 64 * 2 ** 20 });
});

test("a pod is being deleted since its grace period began", () => {
  const pod = readPod({ metadata: { deletionTimestamp: "2026-11-22T06:00:30Z", deletionGracePeriodSeconds: 30 } });
  expect(pod.deletedAtMs).toBe(Date.parse("2026-11-22T06:00:00Z"));
});

test.each([undefined, null, "text", 7, [], { spec: 3, status: [] }, { metadata: { labels: { a: 1 } }, status: { phase: 4 } }])(
  "%j reads as a pod of which nothing is known",
  (value) => {
    expect(readPod(value)).toMatchObject({ uid: "", name: "", phase: "Unknown", containers: [] });
  },
);

test("an event names its container, and events of the newer kind say the same", () => {
  const about = { kind: "Pod", namespace: "shop", name: "web-1", uid: "5d0c", fieldPath: "spec.containers{app}" };
  const older = readEvent({
    metadata: { uid: "e" },
    type: "Warning",
    reason: "BackOff",
    message: "Back-off restarting failed container",
    involvedObject: about,
    count: 7,
    firstTimestamp: "2026-11-22T06:00:00Z",
    lastTimestamp: "2026-11-22T06:05:00Z",
    eventTime: null,
    source: { component: "kubelet", host: "node-1" },
  });
  const newer = readEvent({
    metadata: { uid: "e" },
    type: "Warning",
    reason: "BackOff",
    note: "Back-off restarting failed container",
    regarding: about,
    series: { count: 7, lastObservedTime: "2026-11-22T06:05:00Z" },
    deprecatedFirstTimestamp: null,
    eventTime: "2026-11-22T06:00:00Z",
    reportingController: "kubelet",
  });
  expect(older.about).toEqual({ kind: "Pod", namespace: "shop", name: "web-1", uid: "5d0c", container: "app" });
  expect(older).toMatchObject({ count: 7, lastAtMs: Date.parse("2026-11-22T06:05:00Z"), source: "kubelet" });
  expect(newer).toEqual(older);
});

test("a node's memory is in bytes", () => {
  const node = readNode({
    metadata: { name: "node-1", uid: "n" },
    spec: {},
    status: {
      capacity: { memory: "24684096Ki" },
      allocatable: { memory: "24581696Ki", cpu: "1930m" },
      conditions: [{ type: "MemoryPressure", status: "True", reason: "KubeletHasInsufficientMemory" }],
    },
  });
  expect(node).toMatchObject({ name: "node-1", capacityBytes: 24_684_096 * 1024, allocatableCores: 1.93, unschedulable: false });
  expect(node.conditions).toEqual([{ type: "MemoryPressure", status: "True", reason: "KubeletHasInsufficientMemory" }]);
});

test.each([
  ["/metrics?name=heap", "/metrics?name=heap"],
  ["metrics", "/metrics"],
  ["/../../../secrets", "/secrets"],
  ["/%2e%2e/%2e%2e/secrets", "/secrets"],
  ["/..%2f..%2fsecrets", "/metrics"],
  ["//elsewhere.invalid/metrics", "/elsewhere.invalid/metrics"],
  ["/a b\u0000é#x", "/a%20b%00%C3%A9"],
])("what a pod's annotation %j leads to is %s of that pod, and nothing else", (path, leadsTo) => {
  const annotations = { "prometheus.io/scrape": "true", "prometheus.io/port": "8080", "prometheus.io/path": path };
  expect(readPod({ metadata: { annotations } }).scrape).toEqual({ port: 8080, path: leadsTo });
});

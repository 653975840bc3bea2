/**
 * A cluster of thousands of pods, which no machine of ours runs: an API server of the lab's own, with lists in pages, watches that
 * stay open, and metrics.k8s.io, in the shapes and sizes that a real one sends. kubectl reads it as well.
 */
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type SimulatedCluster = {
  /** Leads here, with a token that is not looked at. */
  readonly kubeconfig: string;
  close(): Promise<void>;
};

const PODS_OF_A_WORKLOAD = 10;
const PODS_OF_A_NAMESPACE = 500;
/** Of each Deployment: the one of now, and what the server keeps of its rollouts before. */
const SETS_OF_A_WORKLOAD = 11;
const BEGAN = "2026-11-20T08:00:00Z";
const API_LIST = "APIResourceList";

/** Pods of Deployments, ten each, five hundred in a namespace, all well. */
export async function startSimulatedCluster(count: number): Promise<SimulatedCluster> {
  const [podText, deploymentText, setText, setMetadataText] = [once(podAt), once(deploymentAt), once(setAt), once(setMetadataAt)];
  const answers: Readonly<Record<string, (query: URLSearchParams, namespace: string | undefined, accept: string) => unknown>> = {
    ...DISCOVERY,
    "/api/v1/pods": (query, namespace) => page(range(count, namespace), query, { kind: "PodList", make: podText }),
    "/apis/metrics.k8s.io/v1beta1/pods": (_query, namespace) => ({
      // As metrics-server does it: no pages.
      kind: "PodMetricsList",
      apiVersion: "metrics.k8s.io/v1beta1",
      metadata: {},
      items: range(count, namespace).map(metricsAt),
    }),
    "/apis/apps/v1/deployments": (query, namespace) =>
      page(
        range(count, namespace).filter((index) => index % PODS_OF_A_WORKLOAD === 0),
        query,
        { kind: "DeploymentList", make: deploymentText },
      ),
    "/apis/apps/v1/replicasets": (query, namespace, accept) =>
      page(setsOf(range(count, namespace)), query, {
        kind: accept.includes("PartialObjectMetadataList") ? "PartialObjectMetadataList" : "ReplicaSetList",
        make: accept.includes("PartialObjectMetadataList") ? setMetadataText : setText,
      }),
  };

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://lab");
    const namespace = /\/namespaces\/([^/]+)\/[^/]+$/.exec(pathname)?.[1];
    const path = namespace === undefined ? pathname : pathname.replace(`/namespaces/${namespace}`, "");
    const set = /\/replicasets\/service-(\d+)-/.exec(pathname)?.[1];
    // Nothing ever changes: what follows it hears nothing.
    if (searchParams.has("watch")) response.writeHead(200, { "Content-Type": "application/json" }).flushHeaders();
    else if (set !== undefined) send(response, setText(Number(set) * SETS_OF_A_WORKLOAD));
    else send(response, answers[path]?.(searchParams, namespace, request.headers.accept ?? "") ?? emptyList(path));
  });

  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = await mkdtemp(join(tmpdir(), "oomph-simulated-"));
  const kubeconfig = join(folder, "config");
  await writeFile(kubeconfig, JSON.stringify(kubeconfigFor(url)));
  return {
    kubeconfig,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const GROUPS: Readonly<Record<string, readonly (readonly [name: string, kind: string])[]>> = {
  v1: [
    ["pods", "Pod"],
    ["events", "Event"],
    ["namespaces", "Namespace"],
  ],
  "apps/v1": [
    ["deployments", "Deployment"],
    ["replicasets", "ReplicaSet"],
    ["statefulsets", "StatefulSet"],
    ["daemonsets", "DaemonSet"],
  ],
  "batch/v1": [
    ["jobs", "Job"],
    ["cronjobs", "CronJob"],
  ],
  "metrics.k8s.io/v1beta1": [["pods", "PodMetrics"]],
};

const DISCOVERY = {
  "/version": () => ({ major: "1", minor: "30", gitVersion: "v1.30.0" }),
  "/api": () => ({ kind: "APIVersions", versions: ["v1"] }),
  "/apis": () => {
    const groups = Object.keys(GROUPS).filter((group) => group !== "v1");
    return { kind: "APIGroupList", apiVersion: "v1", groups: groups.map(groupOf) };
  },
  ...Object.fromEntries(
    Object.entries(GROUPS).map(([group, resources]) => [
      group === "v1" ? "/api/v1" : `/apis/${group}`,
      () => ({ kind: API_LIST, apiVersion: "v1", groupVersion: group, resources: resources.map(resourceOf) }),
    ]),
  ),
};

function groupOf(groupVersion: string): object {
  const [name = "", version = ""] = groupVersion.split("/");
  const served = { groupVersion, version };
  return { name, versions: [served], preferredVersion: served };
}

function resourceOf([name, kind]: readonly [string, string]): object {
  return { name, singularName: "", namespaced: name !== "namespaces", kind, verbs: ["get", "list", "watch"] };
}

function emptyList(path: string): object {
  const name = path.split("/").at(-1) ?? "";
  return { kind: "List", apiVersion: "v1", metadata: { resourceVersion: "1", selfLink: name }, items: [] };
}

type Listing = { readonly kind: string; readonly make: (index: number) => string };

const API_VERSIONS: Readonly<Record<string, string>> = { PodList: "v1", PartialObjectMetadataList: "meta.k8s.io/v1" };

/** Its items are made once: what is measured here is not how fast the lab writes JSON. */
function page(indices: readonly number[], query: URLSearchParams, { kind, make }: Listing): string {
  const from = Number(query.get("continue") ?? 0);
  const limit = Number(query.get("limit") ?? 0) || indices.length;
  const rest = from + limit < indices.length ? { continue: String(from + limit), remainingItemCount: indices.length - from - limit } : {};
  const apiVersion = API_VERSIONS[kind] ?? "apps/v1";
  const head = JSON.stringify({ kind, apiVersion, metadata: { resourceVersion: "1000", ...rest } });
  const items = indices.slice(from, from + limit).map(make);
  return `${head.slice(0, -1)},"items":[${items.join(",")}]}`;
}

function once(make: (index: number) => object): (index: number) => string {
  const made = new Map<number, string>();
  return (index) => {
    const text = made.get(index) ?? JSON.stringify(make(index));
    made.set(index, text);
    return text;
  };
}

function range(count: number, namespace: string | undefined): readonly number[] {
  const all = Array.from({ length: count }, (_, index) => index);
  return namespace === undefined ? all : all.filter((index) => namespaceOf(index) === namespace);
}

function namespaceOf(index: number): string {
  return `team-${Math.floor(index / PODS_OF_A_NAMESPACE)}`;
}

function workloadOf(index: number): string {
  return `service-${Math.floor(index / PODS_OF_A_WORKLOAD)}`;
}

function nameOf(index: number): string {
  return `${workloadOf(index)}-5d8f7c9b6d-${(index % PODS_OF_A_WORKLOAD).toString(36).padStart(5, "x")}`;
}

function uidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

function deploymentAt(index: number): object {
  const app = workloadOf(index);
  const metadata = {
    name: app,
    namespace: namespaceOf(index),
    uid: uidOf(app),
    resourceVersion: "900",
    generation: 1,
    creationTimestamp: BEGAN,
  };
  const spec = {
    replicas: PODS_OF_A_WORKLOAD,
    selector: { matchLabels: { app } },
    template: { metadata: { labels: { app } }, spec: specOf(index) },
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec,
    status: { replicas: PODS_OF_A_WORKLOAD, readyReplicas: PODS_OF_A_WORKLOAD },
  };
}

/** Numbers of the ReplicaSets of these pods' Deployments: each Deployment's newest first. */
function setsOf(pods: readonly number[]): readonly number[] {
  return pods
    .filter((index) => index % PODS_OF_A_WORKLOAD === 0)
    .flatMap((index) => Array.from({ length: SETS_OF_A_WORKLOAD }, (_, nth) => (index / PODS_OF_A_WORKLOAD) * SETS_OF_A_WORKLOAD + nth));
}

function setMetadataAt(set: number): object {
  const [index, nth] = [Math.floor(set / SETS_OF_A_WORKLOAD) * PODS_OF_A_WORKLOAD, set % SETS_OF_A_WORKLOAD];
  const app = workloadOf(index);
  const hash = nth === 0 ? "5d8f7c9b6d" : `5d8f7c9b${nth.toString(36).padStart(2, "x")}`;
  const metadata = {
    name: `${app}-${hash}`,
    namespace: namespaceOf(index),
    uid: nth === 0 ? uidOf(`${app}-set`) : uidOf(`${app}-${hash}`),
    resourceVersion: "940",
    generation: 1,
    creationTimestamp: BEGAN,
    labels: { app, "pod-template-hash": hash, "app.kubernetes.io/part-of": "shop", "app.kubernetes.io/managed-by": "Helm" },
    annotations: {
      "deployment.kubernetes.io/desired-replicas": "10",
      "deployment.kubernetes.io/revision": String(SETS_OF_A_WORKLOAD - nth),
    },
    ownerReferences: [
      { apiVersion: "apps/v1", kind: "Deployment", name: app, uid: uidOf(app), controller: true, blockOwnerDeletion: true },
    ],
    managedFields: [managedBy("kube-controller-manager")],
  };
  return { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata };
}

function setAt(set: number): object {
  const index = Math.floor(set / SETS_OF_A_WORKLOAD) * PODS_OF_A_WORKLOAD;
  const app = workloadOf(index);
  const replicas = set % SETS_OF_A_WORKLOAD === 0 ? PODS_OF_A_WORKLOAD : 0;
  const template = { metadata: { labels: { app } }, spec: specOf(index) };
  const spec = { replicas, selector: { matchLabels: { app } }, template };
  return { ...setMetadataAt(set), apiVersion: "apps/v1", kind: "ReplicaSet", spec, status: { replicas, readyReplicas: replicas } };
}

/** 6 KiB of JSON, as pods of a real server have: half of it fields' owners and what admission has added. */
export function podAt(index: number) {
  const app = workloadOf(index);
  const name = nameOf(index);
  const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: `${app}-5d8f7c9b6d`, uid: uidOf(`${app}-set`), controller: true };
  const metadata = {
    name,
    generateName: `${app}-5d8f7c9b6d-`,
    namespace: namespaceOf(index),
    uid: uidOf(name),
    resourceVersion: "950",
    creationTimestamp: BEGAN,
    labels: { app, "pod-template-hash": "5d8f7c9b6d", "app.kubernetes.io/part-of": "shop", "app.kubernetes.io/managed-by": "Helm" },
    annotations: { "checksum/config": uidOf(`${name}-config`).repeat(2), "prometheus.io/scrape": "true", "prometheus.io/port": "9090" },
    ownerReferences: [owner],
    managedFields: [managedBy("kube-controller-manager"), managedBy("kubelet")],
  };
  const ready = ["Initialized", "Ready", "ContainersReady", "PodScheduled"].map((type) => ({
    type,
    status: "True",
    lastTransitionTime: BEGAN,
  }));
  const containerStatuses = [
    {
      name: "app",
      image: `registry.example.com/shop/${app}:1.42.0`,
      imageID: `registry.example.com/shop/${app}@sha256:${"ab".repeat(32)}`,
      containerID: `containerd://${createHash("sha256").update(name).digest("hex")}`,
      ready: true,
      restartCount: 0,
      started: true,
      state: { running: { startedAt: BEGAN } },
      lastState: {},
    },
  ];
  const status = {
    phase: "Running",
    conditions: ready,
    hostIP: "10.0.0.9",
    podIP: "10.4.0.7",
    startTime: BEGAN,
    qosClass: "Burstable",
    containerStatuses,
  };
  return { apiVersion: "v1", kind: "Pod", metadata, spec: { nodeName: `node-${index % 100}`, ...specOf(index) }, status };
}

function specOf(index: number) {
  const variables = ["DATABASE_URL", "CACHE_URL", "LOG_LEVEL", "WORKERS", "REGION", "FEATURE_FLAGS", "TRACE_ENDPOINT", "QUEUE_URL"];
  const env = variables.map((name) => ({ name, value: `${name.toLowerCase().replaceAll("_", "-")}.shop.svc.cluster.local` }));
  const probe = { httpGet: { path: "/healthz", port: 8080, scheme: "HTTP" }, timeoutSeconds: 1, periodSeconds: 10, failureThreshold: 3 };
  const container = {
    name: "app",
    image: `registry.example.com/shop/${workloadOf(index)}:1.42.0`,
    args: ["serve", "--port=8080", "--metrics-port=9090"],
    ports: [{ name: "http", containerPort: 8080, protocol: "TCP" }],
    env,
    resources: { limits: { cpu: "1", memory: "512Mi" }, requests: { cpu: "100m", memory: "256Mi" } },
    livenessProbe: probe,
    readinessProbe: probe,
    volumeMounts: [{ name: "kube-api-access", readOnly: true, mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" }],
  };
  const volumes = [
    { name: "kube-api-access", projected: { sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: "token" } }] } },
  ];
  return {
    volumes,
    containers: [container],
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    tolerations: [],
  };
}

function managedBy(manager: string): object {
  const owned = ["f:metadata", "f:spec", "f:status"].map((part) => [
    part,
    Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`f:field-${index}`, { "f:type": {}, "f:status": {} }])),
  ]);
  return { manager, operation: "Update", apiVersion: "v1", time: BEGAN, fieldsType: "FieldsV1", fieldsV1: Object.fromEntries(owned) };
}

function metricsAt(index: number): object {
  const usage = { cpu: "12345678n", memory: `${(120 + (index % 380)) * 1024}Ki` };
  const metadata = { name: nameOf(index), namespace: namespaceOf(index), creationTimestamp: new Date().toISOString() };
  return { metadata, timestamp: new Date().toISOString(), window: "15s", containers: [{ name: "app", usage }] };
}

function kubeconfigFor(server: string): object {
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "simulated",
    contexts: [{ name: "simulated", context: { cluster: "simulated", user: "lab" } }],
    clusters: [{ name: "simulated", cluster: { server } }],
    users: [{ name: "lab", user: { token: "made-up" } }],
  };
}

function send(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "Content-Type": "application/json" }).end(typeof value === "string" ? value : JSON.stringify(value));
}

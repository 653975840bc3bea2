import { startApiServer, sendJson, sendStatus } from "../api-server.ts";

const AT = "2026-11-22T07:00:00Z";
const MIB = 2 ** 20;
export const MEASURED = { namespace: "shop", pod: "web-1", node: "node-a" } as const;

const PODS = [
  { namespace: "shop", name: "web-1", node: "node-a", mib: 100 },
  { namespace: "shop", name: "web-2", node: "node-b", mib: 50 },
  { namespace: "other", name: "job-1", node: "node-a", mib: 10 },
];

export type MeasuredBy = "metrics.k8s.io" | "kubelet" | "nobody behind metrics.k8s.io";

/** Three pods on two nodes, and who tells of their memory, in the shapes that metrics-server and kubelets send. */
export function startMeasuredCluster(by: MeasuredBy, { silent = [] }: { readonly silent?: readonly string[] } = {}) {
  return startApiServer((request, response) => {
    const url = new URL(request.url ?? "", "http://x");
    const parts = url.pathname.split("/").filter((part) => part !== "");
    const isMetrics = url.pathname.startsWith("/apis/metrics.k8s.io/v1beta1");
    if (url.pathname === "/version") return sendJson(response, { gitVersion: "v1.30.0" });
    if (isMetrics && by === "kubelet") return sendStatus(response, 404);
    if (isMetrics && by !== "metrics.k8s.io")
      return sendStatus(response, 503, { message: "the server is currently unable to handle the request" });
    if (isMetrics && parts.length === 3) return sendJson(response, { resources: [{ name: "nodes" }, { name: "pods" }] });
    const namespace = parts[parts.indexOf("namespaces") + 1];
    const wanted = PODS.filter(
      (pod) => (!parts.includes("namespaces") || pod.namespace === namespace) && isSelected(pod, url.searchParams),
    );
    if (parts.at(-1) === "pods")
      return sendJson(response, { metadata: {}, items: isMetrics ? wanted.map(podMetrics) : wanted.map(placedPod) });
    if (parts.at(-1) === "nodes") return sendJson(response, { metadata: {}, items: nodes().map((name) => ({ metadata: { name } })) });
    const node = parts[parts.indexOf("nodes") + 1] ?? "";
    if (!nodes().includes(node)) return sendStatus(response, 404, { details: { name: node }, message: `nodes "${node}" not found` });
    if (isMetrics) return sendJson(response, { timestamp: AT, window: "20s", usage: { cpu: "250m", memory: "2Gi" } });
    if (silent.includes(node)) return sendStatus(response, 503, { message: "error trying to reach service: dial tcp: i/o timeout" });
    return sendJson(response, summaryOf(node));
  });
}

function nodes(): readonly string[] {
  return ["node-a", "node-b"];
}

function isSelected({ name, node }: (typeof PODS)[number], query: URLSearchParams): boolean {
  const [selector, field] = [query.get("labelSelector"), query.get("fieldSelector")];
  return (selector === null || selector === `app=${name}`) && (field === null || field === `spec.nodeName=${node}`);
}

function podMetrics({ namespace, name, mib }: (typeof PODS)[number]) {
  const usage = { cpu: "12345678n", memory: `${mib * 1024}Ki` };
  return { metadata: { namespace, name }, timestamp: AT, window: "15s", containers: [{ name: "main", usage }] };
}

function placedPod({ namespace, name, node }: (typeof PODS)[number]) {
  return { metadata: { namespace, name }, spec: { nodeName: node } };
}

function summaryOf(node: string) {
  const memory = { time: AT, availableBytes: 4096 * MIB, usageBytes: 2100 * MIB, workingSetBytes: 2048 * MIB, rssBytes: 1024 * MIB };
  const pods = PODS.filter((pod) => pod.node === node).map(({ namespace, name, mib }) => ({
    podRef: { namespace, name, uid: name },
    containers: [
      { name: "main", startTime: AT, cpu: { usageNanoCores: 5e7 }, memory: { time: AT, workingSetBytes: mib * MIB, rssBytes: mib * MIB } },
      { name: "ended", startTime: AT }, // listed for a while, without memory
    ],
  }));
  return { node: { nodeName: node, memory }, pods };
}

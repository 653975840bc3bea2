import { afterEach, expect, test } from "vitest";
import { formatSelector, matchesSelector } from "../../../src/adapters/kubernetes/label-selector.ts";
import { openCluster, sendJson, sendStatus, startApiServer, writeKubeconfig } from "./api-server.ts";

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A server of these paths; what is a number is refused with it. */
async function clusterOf(answers: Readonly<Record<string, unknown>>) {
  const server = await startApiServer((request, response) => {
    const answer = answers[new URL(request.url ?? "", "http://x").pathname];
    if (typeof answer === "number") return sendStatus(response, answer);
    if (answer === undefined) return void response.writeHead(404).end("404 page not found");
    sendJson(response, answer);
  });
  const kubeconfig = await writeKubeconfig({ server: server.url });
  const { cluster, close } = openCluster(kubeconfig.path);
  ends.push(server.close, kubeconfig.remove, close);
  return cluster;
}

const WEB = { metadata: { name: "web", namespace: "shop", uid: "w" }, spec: { template: { metadata: { labels: { app: "web" } } } } };
const NAMESPACE = "namespaces/shop";

const ANSWERS = {
  [`/apis/apps/v1/${NAMESPACE}/deployments/web`]: WEB,
  "/apis/autoscaling/v2beta2": { resources: [{ name: "horizontalpodautoscalers" }] },
  "/apis/policy/v1": { resources: [{ name: "poddisruptionbudgets" }] },
  [`/apis/autoscaling/v2beta2/${NAMESPACE}/horizontalpodautoscalers`]: {
    items: [
      {
        metadata: { name: "web" },
        spec: {
          scaleTargetRef: { kind: "Deployment", name: "web" },
          maxReplicas: 4,
          metrics: [
            { type: "Resource", resource: { name: "memory", target: { type: "Utilization", averageUtilization: 80 } } },
            { type: "Pods", pods: { metric: { name: "requests" } } },
          ],
        },
        status: { currentReplicas: 3 },
      },
      { metadata: { name: "other" }, spec: { scaleTargetRef: { kind: "StatefulSet", name: "web" } } },
    ],
  },
  [`/apis/policy/v1/${NAMESPACE}/poddisruptionbudgets`]: {
    items: [
      {
        metadata: { name: "web" },
        spec: { maxUnavailable: "25%", selector: { matchLabels: { app: "web" } } },
        status: { disruptionsAllowed: 0 },
      },
      { metadata: { name: "db" }, spec: { minAvailable: 1, selector: { matchLabels: { app: "db" } } } },
    ],
  },
  [`/api/v1/${NAMESPACE}/resourcequotas`]: 403,
  [`/api/v1/${NAMESPACE}/limitranges`]: { items: null },
};

test("autoscalers and budgets of a workload are found in the version that is served; what may not be listed is a gap", async () => {
  const cluster = await clusterOf(ANSWERS);
  const surroundings = await cluster.surroundings({ resource: "deploy", namespace: "shop", name: "web" });
  expect(surroundings).toEqual({
    autoscalers: [
      { name: "web", minReplicas: 1, maxReplicas: 4, currentReplicas: 3, metrics: ["memory", "requests"], memoryPercentOfRequest: 80 },
    ],
    budgets: [{ name: "web", disruptionsAllowed: 0, says: "at most 25% away at once" }],
    quotas: [],
    limitRanges: [],
    gaps: [expect.stringContaining("list resourcequotas in namespace shop")],
  });
});

test("a selector is written as kubectl takes it, and matches as the server does", () => {
  const selector = {
    matchLabels: { app: "web" },
    matchExpressions: [
      { key: "tier", operator: "In", values: ["a", "b"] },
      { key: "zone", operator: "NotIn", values: ["x"] },
      { key: "team", operator: "Exists", values: [] },
      { key: "canary", operator: "DoesNotExist", values: [] },
    ],
  };
  expect(formatSelector(selector)).toBe("app=web,tier in (a,b),zone notin (x),team,!canary");
  const labels = { app: "web", tier: "b", team: "shop" };
  expect(matchesSelector(selector, labels)).toBe(true);
  for (const wrong of [{ app: "db" }, { tier: "c" }, { zone: "x" }, { canary: "" }]) {
    expect(matchesSelector(selector, { ...labels, ...wrong })).toBe(false);
  }
  expect(matchesSelector(undefined, labels)).toBe(false);
});

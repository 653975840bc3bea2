import { afterEach, expect, test } from "vitest";
import type { PodFacts } from "../../../src/domain/workload.ts";
import { openCluster, sendJson, sendStatus, startApiServer, writeKubeconfig, type Answering } from "./api-server.ts";

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function clusterThat(answer: Answering, own: Parameters<typeof openCluster>[1] = {}) {
  const server = await startApiServer(answer);
  const kubeconfig = await writeKubeconfig({ server: server.url });
  const { cluster, close } = openCluster(kubeconfig.path, own);
  ends.push(server.close, kubeconfig.remove, close);
  return { cluster, paths: () => server.asked.map(({ url = "" }) => url.split("?")[0]) };
}

const LIST = "/apis/apps/v1/replicasets";

/** Pods of as many Deployments, `web-0-abc` and so on. */
function podsOf(count: number, kind = "ReplicaSet"): readonly PodFacts[] {
  return Array.from({ length: count }, (_, at) => ({
    uid: `uid-${at}`,
    namespace: "shop",
    name: `web-${at}-abc-x`,
    labels: { "pod-template-hash": "abc" },
    phase: "Running",
    conditions: [],
    containers: [],
    controller: { kind, name: `web-${at}-abc` },
  }));
}

function madeBy(kind: string, name: string, owner: string) {
  return { metadata: { namespace: "shop", name, ownerReferences: [{ kind, name: owner, controller: true }] } };
}

function allSets(count: number) {
  return Array.from({ length: count }, (_, at) => madeBy("Deployment", `web-${at}-abc`, `web-${at}`));
}

test("owners of many pods come from one list of metadata, and are not asked for again", async () => {
  let accepted = "";
  const { cluster, paths } = await clusterThat((request, response) => {
    accepted = request.headers.accept ?? "";
    sendJson(response, { items: allSets(40) });
  });
  const pods = podsOf(40);
  const owners = await cluster.ownersOf(pods);
  expect(pods.map((pod) => owners.get(pod))).toEqual(pods.map((_, at) => ({ resource: "deploy", namespace: "shop", name: `web-${at}` })));
  expect(accepted).toContain("PartialObjectMetadataList");
  await cluster.ownersOf(pods);
  expect(paths()).toEqual([LIST]);
});

test("two that ask at the same moment share one list", async () => {
  const { cluster, paths } = await clusterThat((_request, response) => sendJson(response, { items: allSets(40) }));
  await Promise.all([cluster.ownersOf(podsOf(40)), cluster.ownersOf(podsOf(40))]);
  expect(paths()).toEqual([LIST]);
});

test("of few each is asked for by itself, once", async () => {
  const { cluster, paths } = await clusterThat((request, response) =>
    sendJson(response, madeBy("Deployment", request.url?.split("/").at(-1) ?? "", "web")),
  );
  await cluster.ownersOf(podsOf(3));
  await cluster.ownersOf(podsOf(3));
  expect(new Set(paths())).toEqual(new Set([0, 1, 2].map((at) => `/apis/apps/v1/namespaces/shop/replicasets/web-${at}-abc`)));
});

test("where listing is forbidden each is asked for by itself", async () => {
  const { cluster, paths } = await clusterThat((request, response) => {
    if (request.url?.startsWith(`${LIST}?`) === true) return sendStatus(response, 403, { message: "no" });
    sendJson(response, madeBy("Deployment", request.url?.split("/").at(-1) ?? "", "front"));
  });
  const owners = await cluster.ownersOf(podsOf(12));
  expect([...owners.values()].map(({ name }) => name)).toEqual(Array.from({ length: 12 }, () => "front"));
  expect(paths()).toHaveLength(13);
});

test("what a list does not have is asked for, and not listed for again", async () => {
  const { cluster, paths } = await clusterThat((request, response) => {
    if (request.url?.startsWith(`${LIST}?`) === true) sendJson(response, { items: allSets(20) });
    else sendStatus(response, 404);
  });
  await cluster.ownersOf(podsOf(20));
  const owners = await cluster.ownersOf(podsOf(40));
  // Gone meanwhile: its name says whose it was.
  expect(owners.size).toBe(40);
  expect([...owners.values()].at(-1)).toEqual({ resource: "deploy", namespace: "shop", name: "web-39" });
  expect(paths().filter((path) => path === LIST)).toHaveLength(1);
});

test("a list that breaks off is an error, and tried again by whoever asks next", async () => {
  let isBroken = true;
  const { cluster } = await clusterThat((_request, response) => {
    if (isBroken) sendStatus(response, 500, { message: "etcd is away" });
    else sendJson(response, { items: allSets(20) });
  });
  await expect(cluster.ownersOf(podsOf(20))).rejects.toThrow();
  isBroken = false;
  expect((await cluster.ownersOf(podsOf(20))).size).toBe(20);
});

test("named namespaces are listed one by one, and no other", async () => {
  const { cluster, paths } = await clusterThat((_request, response) => sendJson(response, { items: allSets(20) }), {
    namespaces: { allowed: ["shop", "team"], denied: [] },
  });
  await cluster.ownersOf(podsOf(20));
  expect(paths()).toEqual(["shop", "team"].map((namespace) => `/apis/apps/v1/namespaces/${namespace}/replicasets`));
});

test("pods of Jobs belong to the CronJob above them", async () => {
  const jobs = Array.from({ length: 20 }, (_, at) => madeBy("CronJob", `web-${at}-abc`, "report"));
  const { cluster, paths } = await clusterThat((_request, response) => sendJson(response, { items: jobs }));
  const owners = await cluster.ownersOf(podsOf(20, "Job"));
  expect([...owners.values()][0]).toEqual({ resource: "cronjob", namespace: "shop", name: "report" });
  expect(paths()).toEqual(["/apis/batch/v1/jobs"]);
});

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { kubectl, kubectlCreate } from "../../../scripts/lab/kubernetes.ts";
import type { KubernetesActionDeps } from "../../../src/actions/kubernetes/deps.ts";
import type { Json } from "../../../src/domain/json.ts";
import { openHeapRig } from "./heap/rig.ts";
import { actionOf, CONTAINER, lab, newRun, openLab, plan, refusal } from "./lab.ts";

type Asked = { readonly id: string; readonly params: Readonly<Record<string, Json>>; readonly lacks: RegExp };

const NAME = "nginx.ingress.kubernetes.io/proxy-read-timeout";
// Each is undone by the next one, or by the last.
const ASKED: readonly Asked[] = [
  { id: "k8s.set-memory", params: { limit: "96Mi" }, lacks: /patch on deployments\.apps in namespace/ },
  { id: "k8s.set-environment", params: { set: "CACHE_TTL=15s" }, lacks: /patch on deployments\.apps in namespace/ },
  { id: "k8s.rollout-undo", params: {}, lacks: /patch on deployments\.apps in namespace/ },
  { id: "k8s.rollout-restart", params: {}, lacks: /patch on deployments\.apps in namespace/ },
  { id: "k8s.scale", params: { replicas: 2 }, lacks: /patch on deployments\.apps in namespace/ },
  {
    id: "k8s.annotate-ingress",
    params: { ingress: "front", name: NAME, value: "1800" },
    lacks: /get on ingresses\.networking\.k8s\.io in namespace/,
  },
];

// As service accounts sign in: by tokens that the cluster signs, and with no right but what the manifests grant.
describe.skipIf(lab.kind === "absent")("the roles of deploy/kubernetes", () => {
  const cluster = openLab();
  const made: string[] = [];
  let reading: KubernetesActionDeps;
  let acting: KubernetesActionDeps;

  beforeAll(async () => {
    for (const name of ["reader", "actor", "outside"]) await cluster.make("ServiceAccount", "v1", { metadata: { name } });
    await grant("reader.yaml", (role) => ["reader", "actor", ...(role === "oomph-reader" ? ["outside"] : [])]);
    await grant("actor.yaml", () => ["actor"]);
    reading = await cluster.open("reader");
    acting = await cluster.open("actor");
    await cluster.workload("deploy", "web");
    const rules = [{ http: { paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "web", port: { number: 80 } } } }] } }];
    await cluster.make("Ingress", "networking.k8s.io/v1", { metadata: { name: "front" }, spec: { rules } });
  });
  afterAll(async () => {
    for (const one of made) await kubectl(["delete", ...one.split(" ")]);
  });

  /** The manifest as it is, but for names that no other test has and the service accounts that are meant. */
  async function grant(file: string, accountsOf: (role: string) => readonly string[]): Promise<void> {
    const text = readFileSync(new URL(`../../../deploy/kubernetes/${file}`, import.meta.url), "utf8");
    for (const document of parseAllDocuments(text)) {
      const object = document.toJS() as { kind: string; metadata: { name: string }; roleRef?: { name: string } };
      if (object.kind === "ServiceAccount") continue;
      const own = (name: string): string => `${cluster.namespace}-${name}`;
      const subjects = accountsOf(object.roleRef?.name ?? "").map((name) => ({
        kind: "ServiceAccount",
        name,
        namespace: cluster.namespace,
      }));
      const bound = object.roleRef === undefined ? {} : { roleRef: { ...object.roleRef, name: own(object.roleRef.name) }, subjects };
      await kubectlCreate({ ...object, metadata: { name: own(object.metadata.name) }, ...bound });
      made.push(`${object.kind} ${own(object.metadata.name)}`);
    }
  }

  test("with the reading role every action is refused by the verb that is missing", async () => {
    const target = cluster.target("deploy", "web");
    for (const { id, params, lacks } of ASKED) expect(await refusal(actionOf(reading, id).plan(target, params)), id).toMatch(lacks);
    for (const { id, lacks } of ASKED) {
      expect(await actionOf(reading, id).lacks?.(target), id).toMatch(lacks);
      expect(await actionOf(acting, id).lacks?.(target), id).toBeUndefined();
    }
    const [pod = ""] = await cluster.pods("web");
    expect(await refusal(actionOf(reading, "k8s.delete-pod").plan(target, { pod }))).toMatch(/create on pods\/eviction in namespace/);
    const cron = cluster.target("cronjob", "report");
    expect(await refusal(actionOf(reading, "k8s.set-memory").plan(cron, { limit: "1Gi" }))).toMatch(
      /patch on cronjobs\.batch in namespace/,
    );
  });

  test.each(ASKED)("with the acting role $id is planned, applied, observed and verified", async ({ id, params }) => {
    const target = cluster.target("deploy", "web");
    const action = actionOf(acting, id);
    const asked = await plan(acting, { id, target, params });
    const run = newRun();
    await action.apply(asked, run);
    expect(await action.observe(asked, run)).toMatchObject({ kind: "done" });
    expect(await action.verify(asked, run)).toMatchObject({ helped: true });
    const back = action.wayBack(asked, run);
    if (back === undefined || back.actionId !== id) return;
    const undone = await plan(acting, { id, target, params: back.params });
    const undoing = newRun();
    await action.apply(undone, undoing);
    expect(await action.observe(undone, undoing)).toMatchObject({ kind: "done" });
  });

  test("a heap is looked at with the role for looking inside, and without it refused by the verb that is missing", async () => {
    await cluster.make("Pod", "v1", { metadata: { name: "shop" }, spec: { terminationGracePeriodSeconds: 0, containers: [CONTAINER] } });
    const as = async (account: string) => openHeapRig(cluster.namespace, await cluster.kubeconfig(account));
    const [inside, outside] = [await as("reader"), await as("outside")];
    try {
      await inside.measured("shop");
      const app = { heapCommand: ["sh", "-c", "echo 4096 2 dict; echo 100 1 list"] };
      expect((await inside.taken("shop", app)).verification.says).toContain("Of dict there is most in shop");
      expect(await outside.refusal("shop", {}, app)).toMatch(/could not be read \(.*get on nodes\/proxy/);
      const endpoint = { profile: { port: 8080, path: "/debug/pprof/heap" } };
      expect(await outside.refusal("shop", { force: "yes" }, endpoint)).toMatch(/get on pods\/proxy/);
      await expect(outside.taken("shop", app, { force: "yes" })).rejects.toThrow(/(get|create) on pods\/exec/);
    } finally {
      await inside.close();
      await outside.close();
    }
  });

  test("and one pod is deleted", async () => {
    const target = cluster.target("deploy", "web");
    const [pod = ""] = await cluster.pods("web");
    const asked = await plan(acting, { id: "k8s.delete-pod", target, params: { pod } });
    const run = newRun();
    await actionOf(acting, "k8s.delete-pod").apply(asked, run);
    expect(await actionOf(acting, "k8s.delete-pod").verify(asked, run)).toMatchObject({ helped: true });
  });
});

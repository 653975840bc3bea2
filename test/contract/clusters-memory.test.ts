import { describe, expect, test } from "vitest";
import { findDocker } from "../../scripts/lab/docker.ts";
import { findKubernetes, kubectl } from "../../scripts/lab/kubernetes.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import { openCluster, writeKubeconfig } from "../adapters/kubernetes/api-server.ts";
import { MEASURED, startMeasuredCluster, type MeasuredBy } from "../adapters/kubernetes/inside/measured-cluster.ts";
import { openNamespace, shellImage } from "../adapters/kubernetes/inside/pods.ts";
import { clusterMemoryContract, type MemoryLab } from "./clusters-memory.ts";

const MIB = 2 ** 20;
const [docker, kubernetes] = [await findDocker(), await findKubernetes()];
if (kubernetes.kind === "there") noteRealSystem("kubernetes", kubernetes.version);
else noteAbsentSystem("kubernetes", kubernetes.because);

// No disposable cluster has a metrics-server: its answers are served in the shapes of its API.
clusterMemoryContract("metrics.k8s.io", () => measured("metrics.k8s.io"));
clusterMemoryContract("the stats summary of two kubelets", () => measured("kubelet"));
clusterMemoryContract("kubelets, because nobody answers for metrics.k8s.io", () => measured("nobody behind metrics.k8s.io"));

describe.skipIf(docker.kind === "absent" || kubernetes.kind === "absent")("a cluster", () => {
  clusterMemoryContract("a real kubelet", startReal);
});

test("of two kubelets one is silent: what the other tells is told, and then who did not", async () => {
  const api = await startMeasuredCluster("kubelet", { silent: ["node-b"] });
  const kubeconfig = await writeKubeconfig({ server: api.url });
  const { cluster, close } = openCluster(kubeconfig.path);
  try {
    const told: string[] = [];
    const read = async (): Promise<void> => {
      for await (const page of cluster.usage({}, new AbortController().signal)) told.push(...page.map(({ pod }) => pod));
    };
    await expect(read()).rejects.toMatchObject({ code: "unreachable", message: expect.stringContaining("1 of 2 kubelets") });
    expect(told.toSorted()).toEqual(["job-1", "web-1"]);
  } finally {
    await close();
    await kubeconfig.remove();
    await api.close();
  }
});

async function measured(by: MeasuredBy): Promise<MemoryLab> {
  const api = await startMeasuredCluster(by);
  const kubeconfig = await writeKubeconfig({ server: api.url });
  const opened = labOf(kubeconfig.path, MEASURED.namespace);
  return {
    ...opened,
    ...MEASURED,
    source: by === "metrics.k8s.io" ? "metrics.k8s.io" : "kubelet",
    bytes: [100 * MIB, 100 * MIB + 1],
    async stop() {
      await opened.close();
      await kubeconfig.remove();
      await api.close();
    },
  };
}

async function startReal(): Promise<MemoryLab> {
  const own = await openNamespace();
  // Twenty million bytes, held as long as the shell that reads them runs.
  const script = "held=$(head -c 20000000 /dev/zero | tr '\\0' a); while :; do sleep 3600; done";
  await own.pod({ name: "holder", image: await shellImage(), command: ["sh", "-c", script] });
  const opened = labOf(process.env["KUBECONFIG"] ?? "", own.namespace);
  const { memoryFrom: source } = await opened.cluster.facts();
  const node = await kubectl(["-n", own.namespace, "get", "pod", "holder", "-o", "jsonpath={.spec.nodeName}"]);
  return {
    ...opened,
    source,
    namespace: own.namespace,
    pod: "holder",
    node,
    bytes: [16 * MIB, 512 * MIB],
    async stop() {
      await opened.close();
      await own.close();
    },
  };
}

function labOf(path: string, namespace: string) {
  const all = openCluster(path);
  const less = openCluster(path, { namespaces: { allowed: [], denied: [namespace] } });
  return {
    cluster: all.cluster,
    denied: less.cluster,
    async close(): Promise<void> {
      await all.close();
      await less.close();
    },
  };
}

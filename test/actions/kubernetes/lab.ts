import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, vi } from "vitest";
import { findKubernetes, kubectl, kubectlCreate, kubectlToken } from "../../../scripts/lab/kubernetes.ts";
import { noteAbsentSystem, noteRealSystem } from "../../../scripts/lab/real-systems.ts";
import type { Action, RunHandle } from "../../../src/actions/action.ts";
import { kubernetesActions } from "../../../src/actions/index.ts";
import type { KubernetesActionDeps } from "../../../src/actions/kubernetes/deps.ts";
import { createClusterActs } from "../../../src/adapters/kubernetes/acts.ts";
import { createClusters } from "../../../src/adapters/kubernetes/clusters.ts";
import type { KubernetesConnectionSettings } from "../../../src/adapters/kubernetes/settings.ts";
import type { Json } from "../../../src/domain/json.ts";
import type { Plan } from "../../../src/domain/plan.ts";
import type { WorkloadResource, WorkloadTarget } from "../../../src/domain/target.ts";
import type { ActsOnCluster } from "../../../src/ports/cluster-acts.ts";
import { SPARING_PATIENCE } from "../../support/patience.ts";
import { planned, realClock, startRun, type TestRun } from "../redis/lab.ts";

export { hashed, refusal } from "../redis/lab.ts";

export const lab = await findKubernetes();
if (lab.kind === "there") noteRealSystem("kubernetes", lab.version);
else noteAbsentSystem("kubernetes", lab.because);

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export const CONTAINER = {
  name: "app",
  image: "busybox:test",
  imagePullPolicy: "Never",
  command: ["sleep", "100000"],
  env: [
    { name: "CACHE_TTL", value: "60s" },
    { name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
  ],
  resources: { limits: { memory: "64Mi" }, requests: { memory: "16Mi" } },
};

const KINDS = { deploy: "Deployment", sts: "StatefulSet", ds: "DaemonSet" } as const;

export type ClusterLab = {
  readonly namespace: string;
  /** As the kubeconfig's own user, or as a service account of this namespace. */
  open(account?: string): Promise<KubernetesActionDeps>;
  /** A file that signs in as a service account of this namespace, by a token of its own. */
  kubeconfig(account: string): Promise<string>;
  make(kind: string, apiVersion: string, object: Readonly<Record<string, unknown>>): Promise<void>;
  /** One that runs, with all its pods ready. */
  workload(resource: keyof typeof KINDS, name: string, more?: Making): Promise<WorkloadTarget>;
  target(resource: WorkloadResource, name: string, pod?: string): WorkloadTarget;
  /** What `kubectl get` prints for a JSON path. */
  read(what: string, path: string): Promise<string>;
  pods(name: string): Promise<readonly string[]>;
  kubectl(...args: readonly string[]): Promise<string>;
};

type Making = {
  readonly replicas?: number;
  readonly container?: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly ready?: boolean;
};

/** A namespace of its own, until the file's tests have ended. */
export function openLab(): ClusterLab {
  const namespace = `oomph-act-${randomBytes(4).toString("hex")}`;
  const ends: (() => unknown)[] = [];
  if (lab.kind === "there") {
    beforeAll(async () => {
      await kubectl(["create", "namespace", namespace]);
    });
    afterAll(async () => {
      for (const end of ends.toReversed()) await end();
      await kubectl(["delete", "namespace", namespace, "--wait=false"]);
    });
  }
  const own = (...args: readonly string[]): Promise<string> => kubectl(["-n", namespace, ...args]);
  const make: ClusterLab["make"] = (kind, apiVersion, { metadata = {}, ...rest }) =>
    kubectlCreate({ apiVersion, kind, metadata: { namespace, ...(metadata as object) }, ...rest });
  return {
    namespace,
    async open(account) {
      const settings = settingsFor(await kubeconfigFor(namespace, account, ends));
      const clusters = createClusters([settings], { log: silent });
      const acts = createClusterActs([settings], { log: silent });
      ends.push(
        () => clusters.close(),
        () => acts.close(),
      );
      return depsOn({ clusters, acts });
    },
    kubeconfig: (account) => kubeconfigFor(namespace, account, ends),
    make,
    async workload(resource, name, { replicas = 1, container = {}, metadata = {}, ready = true } = {}) {
      const labels = { app: name };
      await make(KINDS[resource], "apps/v1", {
        metadata: { name, ...metadata },
        spec: {
          selector: { matchLabels: labels },
          ...(resource === "ds" ? {} : { replicas }),
          ...(resource === "sts" ? { serviceName: name } : {}),
          template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers: [{ ...CONTAINER, ...container }] } },
        },
      });
      const count = resource === "ds" ? "numberReady" : "readyReplicas";
      const wanted = resource === "ds" ? "1" : String(replicas);
      if (ready && wanted !== "0")
        await vi.waitFor(
          async () => expect(await own("get", resource, name, "-o", `jsonpath={.status.${count}}`)).toBe(wanted),
          SPARING_PATIENCE,
        );
      return targetIn(namespace)(resource, name);
    },
    target: targetIn(namespace),
    read: (what, path) => own("get", ...what.split(" "), "-o", `jsonpath=${path}`),
    async pods(name) {
      const text = await own("get", "pods", "-l", `app=${name}`, "-o", "jsonpath={.items[*].metadata.name}");
      return text
        .split(" ")
        .filter((one) => one !== "")
        .toSorted();
    },
    kubectl: own,
  };
}

function targetIn(namespace: string): ClusterLab["target"] {
  return (resource, name, pod) => ({
    kind: "workload",
    connection: "local",
    resource,
    namespace,
    name,
    ...(pod === undefined ? {} : { pod }),
  });
}

export function depsOn(
  { clusters, acts }: Pick<KubernetesActionDeps, "clusters" | "acts">,
  more: Partial<KubernetesActionDeps> = {},
): KubernetesActionDeps {
  return {
    clusters,
    acts,
    clock: realClock,
    readyOf: () => undefined,
    own: async () => ({ podUids: [], servers: [] }),
    ownPod: async () => undefined,
    verification: { readings: 2, intervalMs: 200, healthTimeoutMs: 10_000 },
    // On a slow machine a container may wait for long for what it gets in the end.
    rollout: { everyMs: 250, stuckMs: 60_000, longestMs: 300_000 },
    ...more,
  };
}

function settingsFor(path: string): KubernetesConnectionSettings {
  const access = { kind: "kubeconfig", paths: [path], pluginEnvironment: { PATH: process.env["PATH"] ?? "" } } as const;
  return { name: "local", access, namespaces: { allowed: [], denied: [] }, connectTimeoutMs: 20_000, callTimeoutMs: 60_000 };
}

/** The kubeconfig of the environment, signed in as its user or as a service account. */
async function kubeconfigFor(namespace: string, account: string | undefined, ends: (() => unknown)[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "oomph-kubeconfig-"));
  ends.push(() => rm(folder, { recursive: true }));
  const path = join(folder, "config");
  const config = JSON.parse(await kubectl(["config", "view", "--raw", "--minify", "--flatten", "-o", "json"])) as {
    users: { user: Record<string, unknown> }[];
  };
  if (account !== undefined) {
    const token = await kubectlToken(namespace, account);
    for (const one of config.users) one.user = { token };
  }
  await writeFile(path, JSON.stringify(config));
  return path;
}

export function actionOf(deps: KubernetesActionDeps, id: string): Action {
  const action = kubernetesActions(deps).find((one) => one.id === id);
  if (action === undefined) throw new Error(`there is no action ${id}`);
  return action;
}

export type Asked = { readonly id: string; readonly target: WorkloadTarget; readonly params?: Readonly<Record<string, Json>> };

export async function plan(deps: KubernetesActionDeps, { id, target, params = {} }: Asked): Promise<Plan> {
  return planned(actionOf(deps, id).plan(target, params));
}

let runs = 0;

/** A run with an id of its own, by which its mark is found. */
export function newRun(): TestRun {
  runs += 1;
  return { ...startRun(), id: `run_${process.pid}x${runs}x${Date.now() % 100_000}` };
}

/** Plans and carries out. */
export async function carryOut(deps: KubernetesActionDeps, asked: Asked, run: RunHandle = newRun()): Promise<Plan> {
  const made = await plan(deps, asked);
  await actionOf(deps, asked.id).apply(made, run);
  return made;
}

/** The same, but that a method does something first, or dies after it was done. */
export function disturbed(
  deps: KubernetesActionDeps,
  method: "patch" | "evictPod",
  how: { readonly before?: () => Promise<unknown>; readonly dies?: boolean },
): KubernetesActionDeps {
  const cluster = (connection: string): ActsOnCluster => {
    const real = deps.acts.cluster(connection);
    const run = real[method] as (...given: readonly unknown[]) => Promise<unknown>;
    const changed = async (...given: readonly unknown[]): Promise<unknown> => {
      await how.before?.();
      const answer = await run(...given);
      if (how.dies === true) throw new Error("the process died");
      return answer;
    };
    return { ...real, [method]: changed };
  };
  return { ...deps, acts: { cluster } };
}

import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { memoryImage } from "./containers/image.ts";
import { docker, imageFromHost } from "./docker.ts";
import { kubectl, kubectlCreate } from "./kubernetes.ts";

export type ContainerOptions = {
  readonly name?: string;
  /** For `sh -c`; there are cat, head, sleep, tail and tr. Absent: `node /memory.mjs <kind>`, as `memory` says. */
  readonly script?: string;
  /** A program of scripts/lab/containers/programs/memory.mjs, with its figures in `env`. */
  readonly memory?: string;
  readonly limitMib?: number;
  readonly requestMib?: number;
  readonly env?: Readonly<Record<string, string | number>>;
  /** More fields of a container: probes, ports, volumeMounts. */
  readonly more?: Readonly<Record<string, unknown>>;
};

export type PodOptions = {
  readonly containers: readonly ContainerOptions[];
  readonly init?: readonly ContainerOptions[];
  /** More fields of a pod's spec: restartPolicy, volumes. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** More fields of the spec of what makes the pods: replicas, backoffLimit. */
  readonly workload?: Readonly<Record<string, unknown>>;
};

export type WorkloadKind = "Deployment" | "StatefulSet" | "DaemonSet" | "Job" | "CronJob" | "Pod";

/** What takes more memory than it may have; as the main process it is what the kernel kills. */
export const GROW = "exec tail /dev/zero";
/** The same a second later. */
export const GROW_SOON = `sleep 1; ${GROW}`;
/** The same after a life that is no false start. */
export const GROW_LATER = `sleep 12; ${GROW}`;
export const SLEEP = "exec sleep 3600";

const API_VERSIONS: Readonly<Record<Exclude<WorkloadKind, "CronJob">, string>> = {
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  DaemonSet: "apps/v1",
  Job: "batch/v1",
  Pod: "v1",
};
const open = new Set<string>();

process.on("exit", () => {
  // A test that was ended in the middle leaves nothing behind.
  for (const namespace of open) spawnSync("kubectl", ["delete", "namespace", namespace, "--wait=false"], { stdio: "ignore" });
});

export type ClusterScenes = Awaited<ReturnType<typeof openClusterScenes>>;

/** Real workloads that fail, or do not, in known ways, in a namespace of their own. `findKubernetes` has to have found a cluster. */
export async function openClusterScenes(prefix = "oomph-lab") {
  const namespace = `${prefix}-${randomBytes(4).toString("hex")}`;
  const [shell, node] = await Promise.all([shellImage(), memoryImage()]);
  await kubectl(["create", "namespace", namespace]);
  open.add(namespace);

  function podSpec({ containers, init = [], more = {} }: PodOptions): object {
    const container = ({ name = "app", script, memory, limitMib, requestMib, env = {}, more: own = {} }: ContainerOptions) => ({
      name,
      image: memory === undefined ? shell : node,
      imagePullPolicy: "Never",
      command: memory === undefined ? ["sh", "-c", script ?? SLEEP] : ["node", "--v8-pool-size=0", "/memory.mjs", memory],
      env: Object.entries(env).map(([key, value]) => ({ name: key, value: String(value) })),
      resources: {
        ...(limitMib === undefined ? {} : { limits: { memory: `${limitMib}Mi` } }),
        ...(requestMib === undefined ? {} : { requests: { memory: `${requestMib}Mi` } }),
      },
      ...own,
    });
    const inits = init.length === 0 ? {} : { initContainers: init.map(container) };
    return { terminationGracePeriodSeconds: 1, ...inits, containers: containers.map(container), ...more };
  }

  async function make(kind: WorkloadKind, name: string, pod: PodOptions): Promise<void> {
    const spec = specOf(kind, name, { pod: podSpec(pod), more: pod.workload ?? {} });
    const apiVersion = kind === "CronJob" ? await cronJobVersion() : API_VERSIONS[kind];
    await kubectlCreate({ apiVersion, kind, metadata: { name, namespace, labels: { app: name } }, spec });
  }

  return {
    namespace,
    make,
    /** A Deployment of one container. */
    deployment: (name: string, container: ContainerOptions, replicas = 1): Promise<void> =>
      make("Deployment", name, { containers: [container], workload: { replicas } }),
    /** One pod that nothing makes anew, never restarted unless told. */
    pod: (name: string, container: ContainerOptions, more: Readonly<Record<string, unknown>> = {}): Promise<void> =>
      make("Pod", name, { containers: [container], more: { restartPolicy: "Never", ...more } }),
    /** In this namespace; what it prints. */
    kubectl: (...args: readonly string[]): Promise<string> => kubectl(["-n", namespace, ...args]),
    /** Pods of a workload made here, or of all of them, as the API server has them. */
    async pods(name?: string): Promise<readonly RawPod[]> {
      const selector = name === undefined ? [] : ["-l", `app=${name}`];
      const list = JSON.parse(await kubectl(["-n", namespace, "get", "pods", ...selector, "-o", "json"])) as { items: RawPod[] };
      return list.items;
    },
    /** A run of a CronJob, as its controller makes one. */
    async runNow(cronJob: string): Promise<void> {
      const cron = JSON.parse(await kubectl(["-n", namespace, "get", "cronjob", cronJob, "-o", "json"])) as RawCronJob;
      const owner = { apiVersion: cron.apiVersion, kind: "CronJob", name: cronJob, uid: cron.metadata.uid, controller: true };
      const metadata = { name: `${cronJob}-27000000`, namespace, ownerReferences: [owner] };
      await kubectlCreate({ apiVersion: "batch/v1", kind: "Job", metadata, spec: cron.spec.jobTemplate.spec });
    },
    /** SIGKILL from outside, by whoever has access to the node: exit code 137, and the kernel killed nothing for memory. */
    async killByHand(pod: string, container = "app"): Promise<void> {
      const ids = await docker(["ps", "-q", "--filter", `name=^/k8s_${container}_${pod}_${namespace}_`]);
      await docker(["kill", "--signal", "KILL", ids.trim()]);
    },
    /** Removes them all, without waiting for it. Twice is fine. */
    async end(): Promise<void> {
      if (open.delete(namespace)) await kubectl(["delete", "namespace", namespace, "--wait=false"]);
    },
  };
}

type RawCronJob = {
  readonly apiVersion: string;
  readonly metadata: { readonly uid: string };
  readonly spec: { readonly jobTemplate: { readonly spec: object } };
};

/** As much of a pod as tests ask about. */
export type RawPod = {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    /** ISO 8601. */
    readonly creationTimestamp: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly status: {
    readonly phase: string;
    readonly reason?: string;
    readonly containerStatuses?: readonly RawStatus[];
    readonly initContainerStatuses?: readonly RawStatus[];
  };
};

export type RawStatus = {
  readonly name: string;
  readonly restartCount: number;
  readonly ready: boolean;
  readonly state?: RawState;
  readonly lastState?: RawState;
};

type RawState = {
  readonly running?: object;
  readonly terminated?: { readonly reason: string; readonly exitCode: number; readonly containerID: string };
};

type Made = { readonly pod: object; readonly more: Readonly<Record<string, unknown>> };

function specOf(kind: WorkloadKind, name: string, { pod, more }: Made): object {
  if (kind === "Pod") return { ...pod, ...more };
  const template = { metadata: { labels: { app: name } }, spec: pod };
  const job = { backoffLimit: 0, template: { ...template, spec: { restartPolicy: "Never", ...pod } }, ...more };
  if (kind === "Job") return job;
  // At noon of a day that never comes: whoever wants a run makes one, as `kubectl create job --from` does.
  if (kind === "CronJob") return { schedule: "0 12 31 2 *", jobTemplate: { spec: job } };
  return { selector: { matchLabels: { app: name } }, template, ...(kind === "StatefulSet" ? { serviceName: name } : {}), ...more };
}

/** batch/v1 from Kubernetes 1.21 on. */
async function cronJobVersion(): Promise<string> {
  return (await kubectl(["get", "--raw", "/apis/batch/v1"])).includes('"cronjobs"') ? "batch/v1" : "batch/v1beta1";
}

/** A shell and little else: it is there at once, and takes a megabyte. */
function shellImage(): Promise<string> {
  return imageFromHost("oomph-lab-shell", {
    programs: ["sh", "cat", "head", "sleep", "tail", "tr"],
    version: "1",
    env: { PATH: "/usr/bin:/bin" },
  });
}

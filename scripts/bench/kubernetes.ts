/**
 * Kubernetes: how soon a killed pod has a verdict among five hundred of a real namespace, how long `/oom top pods` takes over five
 * thousand, and what Oomph takes while it watches them beside Docker and a Redis. No machine of ours runs so many pods: the five hundred
 * are objects of the real API server that nothing schedules, all but the killed one; the five thousand are answered by an API server
 * of the lab, with metrics.k8s.io. Both are asked by kubectl too.
 */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { findDocker } from "../lab/docker.ts";
import { daemonSocket } from "../lab/docker-proxy.ts";
import { findKubernetes, kubectl } from "../lab/kubernetes.ts";
import { GROW_LATER, openClusterScenes, type ClusterScenes } from "../lab/kubernetes-scenes.ts";
import { fillNamespace } from "../lab/kubernetes-filler.ts";
import { startSimulatedCluster, type SimulatedCluster } from "../lab/kubernetes-simulated.ts";
import { startOomph, type OomphLab } from "../lab/oomph.ts";
import { startRedis, type RedisLab } from "../lab/redis.ts";
import { createSlackClient, startSlack, type LabSlack } from "../lab/slack/index.ts";
import { median, residentMiB } from "./figures.ts";

export type KubernetesFigures = {
  /** Pods in the namespace, and from `/oom investigate` to Slack having the report; median and slowest. Absent: no cluster to use. */
  readonly podsInNamespace?: number;
  readonly verdictMs500Pods?: number;
  readonly slowestVerdictMs?: number;
  /** Bare: the pod, the namespace's events and the workload by kubectl, one after the other, read by nobody. */
  readonly kubectlVerdictMs?: number;
  readonly pods: number;
  /** From `/oom top pods` to Slack having the answer, with limits, fullest first. */
  readonly topPods5000Ms: number;
  readonly slowestTopPods5000Ms: number;
  /** `kubectl top pods -A`: use alone, without limits. */
  readonly kubectlTop5000Ms: number;
  /** The same, and `kubectl get pods -A -o json` for the limits. */
  readonly kubectlTopWithLimits5000Ms: number;
  /** Resident above idle, the highest while the list was made. */
  readonly topExtraMiB: number;
};

export type KubernetesBench = KubernetesFigures & { readonly beside: { readonly memory: { readonly idleAllMiB: number } } };

const run = promisify(execFile);
const PODS = 5_000;
const PODS_IN_NAMESPACE = 500;
const RUNS = 7;
/** As in the part `memory`: by then V8 has given back what starting took. */
const REST_MS = 90_000;
const WAIT_MS = 120_000;
const MAX_OUTPUT_BYTES = 256 * 2 ** 20;

type Beside = { readonly queue: RedisLab; readonly slack: LabSlack };

export async function benchKubernetes(): Promise<KubernetesBench> {
  const queue = await startRedis({ policy: "noeviction", lines: ["appendonly yes"] });
  const slack = await startSlack();
  try {
    const isThere = (await findKubernetes()).kind === "there";
    const verdict = isThere ? await verdictAmongMany({ queue, slack }) : {};
    return { ...verdict, ...(await overFiveThousand({ queue, slack })) };
  } finally {
    await Promise.all([slack.stop(), queue.stop()]);
  }
}

async function verdictAmongMany({ queue, slack }: Beside) {
  const scenes = await openClusterScenes("oomph-bench");
  const names = Array.from({ length: RUNS }, (_, index) => `killed-${index}`);
  try {
    await fillNamespace(scenes.namespace, PODS_IN_NAMESPACE - RUNS);
    for (const name of names) await scenes.deployment(name, { script: GROW_LATER, limitMib: 32 });
    await reached(async () => (await killedIn(scenes)) === RUNS, "every one of the pods to be killed");
    const kubernetes = { connections: { local: { kubeconfig: [process.env["KUBECONFIG"]], namespaces: [scenes.namespace] } } };
    const sections = { kubernetes, watch: { enabled: false } };
    const oomph = await startOomph({ slack, queueUrl: queue.url, connections: {}, access: {}, sections });
    const people = createSlackClient({ slack, url: oomph.eventsUrl });
    const took: number[] = [];
    for (const name of names) {
      const told = answerTo(slack, (text) => text.includes("Evidence Summary") && text.includes(name));
      await people.command("responder", "incidents", `/oom investigate deploy/${scenes.namespace}/${name}`);
      took.push(await told());
    }
    people.close();
    await oomph.stop();
    const kubectlVerdictMs = await timed(async () => {
      for (const what of [["pods", "-l", "app=killed-0"], ["events"], ["deployment", "killed-0"]])
        await kubectl(["-n", scenes.namespace, "get", ...what, "-o", "json"]);
    });
    return { podsInNamespace: PODS_IN_NAMESPACE, verdictMs500Pods: median(took), slowestVerdictMs: Math.max(...took), kubectlVerdictMs };
  } finally {
    await scenes.end();
  }
}

async function killedIn(scenes: ClusterScenes): Promise<number> {
  const pods = await scenes.pods();
  const isKilled = ({ status }: (typeof pods)[number]): boolean =>
    (status.containerStatuses ?? []).some(({ state, lastState }) =>
      [state, lastState].some((one) => one?.terminated?.reason === "OOMKilled"),
    );
  return pods.filter((pod) => pod.metadata.labels["app"]?.startsWith("killed-") === true && isKilled(pod)).length;
}

async function overFiveThousand({ queue, slack }: Beside) {
  const cluster = await startSimulatedCluster(PODS);
  const examined = await startRedis({ maxmemory: "16mb", policy: "noeviction" });
  const hasDocker = (await findDocker()).kind === "there";
  const sections = {
    kubernetes: { connections: { local: { kubeconfig: [cluster.kubeconfig] } } },
    ...(hasDocker ? { docker: { connections: { local: { url: `unix://${daemonSocket()}`, watch: ["nothing-of-this-name"] } } } } : {}),
  };
  const oomph = await startOomph({
    slack,
    queueUrl: queue.url,
    access: {},
    connections: { sessions: { url: examined.url } },
    sections,
  });
  try {
    await rest();
    const idleAllMiB = await memoryOf(oomph);
    const { took, highestMiB } = await askForTop(oomph, slack);
    const bare = await askKubectl(cluster);
    return {
      pods: PODS,
      topPods5000Ms: median(took),
      slowestTopPods5000Ms: Math.max(...took),
      ...bare,
      topExtraMiB: highestMiB - idleAllMiB,
      beside: { memory: { idleAllMiB } },
    };
  } finally {
    await oomph.stop();
    await Promise.all([cluster.close(), examined.stop()]);
  }
}

async function askForTop(oomph: OomphLab, slack: LabSlack): Promise<{ readonly took: readonly number[]; readonly highestMiB: number }> {
  const people = createSlackClient({ slack, url: oomph.eventsUrl });
  const took: number[] = [];
  let highestMiB = 0;
  const looking = setInterval(() => void memoryOf(oomph).then((mib) => (highestMiB = Math.max(highestMiB, mib))), 50);
  try {
    for (let index = 0; index < RUNS; index += 1) {
      const before = slack.responses().length;
      took.push(
        await timed(async () => {
          await people.command("responder", "incidents", "/oom top pods");
          const answers = (): string => JSON.stringify(slack.responses().slice(before));
          await reached(async () => answers().includes("Memory against limits"), "the list of pods");
          if (!answers().includes("service-")) throw new Error(`expected pods of the simulated cluster, got ${answers().slice(0, 600)}`);
        }),
      );
    }
    return { took, highestMiB };
  } finally {
    clearInterval(looking);
    people.close();
  }
}

async function askKubectl({ kubeconfig }: SimulatedCluster) {
  const ask = (...args: readonly string[]): Promise<unknown> =>
    run("kubectl", ["--kubeconfig", kubeconfig, ...args], { maxBuffer: MAX_OUTPUT_BYTES });
  const [top, both]: [number[], number[]] = [[], []];
  for (let index = 0; index < RUNS; index += 1) {
    const topMs = await timed(async () => ask("top", "pods", "-A", "--no-headers"));
    top.push(topMs);
    both.push(topMs + (await timed(async () => ask("get", "pods", "-A", "-o", "json"))));
  }
  return { kubectlTop5000Ms: median(top), kubectlTopWithLimits5000Ms: median(both) };
}

/** Begins to listen, and measures from then to the first message of Oomph's that fits. */
function answerTo(slack: LabSlack, fits: (text: string) => boolean): () => Promise<number> {
  const beganMs = performance.now();
  let tookMs: number | undefined;
  const stop = slack.onOwnMessage(({ text, blocks }) => {
    if (tookMs === undefined && fits(`${text}${JSON.stringify(blocks ?? [])}`)) tookMs = performance.now() - beganMs;
  });
  return async () => {
    await reached(async () => tookMs !== undefined, "a report");
    stop();
    return tookMs ?? Number.NaN;
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now();
  await work();
  return performance.now() - beganMs;
}

async function memoryOf({ pid }: OomphLab): Promise<number> {
  return residentMiB(await readFile(`/proc/${pid}/status`, "utf8"));
}

function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, REST_MS));
}

async function reached(condition: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`expected ${what} within ${WAIT_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

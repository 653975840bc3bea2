/**
 * Kubernetes: what is measured on a real cluster (kubernetes-real.ts), how long `/oom top pods` takes over five thousand pods, and what
 * Oomph takes while it watches them beside Docker and a Redis. No machine of ours runs so many: an API server of the lab answers for
 * them, with metrics.k8s.io. kubectl is asked too.
 */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { findDocker } from "../lab/docker.ts";
import { daemonSocket } from "../lab/docker-proxy.ts";
import { findKubernetes } from "../lab/kubernetes.ts";
import { startSimulatedCluster, type SimulatedCluster } from "../lab/kubernetes-simulated.ts";
import { startOomph, type OomphLab } from "../lab/oomph.ts";
import { startRedis } from "../lab/redis.ts";
import { createSlackClient, startSlack, type LabSlack } from "../lab/slack/index.ts";
import { median, residentMiB } from "./figures.ts";
import { onRealCluster, type Beside, type RealFigures } from "./kubernetes-real.ts";
import { reached } from "./reached.ts";

export type KubernetesFigures = Partial<RealFigures> & Partial<ManyFigures>;

export type ManyFigures = {
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

export type KubernetesBench = KubernetesFigures & { readonly beside?: { readonly memory: { readonly idleAllMiB: number } } };

const run = promisify(execFile);
const PODS = 5_000;
const RUNS = 7;
/** As in the part `memory`: by then V8 has given back what starting took. */
const REST_MS = 90_000;
const MAX_OUTPUT_BYTES = 256 * 2 ** 20;

/** `onlyReal`: what takes a real cluster, and nothing else. */
export async function benchKubernetes({ onlyReal = false } = {}): Promise<KubernetesBench> {
  const queue = await startRedis({ policy: "noeviction", lines: ["appendonly yes"] });
  const slack = await startSlack();
  try {
    const isThere = (await findKubernetes()).kind === "there";
    const real = isThere ? await onRealCluster({ queue, slack }) : {};
    return onlyReal ? real : { ...real, ...(await overFiveThousand({ queue, slack })) };
  } finally {
    await Promise.all([slack.stop(), queue.stop()]);
  }
}

async function overFiveThousand({ queue, slack }: Beside): Promise<ManyFigures & Pick<KubernetesBench, "beside">> {
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
          await reached(() => answers().includes("Memory against limits"), "the list of pods");
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

/**
 * What is measured on a real cluster: how soon a killed pod has a verdict among five hundred of its namespace, and how soon a kill
 * that nobody asked about has a thread. The five hundred are objects of the real API server that nothing schedules, all but the
 * killed ones.
 */
import { createClusters } from "../../src/adapters/kubernetes/clusters.ts";
import { oomEndsMs } from "../../src/domain/oom-ends.ts";
import { docker } from "../lab/docker.ts";
import { kubectl } from "../lab/kubernetes.ts";
import { fillNamespace } from "../lab/kubernetes-filler.ts";
import { GROW, GROW_LATER, openClusterScenes, type ClusterScenes } from "../lab/kubernetes-scenes.ts";
import { startOomph } from "../lab/oomph.ts";
import type { RedisLab } from "../lab/redis.ts";
import { createSlackClient, type LabSlack } from "../lab/slack/index.ts";
import { median } from "./figures.ts";
import { reached } from "./reached.ts";

export type RealFigures = {
  /** Pods in the namespace, and from `/oom investigate` to Slack having the report; median and slowest. */
  readonly podsInNamespace: number;
  readonly verdictMs500Pods: number;
  readonly slowestVerdictMs: number;
  /** Bare: the pod, the namespace's events and the workload by kubectl, one after the other, read by nobody. */
  readonly kubectlVerdictMs: number;
  /** From a container's end, by its runtime's clock, to the thread's root in Slack; median and slowest. */
  readonly killToThreadMs: number;
  readonly slowestKillToThreadMs: number;
  /** As much of it as passed before the API server told of the end to anybody: the kubelet's. */
  readonly kubeletTellsMs: number;
  readonly slowestKubeletTellsMs: number;
  /** And the rest, which is Oomph's. */
  readonly toldToThreadMs: number;
  readonly slowestToldToThreadMs: number;
};

export type Beside = { readonly queue: RedisLab; readonly slack: LabSlack };

const PODS_IN_NAMESPACE = 500;
const RUNS = 7;
/** Kubelets look once a second: each kill comes at another moment of theirs. */
const KILLED_AFTER_S = 3;
/** Slack takes a post a second in a channel, in bursts of four: what is asked sooner waits for what was told before. */
const BETWEEN_MS = 5_000;

export async function onRealCluster(beside: Beside): Promise<RealFigures> {
  const scenes = await openClusterScenes("oomph-bench");
  try {
    const kills = await killsToThreads(beside, scenes);
    return { ...(await verdictAmongMany(beside, scenes)), ...kills };
  } finally {
    await scenes.end();
  }
}

async function verdictAmongMany({ queue, slack }: Beside, scenes: ClusterScenes) {
  const names = Array.from({ length: RUNS }, (_, index) => `killed-${index}`);
  await fillNamespace(scenes.namespace, PODS_IN_NAMESPACE - RUNS);
  for (const name of names) await scenes.deployment(name, { script: GROW_LATER, limitMib: 32 });
  await reached(async () => (await killedIn(scenes)) === RUNS, "every one of the pods to be killed");
  const sections = { kubernetes: connectionTo(scenes), watch: { enabled: false } };
  const oomph = await startOomph({ slack, queueUrl: queue.url, connections: {}, access: {}, sections });
  const people = createSlackClient({ slack, url: oomph.eventsUrl });
  const took: number[] = [];
  for (const name of names) {
    const report = arrivalOf(slack, ({ text }) => text.includes("Evidence Summary") && text.includes(name));
    const askedAtMs = nowMs();
    await people.command("responder", "incidents", `/oom investigate deploy/${scenes.namespace}/${name}`);
    took.push((await report()) - askedAtMs);
    await rest();
  }
  people.close();
  await oomph.stop();
  const beganMs = performance.now();
  for (const what of [["pods", "-l", "app=killed-0"], ["events"], ["deployment", "killed-0"]])
    await kubectl(["-n", scenes.namespace, "get", ...what, "-o", "json"]);
  const kubectlVerdictMs = performance.now() - beganMs;
  return { podsInNamespace: PODS_IN_NAMESPACE, verdictMs500Pods: median(took), slowestVerdictMs: Math.max(...took), kubectlVerdictMs };
}

async function killedIn(scenes: ClusterScenes): Promise<number> {
  const pods = await scenes.pods();
  const isKilled = ({ status }: (typeof pods)[number]): boolean =>
    (status.containerStatuses ?? []).some(({ state, lastState }) =>
      [state, lastState].some((one) => one?.terminated?.reason === "OOMKilled"),
    );
  return pods.filter((pod) => pod.metadata.labels["app"]?.startsWith("killed-") === true && isKilled(pod)).length;
}

type Kill = { readonly toldMs: number; readonly threadMs: number };

/** One after the other, each of a pod of its own; in milliseconds after its container's end. */
async function killsToThreads({ queue, slack }: Beside, scenes: ClusterScenes) {
  const sections = { kubernetes: connectionTo(scenes) };
  const oomph = await startOomph({ slack, queueUrl: queue.url, connections: {}, access: {}, sections });
  const told = followEnds(scenes);
  const kills: Kill[] = [];
  for (let index = 0; index < RUNS; index += 1) {
    const name = `grows-${index}`;
    const thread = arrivalOf(slack, ({ text, isRoot }) => isRoot && text.includes(name));
    await scenes.pod(name, { script: `sleep ${KILLED_AFTER_S + index / RUNS}; ${GROW}`, limitMib: 32 });
    const [threadAtMs, toldAtMs] = [await thread(), told.atMs(name)];
    const endedAtMs = await endOf(scenes, name);
    kills.push({ toldMs: toldAtMs - endedAtMs, threadMs: threadAtMs - endedAtMs });
    await rest();
  }
  await told.stop();
  await oomph.stop();
  const own = kills.map(({ toldMs, threadMs }) => threadMs - toldMs);
  const [thread, kubelet] = [kills.map(({ threadMs }) => threadMs), kills.map(({ toldMs }) => toldMs)];
  return {
    killToThreadMs: median(thread),
    slowestKillToThreadMs: Math.max(...thread),
    kubeletTellsMs: median(kubelet),
    slowestKubeletTellsMs: Math.max(...kubelet),
    toldToThreadMs: median(own),
    slowestToldToThreadMs: Math.max(...own),
  };
}

/** When the API server told of the first end of each pod, to one who follows them as Oomph does. */
function followEnds(scenes: ClusterScenes) {
  const seen = new Map<string, number>();
  const paths = (process.env["KUBECONFIG"] ?? "").split(":");
  const access = { kind: "kubeconfig", paths, pluginEnvironment: {} } as const;
  const namespaces = { allowed: [scenes.namespace], denied: [] };
  const nothing = (): void => undefined;
  const clusters = createClusters([{ name: "local", access, namespaces, connectTimeoutMs: 5_000, callTimeoutMs: 10_000 }], {
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  });
  const ended = new AbortController();
  const following = clusters.cluster("local").followPods(({ pod }) => {
    if (!seen.has(pod.name) && pod.containers.some((container) => oomEndsMs(container).length > 0)) seen.set(pod.name, nowMs());
  }, ended.signal);
  return {
    atMs: (pod: string): number => seen.get(pod) ?? Number.NaN,
    async stop() {
      ended.abort();
      await following;
      await clusters.close();
    },
  };
}

/** As the runtime has it: states of pods have whole seconds. */
async function endOf({ namespace }: ClusterScenes, pod: string): Promise<number> {
  const [id = ""] = (await docker(["ps", "-aq", "--filter", `name=^/k8s_app_${pod}_${namespace}_`])).trim().split("\n");
  return Date.parse((await docker(["inspect", "-f", "{{.State.FinishedAt}}", id])).trim());
}

function connectionTo({ namespace }: ClusterScenes) {
  return { connections: { local: { kubeconfig: [process.env["KUBECONFIG"]], namespaces: [namespace] } } };
}

type Post = { readonly text: string; readonly isRoot: boolean };

/** Begins to listen; when Slack had the first message of Oomph's that fits, in ms since 1970. */
function arrivalOf(slack: LabSlack, fits: (post: Post) => boolean): () => Promise<number> {
  let atMs: number | undefined;
  const stop = slack.onOwnMessage(({ text, blocks, thread_ts }) => {
    if (atMs === undefined && fits({ text: `${text}${JSON.stringify(blocks ?? [])}`, isRoot: thread_ts === undefined })) atMs = nowMs();
  });
  return async () => {
    await reached(() => atMs !== undefined, "a message of Oomph's");
    stop();
    return atMs ?? Number.NaN;
  };
}

function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
}

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

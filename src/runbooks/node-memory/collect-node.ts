import type { Json } from "../../domain/json.ts";
import { readKernelLog } from "../../domain/kernel-oom/kernel-log-scan.ts";
import type { NodeTarget } from "../../domain/target.ts";
import type { PodFacts } from "../../domain/workload.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Cluster } from "../../ports/clusters.ts";
import { describeKill } from "../cluster/describe-kill.ts";
import { readLargest, sizeOf } from "../cluster/largest-pods.ts";
import { maskEvent, maskNode, maskPod } from "../cluster/mask-facts.ts";
import { notThere } from "../seen.ts";

const MOST_EVENTS = 100;
const MOST_NAMED = 50;
const MAX_LOG_BYTES = 2 * 2 ** 20;

/** A node while it is being looked at. */
export type NodeSession = { readonly cluster: Cluster; readonly target: NodeTarget };

/** Conditions, what it has for pods, and what is in use. */
export async function collectState({ cluster, target }: NodeSession, clock: Clock): Promise<Json> {
  const [facts, usage] = await Promise.all([cluster.node(target.name), cluster.nodeUsage(target.name).catch(() => undefined)]);
  return { atMs: clock.nowMs(), facts: maskNode(facts), ...(usage === undefined ? {} : { usage }) };
}

/** What its pods ask for, may take and take, page by page. */
export async function collectPods({ cluster, target }: NodeSession, signal: AbortSignal): Promise<Json> {
  const largest = readLargest(cluster, target.name, signal).catch(() => undefined);
  const sums = { pods: 0, requestBytes: 0, limitBytes: 0, withoutLimit: 0, withoutRequest: 0 };
  const evicted: Named[] = [];
  const killed: (Named & { readonly container: string })[] = [];
  for await (const page of cluster.pods({ node: target.name })) {
    for (const pod of page) {
      if (pod.reason === "Evicted") evicted.push(evictionOf(pod));
      killed.push(...killsOf(pod));
      if (pod.phase !== "Succeeded" && pod.phase !== "Failed") addTo(sums, pod);
    }
  }
  const used = await largest;
  return { ...sums, ...(used === undefined ? {} : { largest: used }), evicted: newest(evicted), killed: newest(killed) };
}

/** What the kubelet told of the node. */
export async function collectEvents({ cluster, target }: NodeSession, clock: Clock): Promise<Json> {
  const events = await cluster.events({ about: { kind: "Node", name: target.name }, limit: MOST_EVENTS });
  return { atMs: clock.nowMs(), events: events.map(maskEvent) };
}

/** Kills for want of memory in its kernel log, where there is one. */
export async function collectKernel({ cluster, target }: NodeSession): Promise<Json> {
  const log = await cluster.nodeKernelLog(target.name, MAX_LOG_BYTES);
  if (log.kind === "absent") return notThere(log.because);
  const { kills } = readKernelLog(log.text);
  const own = kills.filter(({ manualSysrq }) => !manualSysrq).slice(-MOST_NAMED);
  return { kills: own.map((kill) => describeKill(kill, kill.constraint === "global" ? "host" : "unknown")) };
}

type Named = { readonly namespace: string; readonly pod: string; readonly atMs?: number };
type Sums = { pods: number; requestBytes: number; limitBytes: number; withoutLimit: number; withoutRequest: number };

function addTo(sums: Sums, pod: PodFacts): void {
  const { requestBytes, limitBytes } = sizeOf(pod);
  sums.pods += 1;
  sums.requestBytes += requestBytes ?? 0;
  sums.limitBytes += limitBytes ?? 0;
  sums.withoutLimit += limitBytes === undefined ? 1 : 0;
  sums.withoutRequest += requestBytes === undefined ? 1 : 0;
}

/** When it was evicted is not told; it was not before it was started. */
function evictionOf(pod: PodFacts): Named & { readonly message: string } {
  const { namespace, name, message = "", startedAtMs } = maskPod(pod);
  return { namespace, pod: name, message, ...(startedAtMs === undefined ? {} : { atMs: startedAtMs }) };
}

function killsOf({ namespace, name, containers }: PodFacts): readonly (Named & { readonly container: string })[] {
  return containers.flatMap(({ name: container, state, lastState }) => {
    const end = [state, lastState].find((one) => one?.kind === "terminated" && one.reason === "OOMKilled");
    if (end?.kind !== "terminated") return [];
    return [{ namespace, pod: name, container, ...(end.finishedAtMs === undefined ? {} : { atMs: end.finishedAtMs }) }];
  });
}

function newest<Each extends Named>(named: readonly Each[]): readonly Each[] {
  return named.toSorted((left, right) => (right.atMs ?? 0) - (left.atMs ?? 0)).slice(0, MOST_NAMED);
}

import { codeOf, messageOf } from "../../domain/errors.ts";
import { given } from "../../domain/given.ts";
import type { ContainerUsage, PodFacts } from "../../domain/workload.ts";
import type { Health } from "../stored-schema.ts";
import type { KubernetesActionDeps } from "./deps.ts";
import { obstacle } from "./progress.ts";
import type { WorkloadSession } from "./session.ts";
import type { Vitals } from "./stored/schema.ts";

// Of a workload with more pods than this the rest is as these are.
const MOST_ASKED = 3;
const MAX_ANSWER_BYTES = 16_384;
// Without this right, or with a kubelet that is away, the rest is still worth having.
const NOT_TOLD = new Set(["no-rights", "refused", "unreachable", "timed-out", "not-found"]);

/** Reads how a workload is doing; kills count from `sinceMs` on. Changes nothing. */
export async function readVitals(deps: KubernetesActionDeps, session: WorkloadSession, sinceMs: number): Promise<Vitals> {
  const { facts, pods } = session;
  const [memory, health] = await Promise.all([memoryOf(deps, session), healthOf(deps, session)]);
  return {
    pods: pods.length,
    restarts: Object.fromEntries(pods.map((pod) => [pod.uid, pod.containers.reduce((sum, { restarts }) => sum + restarts, 0)])),
    kills: pods.reduce((sum, pod) => sum + killsIn(pod, sinceMs), 0),
    killsWithinMs: Math.max(0, deps.clock.nowMs() - sinceMs),
    ...memory,
    ...given({ replicas: facts.replicas, trouble: obstacle(facts, pods), health }),
  };
}

/** Share of its limit that the fullest container uses. */
export function usedShare({ fullest }: Vitals): number | undefined {
  return fullest?.limitBytes === undefined || fullest.limitBytes === 0 ? undefined : fullest.usedBytes / fullest.limitBytes;
}

/** Restarts of the pods that are there now, beyond those that were counted before. */
export function restartsSince(before: Vitals, now: Vitals): number {
  return Object.entries(now.restarts).reduce((sum, [uid, count]) => sum + Math.max(0, count - (before.restarts[uid] ?? 0)), 0);
}

/** Kubernetes tells times in whole seconds. */
function killsIn({ containers }: PodFacts, sinceMs: number): number {
  const fromMs = Math.floor(sinceMs / 1000) * 1000;
  const ends = containers.flatMap(({ state, lastState }) => [state, lastState]);
  return ends.filter((end) => end?.kind === "terminated" && end.reason === "OOMKilled" && (end.finishedAtMs ?? 0) >= fromMs).length;
}

type Memory = Pick<Vitals, "fullest" | "totalBytes" | "gap">;

async function memoryOf(deps: KubernetesActionDeps, { cluster, facts, pods }: WorkloadSession): Promise<Memory> {
  if (pods.length === 0) return { totalBytes: 0 };
  const byName = new Map(pods.map((pod) => [pod.name, pod]));
  const used: ContainerUsage[] = [];
  try {
    const signal = AbortSignal.timeout(deps.verification.healthTimeoutMs * 4);
    const { namespace, selector } = facts;
    for await (const page of cluster.usage({ namespace, ...given({ selector }) }, signal))
      used.push(...page.filter(({ pod, workingSetBytes }) => workingSetBytes > 0 && byName.has(pod)));
  } catch (error) {
    if (!NOT_TOLD.has(codeOf(error))) throw error;
    return { gap: messageOf(error) };
  }
  // Of a container that has just begun nothing is measured yet, which some kubelets tell as zero.
  if (used.length === 0) return { gap: "no memory is reported of its pods yet" };
  const all = used.map((one) => ({ ...one, limitBytes: limitOf(byName.get(one.pod), one.container) }));
  const [first] = all.toSorted((left, right) => shareOf(right) - shareOf(left) || right.workingSetBytes - left.workingSetBytes);
  const fullest =
    first === undefined
      ? undefined
      : { pod: first.pod, container: first.container, usedBytes: first.workingSetBytes, ...given({ limitBytes: first.limitBytes }) };
  return { totalBytes: all.reduce((sum, { workingSetBytes }) => sum + workingSetBytes, 0), ...given({ fullest }) };
}

function limitOf(pod: PodFacts | undefined, container: string): number | undefined {
  return pod?.containers.find(({ name }) => name === container)?.limitBytes ?? pod?.podLimitBytes;
}

function shareOf({ workingSetBytes, limitBytes }: { readonly workingSetBytes: number; readonly limitBytes: number | undefined }): number {
  return limitBytes === undefined || limitBytes === 0 ? 0 : workingSetBytes / limitBytes;
}

/** The app's own word: the newest pods are asked, and one that is not well is told of. */
async function healthOf(deps: KubernetesActionDeps, session: WorkloadSession): Promise<Health | undefined> {
  const question = deps.readyOf(session.target);
  if (question === undefined) return undefined;
  const running = session.pods.filter(({ phase }) => phase === "Running").slice(-MOST_ASKED);
  const answers: Health[] = [];
  for (const pod of running) answers.push(await askPod(deps, session, { pod, question }));
  return answers.find(({ ok }) => !ok) ?? answers.at(-1) ?? { where: question.path, ok: false, pending: true, says: "no pod runs yet" };
}

type Question = { readonly pod: PodFacts; readonly question: { readonly port: number; readonly path: string } };

async function askPod(deps: KubernetesActionDeps, { cluster }: WorkloadSession, { pod, question }: Question): Promise<Health> {
  const { port, path } = question;
  const where = `${path.split("?")[0]} of ${pod.name}`;
  try {
    const request = { port, path, timeoutMs: deps.verification.healthTimeoutMs, maxBytes: MAX_ANSWER_BYTES };
    const { status } = await cluster.httpGet({ namespace: pod.namespace, pod: pod.name }, request);
    return { where, ok: status >= 200 && status < 300, says: String(status) };
  } catch (error) {
    if (!NOT_TOLD.has(codeOf(error)) && codeOf(error) !== "not-running") throw error;
    return { where, ok: false, says: `no answer (${codeOf(error)})` };
  }
}

import { messageOf, OomphError } from "../../domain/errors.ts";
import type { Json } from "../../domain/json.ts";
import type { PodFacts } from "../../domain/workload.ts";
import type { Clock } from "../../ports/clock.ts";
import { askedPod, type WorkloadSession } from "./session.ts";

const TIMEOUT_MS = 4_000;
const MAX_BYTES = 8_192;

/** What the configured health endpoint of a pod answers: of the one that was asked for, else of one that runs. */
export async function collectHealth(session: WorkloadSession, clock: Clock): Promise<Json> {
  const { cluster, name, app } = session;
  if (app?.ready === undefined) return { kind: "not-configured" };
  const { port, path } = app.ready;
  const [pod] = await runningPods(session, 1);
  if (pod === undefined) throw nothingRuns();
  const url = `:${port}${path}`;
  const begunAtMs = clock.nowMs();
  try {
    const request = { port, path, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES };
    const { status } = await cluster.httpGet({ namespace: name.namespace, pod: pod.name }, request);
    return { pod: pod.name, answer: { kind: "answered", url, status, tookMs: clock.nowMs() - begunAtMs } };
  } catch (error) {
    // No right to ask is a gap; no answer is one.
    if (error instanceof OomphError && (error.code === "unreachable" || error.code === "timed-out" || error.code === "refused"))
      return { pod: pod.name, answer: { kind: "no-answer", url, because: messageOf(error) } };
    throw error;
  }
}

/** Pods that run, the one that was asked for alone where one was. */
export async function runningPods({ pods, target }: WorkloadSession, most: number): Promise<readonly PodFacts[]> {
  const asked = askedPod(target);
  const { pods: found } = await pods();
  return found.filter(({ phase, name }) => phase === "Running" && (asked === undefined || name === asked)).slice(0, most);
}

export function nothingRuns(): OomphError {
  return new OomphError("not-running", "expected a running pod to ask, none of it runs now: try again when it is up");
}

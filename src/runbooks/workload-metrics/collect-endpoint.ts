import { messageOf, OomphError } from "../../domain/errors.ts";
import { readExposition } from "../../domain/exposition/read-exposition.ts";
import { given } from "../../domain/given.ts";
import type { Json } from "../../domain/json.ts";
import { fitsPattern } from "../../domain/name-pattern.ts";
import type { PodRequest, PodResponse } from "../../ports/clusters.ts";
import { runningPods } from "../workload-memory/collect-health.ts";
import { endpointOf } from "../workload-memory/collect-metrics.ts";
import type { WorkloadSession } from "../workload-memory/session.ts";
import { readSecret, type SecretRead } from "./read-secret.ts";
import type { Answer, Endpoint } from "./schema.ts";

const MOST_PODS = 3;
const TIMEOUT_MS = 4_000;
const MAX_BODY_BYTES = 4 * 2 ** 20;

/** Who is let in to the metrics: with the credentials of the Secret, without any, and with wrong ones; and what is in them. */
export async function collectEndpoint(session: WorkloadSession): Promise<Json> {
  const pods = await runningPods(session, MOST_PODS);
  const asked = pods.flatMap((pod) => {
    const endpoint = endpointOf(session, pod);
    return endpoint === undefined ? [] : [{ pod: pod.name, ...endpoint }];
  });
  if (asked.length === 0 && session.app?.metrics === undefined) return { kind: "not-configured" };
  const secret = await readSecret(session);
  const seen: Endpoint["pods"] = [];
  for (const one of asked) seen.push(await askOne(session, one, secret));
  return { pods: seen };
}

type Asked = { readonly pod: string; readonly port: number; readonly path: string };

async function askOne(session: WorkloadSession, { pod, port, path }: Asked, { basicAuth }: SecretRead): Promise<Endpoint["pods"][number]> {
  const place = { namespace: session.name.namespace, pod };
  const request: PodRequest = { port, path, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BODY_BYTES };
  const ask = (more: Pick<PodRequest, "basicAuth">) => answerOf(() => session.cluster.httpGet(place, { ...request, ...more }));
  const without = await ask({});
  const within = basicAuth === undefined ? undefined : await ask({ basicAuth });
  const wrong = basicAuth === undefined ? undefined : await ask({ basicAuth: { user: "oomph", password: "not-the-password" } });
  const body = [within, without].find((one) => one?.body !== undefined)?.body;
  return {
    pod,
    path: `:${port}${path}`,
    without: without.answer,
    ...given({ with: within?.answer, wrong: wrong?.answer }),
    ...(body === undefined ? { notExported: [] } : exportedIn(body, session.app?.metrics?.gauges ?? [])),
  };
}

/** No answer is an answer; `body` of a 200. */
async function answerOf(get: () => Promise<PodResponse>): Promise<{ readonly answer: Answer; readonly body?: Uint8Array }> {
  try {
    const { status, body } = await get();
    return { answer: { kind: "status", status }, ...(status === 200 ? { body } : {}) };
  } catch (error) {
    if (!(error instanceof OomphError)) throw error;
    return { answer: { kind: "none", code: error.code, because: messageOf(error) } };
  }
}

function exportedIn(body: Uint8Array, gauges: readonly string[]): Pick<Endpoint["pods"][number], "samples" | "notExported"> {
  const found = new Set<string>();
  const { lines } = readExposition(body, {
    wants(name) {
      for (const pattern of gauges) if (fitsPattern(pattern, name)) found.add(pattern);
      return false;
    },
    most: 0,
  });
  return { samples: lines.samples, notExported: gauges.filter((pattern) => !found.has(pattern)).slice(0, 12) };
}

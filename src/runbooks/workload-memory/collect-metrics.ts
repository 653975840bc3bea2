import { messageOf, OomphError } from "../../domain/errors.ts";
import { readExposition } from "../../domain/exposition/read-exposition.ts";
import type { Sample } from "../../domain/exposition/read-sample.ts";
import type { Json } from "../../domain/json.ts";
import { maskVariable } from "../../domain/mask-secrets.ts";
import type { PodFacts } from "../../domain/workload.ts";
import type { Clock } from "../../ports/clock.ts";
import type { PodRequest } from "../../ports/clusters.ts";
import { nothingRuns, runningPods } from "./collect-health.ts";
import { byImportance, isWanted } from "./gauges.ts";
import type { WorkloadSession } from "./session.ts";

const MOST_PODS = 3;
const APART_MS = 3_000;
const TIMEOUT_MS = 5_000;
/** What one program may tell: the rest is not read, and that is said. Oomph itself has to stay small. */
const MAX_BODY_BYTES = 16 * 2 ** 20;
const MOST_SAMPLES = 400;
const MOST_GAUGES = 60;

type Endpoint = { readonly port: number; readonly path: string };
type Reading = { readonly atMs: number; readonly samples: readonly Sample[]; readonly truncated: boolean };

/** Chosen gauges of the program's own endpoint, read twice some seconds apart, of at most three pods. */
export async function collectMetrics(session: WorkloadSession, clock: Clock, signal: AbortSignal): Promise<Json> {
  const pods = await runningPods(session, MOST_PODS);
  const asked = pods.flatMap((pod) => {
    const endpoint = endpointOf(session, pod);
    return endpoint === undefined ? [] : [{ pod: pod.name, endpoint }];
  });
  if (asked.length === 0 && session.app?.metrics !== undefined) throw nothingRuns();
  if (asked.length === 0) return { kind: "not-configured" };
  const firsts = await readAll(session, asked, clock);
  if (firsts.some(({ read }) => read.kind === "read")) await clock.sleep(APART_MS, signal);
  const lasts = await readAll(session, asked, clock);
  const all = asked.map(({ pod, endpoint }, at) => ({
    pod,
    path: `:${endpoint.port}${endpoint.path}`,
    first: firsts[at]?.read,
    last: lasts[at]?.read,
  }));
  return {
    endpoints: all.flatMap(({ first, last, ...place }) => (first?.kind === "read" ? [{ ...place, ...moved(session, first, last) }] : [])),
    missing: all.flatMap(({ first, pod, path }) => (first?.kind === "failed" ? [{ pod, path, because: first.because }] : [])),
  };
}

/** As configured, else as the pod's own annotations say. */
export function endpointOf({ app }: Pick<WorkloadSession, "app">, { scrape }: PodFacts): Endpoint | undefined {
  return app?.metrics ?? scrape;
}

/** User and password of the endpoint, from the Secret that the configuration names. Never stored or shown. */
export async function signIn({ cluster, name, app }: WorkloadSession): Promise<PodRequest["basicAuth"]> {
  const named = app?.metrics?.basicAuth;
  if (named === undefined) return undefined;
  const [user, password] = await Promise.all([
    cluster.secretValue(name.namespace, named.secret, named.userKey),
    cluster.secretValue(name.namespace, named.secret, named.passwordKey),
  ]);
  return { user, password };
}

type Read = ({ readonly kind: "read" } & Reading) | { readonly kind: "failed"; readonly because: string };

/** One after the other: a body may be large, and only one of them is held at a time. */
async function readAll(session: WorkloadSession, asked: readonly { readonly pod: string; readonly endpoint: Endpoint }[], clock: Clock) {
  const basicAuth = await signIn(session);
  const all: { readonly read: Read }[] = [];
  for (const { pod, endpoint } of asked) {
    const request = { ...endpoint, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BODY_BYTES, ...(basicAuth === undefined ? {} : { basicAuth }) };
    try {
      all.push({ read: { kind: "read", ...(await readOnce(session, { pod, request }, clock)) } });
    } catch (error) {
      if (!(error instanceof OomphError)) throw error;
      all.push({ read: { kind: "failed", because: messageOf(error) } });
    }
  }
  return all;
}

async function readOnce(
  { cluster, name, app }: WorkloadSession,
  { pod, request }: { readonly pod: string; readonly request: PodRequest },
  clock: Clock,
): Promise<Reading> {
  const { status, contentType, body, truncated } = await cluster.httpGet({ namespace: name.namespace, pod }, request);
  if (status !== 200) throw new OomphError("refused", `expected metrics with status 200, got ${status}${STATUS_WORDS[status] ?? ""}`);
  const configured = app?.metrics?.gauges ?? [];
  const { samples, lines } = readExposition(body, { wants: (each) => isWanted(configured, each), most: MOST_SAMPLES });
  if (lines.samples === 0) {
    const got =
      body.length === 0 ? "an empty answer" : `${contentType === "" ? "something else" : contentType.slice(0, 60)} without a single sample`;
    throw new OomphError("refused", `expected metrics in Prometheus' text format, got ${got}: is ${request.path} the path of the metrics?`);
  }
  return { atMs: clock.nowMs(), samples, truncated };
}

const STATUS_WORDS: Readonly<Record<number, string>> = {
  401: ": it wants a user and a password (kubernetes.apps.<namespace>/<name>.metrics.secret)",
  403: ": it does not let Oomph in",
  404: ": there is nothing at this path",
};

function moved({ app }: WorkloadSession, first: Reading, last: Read | undefined) {
  const again = last?.kind === "read" ? last : undefined;
  const later = new Map(again?.samples.map((sample) => [keyOf(sample), sample.value]));
  const gauges = first.samples
    .filter(({ value }) => Number.isFinite(value))
    .toSorted(byImportance(app?.metrics?.gauges ?? []))
    .slice(0, MOST_GAUGES)
    .map((sample) => {
      const now = later.get(keyOf(sample));
      return {
        name: sample.name,
        labels: masked(sample.labels),
        first: sample.value,
        ...(now === undefined || !Number.isFinite(now) ? {} : { last: now }),
      };
    });
  return { firstAtMs: first.atMs, ...(again === undefined ? {} : { lastAtMs: again.atMs }), gauges, truncated: first.truncated };
}

function keyOf({ name, labels }: Sample): string {
  return JSON.stringify([name, labels]);
}

function masked(labels: Sample["labels"]): Sample["labels"] {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key.slice(0, 60), maskVariable(key, value).slice(0, 120)]));
}

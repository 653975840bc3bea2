import { messageOf, OomphError } from "../../domain/errors.ts";
import { given } from "../../domain/given.ts";
import type { Json } from "../../domain/json.ts";
import { maskSecrets } from "../../domain/mask-secrets.ts";
import type { Clock } from "../../ports/clock.ts";
import type { MetricLabels, MetricSeries, MetricStore, ScrapeTarget } from "../../ports/metric-store.ts";
import { questionsAbout, type Question } from "./prometheus-questions.ts";
import { askedPod, type WorkloadSession } from "./session.ts";

const BACK_MS = 6 * 3_600_000;
const STEP_MS = 120_000;
const MOST_PODS = 30;
const MOST_SERIES = 30;
const MOST_TARGETS = 30;

export type PrometheusDeps = { readonly store: MetricStore; readonly clock: Clock };

/** Whether Prometheus scrapes these pods, and what it knows of them over the last hours. */
export async function collectPrometheus(session: WorkloadSession, { store, clock }: PrometheusDeps, signal: AbortSignal): Promise<Json> {
  const { pods } = await session.pods();
  const asked = askedPod(session.target);
  const names = [...new Set([...(asked === undefined ? [] : [asked]), ...pods.map(({ name }) => name)])].slice(0, MOST_PODS);
  const about = { namespace: session.name.namespace, workload: session.name.name, pods: names };
  const toMs = clock.nowMs();
  const [targets, ...series] = await Promise.allSettled([
    store.targets((labels) => isAbout(labels, about), signal),
    ...questionsAbout(about).map(async (question) => answer(question, await ask(store, question, { toMs, signal }))),
  ]);
  const all = [targets, ...series];
  const refused = all.find((one) => one.status === "rejected");
  if (refused !== undefined && all.every((one) => one.status === "rejected")) throw refused.reason;
  return {
    targets: targets.status === "fulfilled" ? targets.value.slice(0, MOST_TARGETS).map(shown) : [],
    series: series.flatMap((one) => (one.status === "fulfilled" ? one.value : [])),
    missing: [
      ...(targets.status === "rejected" ? [gap("targets", targets.reason)] : []),
      ...questionsAbout(about).flatMap(({ what }, at) => {
        const one = series[at];
        return one?.status === "rejected" ? [gap(what, one.reason)] : [];
      }),
    ],
  };
}

type About = { readonly namespace: string; readonly workload: string; readonly pods: readonly string[] };

/** By the labels that targets have, and by those that they were found with. */
function isAbout(labels: MetricLabels, { namespace, workload, pods }: About): boolean {
  const of = (...names: readonly string[]): string | undefined => names.map((name) => labels[name]).find((value) => value !== undefined);
  const at = of("namespace", "kubernetes_namespace", "__meta_kubernetes_namespace");
  if (at !== undefined && at !== namespace) return false;
  const pod = of("pod", "kubernetes_pod_name", "__meta_kubernetes_pod_name");
  return pod === undefined ? labels["job"] === workload : pods.includes(pod);
}

function ask(store: MetricStore, { expression }: Question, { toMs, signal }: { readonly toMs: number; readonly signal: AbortSignal }) {
  return store.range({ expression, fromMs: toMs - BACK_MS, toMs, stepMs: STEP_MS }, signal);
}

function answer({ what, unit }: Question, series: readonly MetricSeries[]) {
  return series.slice(0, MOST_SERIES).flatMap(({ labels, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined) return [];
    const highest = points.reduce((most, { value }) => Math.max(most, value), first.value);
    return [{ what, unit, labels, fromMs: first.atMs, toMs: last.atMs, first: first.value, last: last.value, highest }];
  });
}

function shown({ job, instance, up, lastError, lastStatus, lastScrapeAtMs }: ScrapeTarget) {
  return { job, instance, up, lastError: maskSecrets(lastError).slice(0, 300), ...given({ lastStatus, lastScrapeAtMs }) };
}

function gap(what: string, error: unknown): { readonly what: string; readonly because: string } {
  if (!(error instanceof OomphError)) throw error;
  return { what, because: messageOf(error) };
}

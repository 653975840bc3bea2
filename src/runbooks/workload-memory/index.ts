import { OomphError } from "../../domain/errors.ts";
import { formatTarget } from "../../domain/target.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Clusters, PodLogLimits } from "../../ports/clusters.ts";
import type { HeapLook } from "../../ports/heap-look.ts";
import type { MemoryHistory } from "../../ports/memory-history.ts";
import type { MetricStore } from "../../ports/metric-store.ts";
import type { UserPattern } from "../logs/log-patterns.ts";
import type { Runbook, Step } from "../runbook.ts";
import type { AppOf } from "./app-settings.ts";
import { collectAuthentication } from "./collect-authentication.ts";
import { collectHeap } from "./collect-heap.ts";
import { collectHealth } from "./collect-health.ts";
import { collectCensus, collectCgroup, collectEnvironment } from "./collect-inside.ts";
import { collectKernel } from "./collect-kernel.ts";
import { collectLogs } from "./collect-logs.ts";
import { collectMetrics } from "./collect-metrics.ts";
import { collectNodes } from "./collect-nodes.ts";
import { collectPrometheus } from "./collect-prometheus.ts";
import { collectEvents, collectPods, collectRollout, collectSurroundings } from "./collect-objects.ts";
import { collectHistory, collectUsage } from "./collect-usage.ts";
import { diagnoseUnreachable, diagnoseWorkloadMemory } from "./diagnose-workload-memory.ts";
import { openSession, type WorkloadSession } from "./session.ts";

export type WorkloadMemoryDeps = {
  readonly clusters: Clusters;
  readonly clock: Clock;
  /** How much of the end of each log is read. */
  readonly logTail: Pick<PodLogLimits, "lines" | "maxBytes">;
  /** Added patterns, counted under their names; each has a time box. */
  readonly logPatterns?: readonly UserPattern[];
  /** What the watch remembers. */
  readonly history?: MemoryHistory;
  /** Where metrics are kept over time. */
  readonly metricStore?: MetricStore;
  /** Where a program tells of itself, as configured. */
  readonly appOf: AppOf;
  readonly heapLook: HeapLook;
  /** Longest wait for a step; default: 8 s. What asks many pods has twice that. */
  readonly stepTimeoutMs?: number;
};

const STEP_TIMEOUT_MS = 8_000;

/** Why pods of a workload were killed or near their limit, or that memory is not their trouble. */
export function workloadMemoryRunbook(deps: WorkloadMemoryDeps): Runbook<WorkloadSession> {
  return {
    id: "workload-memory",
    title: "Memory of pods",
    targetKind: "workload",
    problem: "workload-memory",
    async open(target) {
      if (target.kind !== "workload") throw new OomphError("bad-input", `expected a workload of a cluster, got ${formatTarget(target)}`);
      const session = await openSession(deps.clusters, target, deps.appOf(target));
      // The connection to the cluster is shared and stays.
      return { session, source: `${formatTarget(target)} in cluster ${session.cluster.name}`, close: async () => undefined };
    },
    steps: [...objectSteps(deps), ...insideSteps(deps), ...askingSteps(deps), ...storeSteps(deps)],
    diagnose: diagnoseWorkloadMemory,
    diagnoseUnreachable,
  };
}

function objectSteps({ clock, stepTimeoutMs: timeoutMs = STEP_TIMEOUT_MS }: WorkloadMemoryDeps): readonly Step<WorkloadSession>[] {
  return [
    { id: "k8s.pods", title: "Pods: states, last ends and limits", timeoutMs, collect: (session) => collectPods(session, clock) },
    { id: "k8s.events", title: "Events of pods and nodes", timeoutMs, collect: (session) => collectEvents(session, clock) },
    { id: "k8s.node", title: "Nodes: conditions, room and who takes it", timeoutMs: timeoutMs * 2, collect: collectNodes },
    {
      id: "k8s.usage",
      title: "Memory in use against requests and limits",
      timeoutMs,
      collect: (session, signal) => collectUsage(session, clock, signal),
    },
    { id: "k8s.rollout", title: "Rollouts and what they changed", timeoutMs, collect: collectRollout },
    { id: "k8s.surroundings", title: "Autoscalers, disruption budgets and quotas", timeoutMs, collect: collectSurroundings },
  ];
}

function insideSteps(deps: WorkloadMemoryDeps): readonly Step<WorkloadSession>[] {
  const { logTail, logPatterns = [], stepTimeoutMs: timeoutMs = STEP_TIMEOUT_MS } = deps;
  const logs = { limits: logTail, patterns: logPatterns };
  return [
    {
      id: "k8s.logs",
      title: "Known errors at the ends of logs, of the life before too",
      timeoutMs: timeoutMs * 2,
      collect: (session) => collectLogs(session, logs),
    },
    { id: "k8s.environment", title: "Settings of workers, caches and heaps", timeoutMs, collect: collectEnvironment },
    { id: "k8s.census", title: "Processes of the container and what they take", timeoutMs, collect: collectCensus },
    { id: "k8s.cgroup", title: "The kernel's own count (cgroup files, /proc/meminfo)", timeoutMs, collect: collectCgroup },
    { id: "k8s.kernel", title: "Kills in the kernel's logs of the nodes", timeoutMs, collect: collectKernel },
  ];
}

function askingSteps(deps: WorkloadMemoryDeps): readonly Step<WorkloadSession>[] {
  const { clock, heapLook, stepTimeoutMs: timeoutMs = STEP_TIMEOUT_MS } = deps;
  return [
    {
      id: "k8s.health",
      title: "Health, where an endpoint is configured",
      timeoutMs,
      skipped: "no endpoint is configured for it (kubernetes.apps.<namespace>/<name>.ready)",
      collect: (session) => collectHealth(session, clock),
    },
    {
      id: "k8s.metrics",
      title: "The program's own gauges, read twice",
      timeoutMs: timeoutMs * 3,
      skipped:
        "no endpoint is configured for it (kubernetes.apps.<namespace>/<name>.metrics), and no pod of it names one (prometheus.io/scrape)",
      collect: (session, signal) => collectMetrics(session, clock, signal),
    },
    {
      id: "k8s.authentication",
      title: "Who is let in to its metrics",
      timeoutMs: timeoutMs * 2,
      skipped: "no password is configured for its metrics (kubernetes.apps.<namespace>/<name>.metrics.secret)",
      collect: collectAuthentication,
    },
    {
      id: "k8s.heap",
      title: "Who holds the memory inside the program",
      timeoutMs: timeoutMs * 5,
      skipped: "no profile is configured for it (kubernetes.apps.<namespace>/<name>.profile); `/oom run heap-profile` looks for one",
      collect: (session, signal) => collectHeap(session, heapLook, signal),
    },
  ];
}

function storeSteps({
  clock,
  history,
  metricStore,
  stepTimeoutMs: timeoutMs = STEP_TIMEOUT_MS,
}: WorkloadMemoryDeps): readonly Step<WorkloadSession>[] {
  const steps: Step<WorkloadSession>[] = [];
  if (history !== undefined) {
    const title = "Memory over time, as the watch saw it";
    steps.push({ id: "k8s.history", title, timeoutMs, collect: (session) => collectHistory(session, { history, clock }) });
  }
  if (metricStore !== undefined) {
    const title = "Prometheus: its targets, and use, restarts, collections and requests over time";
    const asked = { store: metricStore, clock };
    steps.push({
      id: "k8s.prometheus",
      title,
      timeoutMs: timeoutMs * 2,
      collect: (session, signal) => collectPrometheus(session, asked, signal),
    });
  }
  return steps;
}

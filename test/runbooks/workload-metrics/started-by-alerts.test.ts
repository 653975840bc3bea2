import { expect, test } from "vitest";
import { createJudge } from "../../../src/alerts/judge.ts";
import { startOf } from "../../../src/commands/investigate.ts";
import { DEFAULT_THRESHOLDS } from "../../../src/domain/alert-thresholds.ts";
import { alertRunbooks } from "../../../src/runbooks/workload-memory/alert-runbooks.ts";
import { workloadMemoryRunbook, type WorkloadMemoryDeps } from "../../../src/runbooks/workload-memory/index.ts";
import { workloadMetricsRunbooks } from "../../../src/runbooks/workload-metrics/index.ts";

const never = () => Promise.reject(new Error("nothing is asked here"));
const deps: WorkloadMemoryDeps = {
  clusters: {
    names: () => [],
    cluster() {
      throw new Error("nothing is asked here");
    },
    close: never,
  },
  clock: { nowMs: () => 0, sleep: never },
  logTail: { lines: 1, maxBytes: 1 },
  appOf: () => undefined,
  heapLook: never,
};
const runbooks = [
  workloadMemoryRunbook(deps),
  ...alertRunbooks(deps, DEFAULT_THRESHOLDS),
  ...workloadMetricsRunbooks(deps, DEFAULT_THRESHOLDS),
];
const target = { kind: "workload", connection: "local", resource: "deploy", namespace: "rsr", name: "backend" } as const;

test.each([
  ["HighMemoryGrowthRate", "memory-growth", "workload-memory"],
  ["CriticalMemoryGrowthRate", "memory-growth", "workload-memory"],
  ["MemoryLeakEventsDetected", "memory-leak", "workload-memory"],
  ["HighPythonObjectGrowth", "object-growth", "workload-memory"],
  ["HighMemoryUsage", "memory-high", "workload-memory"],
  ["CriticalMemoryUsage", "memory-high", "workload-memory"],
  ["RdevAPIHighMemory", "memory-high", "workload-memory"],
  ["ExcessiveGarbageCollection", "gc-pressure", "workload-memory"],
  ["MemoryMetricsMissing", "metrics-missing", "workload-metrics"],
  ["MetricsAuthenticationFailure", "metrics-auth", "workload-metrics"],
  ["Container Restarts", "container-restarts", "workload-memory"],
  ["KubePodOOMKilled", "workload-memory", "workload-memory"],
])("%s begins %s", (...[name, runbookId, problem]) => {
  const labels = { namespace: "rsr", pod: "backend-7c9-x2x4b" };
  const alert = createJudge()({ name, status: "firing", severity: null, labels, text: name }, "alertmanager");
  expect(startOf({ runbooks }, target, alert.class)).toMatchObject({ runbookId, problem });
});

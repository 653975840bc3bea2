import type { AlertClass } from "../../domain/alert.ts";
import type { AlertThresholds } from "../../domain/alert-thresholds.ts";
import type { Runbook, Step } from "../runbook.ts";
import { checkClaim, withClaim, type Claim } from "../workload-memory/check-claim.ts";
import { workloadMemoryRunbook, type WorkloadMemoryDeps } from "../workload-memory/index.ts";
import type { WorkloadSession } from "../workload-memory/session.ts";
import { metricsAuth, metricsMissing } from "./claims.ts";
import { collectCredentials } from "./collect-credentials.ts";
import { collectEndpoint } from "./collect-endpoint.ts";
import { diagnoseUnreachable, diagnoseWorkloadMetrics } from "./diagnose-workload-metrics.ts";
import { assemble, type Picture } from "./picture.ts";

type MetricsType = {
  readonly id: string;
  readonly title: string;
  readonly classes: readonly AlertClass[];
  readonly steps: readonly string[];
  claim(picture: Picture, thresholds: AlertThresholds): Claim;
};

/** Source: memory-leak-detection, types 6 and 7, each with its steps in its own order. */
const TYPES: readonly MetricsType[] = [
  {
    id: "metrics-missing",
    title: "Metrics of pods that are missing",
    classes: ["metrics_missing"],
    steps: ["k8s.endpoint", "k8s.prometheus", "k8s.health", "k8s.rollout", "k8s.credentials", "k8s.pods", "k8s.events"],
    claim: metricsMissing,
  },
  {
    id: "metrics-auth",
    title: "Metrics of pods that cannot be signed in to",
    classes: ["metrics_auth"],
    steps: ["k8s.credentials", "k8s.prometheus", "k8s.endpoint", "k8s.rollout", "k8s.pods", "k8s.events", "k8s.health"],
    claim: metricsAuth,
  },
];

const STEP_TIMEOUT_MS = 8_000;

/** Why metrics of a workload are missing: who is not let in, who does not serve, who does not scrape. */
export function workloadMetricsRunbooks(deps: WorkloadMemoryDeps, thresholds: AlertThresholds): readonly Runbook<WorkloadSession>[] {
  const all = workloadMemoryRunbook(deps);
  const steps = [...all.steps, ...ownSteps(deps)];
  return TYPES.map(({ id, title, classes, steps: ids, claim }) => ({
    id,
    title,
    classes,
    targetKind: all.targetKind,
    problem: "workload-metrics",
    open: all.open,
    steps: ids.flatMap((wanted) => steps.find((step) => step.id === wanted) ?? []),
    diagnose(evidence, failures, asked) {
      const checked = checkClaim(claim(assemble(evidence, failures), thresholds), asked?.alert);
      return withClaim(diagnoseWorkloadMetrics(evidence, failures), checked);
    },
    diagnoseUnreachable,
  }));
}

function ownSteps({ stepTimeoutMs: timeoutMs = STEP_TIMEOUT_MS }: WorkloadMemoryDeps): readonly Step<WorkloadSession>[] {
  return [
    {
      id: "k8s.credentials",
      title: "Secret and environment: user and password of its metrics",
      timeoutMs,
      skipped: "no endpoint is configured for it (kubernetes.apps.<namespace>/<name>.metrics)",
      collect: collectCredentials,
    },
    {
      id: "k8s.endpoint",
      title: "Its metrics: with the credentials, without, and with wrong ones",
      // Three pods, three questions each.
      timeoutMs: timeoutMs * 5,
      skipped:
        "no endpoint is configured for it (kubernetes.apps.<namespace>/<name>.metrics), and no pod of it names one (prometheus.io/scrape)",
      collect: collectEndpoint,
    },
  ];
}

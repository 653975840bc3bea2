import { Counter, Histogram, Registry } from "prom-client";
import type { Metrics } from "../../ports/metrics.ts";
import { registerProcessMetrics } from "./process-metrics.ts";

/** Metrics with their text for Prometheus. */
export type MetricsSource = Metrics & {
  readonly contentType: string;
  text(): Promise<string>;
};

/** A registry of its own, so that two in one process do not meet. */
export function createMetrics(): MetricsSource {
  const registry = new Registry();
  registerProcessMetrics(registry);
  const counter = <const Label extends string>(name: string, help: string, ...labelNames: Label[]): Counter<Label> =>
    new Counter({ name, help, labelNames, registers: [registry] });

  const received = counter("oomph_received_total", "What came in, by kind", "kind");
  const duplicates = counter("oomph_duplicates_dropped_total", "What came in twice and was dropped, by kind", "kind");
  const ended = counter("oomph_requests_ended_total", "Action requests that ended, by action and state", "action", "state");
  const deliveries = counter("oomph_deliveries_total", "Attempts to make Slack agree with the outbox, by outcome", "outcome");
  const jobFailures = counter("oomph_job_failures_total", "Jobs that failed and are retried or given up, by job", "job");
  const left = counter("oomph_left_behind_total", "What a crash had left behind and the sweeper took up, by kind", "kind");
  const investigations = new Histogram({
    name: "oomph_investigation_seconds",
    help: "Time from the start of an investigation to its verdict",
    labelNames: ["verdict"],
    buckets: [0.25, 0.5, 1, 2, 3, 5, 10, 30],
    registers: [registry],
  });

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    received: (kind) => received.inc({ kind }),
    duplicateDropped: (kind) => duplicates.inc({ kind }),
    investigated: (verdict, tookMs) => investigations.observe({ verdict }, tookMs / 1000),
    requestEnded: (action, state) => ended.inc({ action, state }),
    delivered: (outcome) => deliveries.inc({ outcome }),
    jobFailed: (job) => jobFailures.inc({ job }),
    left: (kind, count) => left.inc({ kind }, count),
  };
}

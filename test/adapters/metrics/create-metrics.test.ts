import { expect, test } from "vitest";
import { createMetrics } from "../../../src/adapters/metrics/create-metrics.ts";

test("counts what it is told, and says it in Prometheus' text", async () => {
  const metrics = createMetrics();
  metrics.received("command");
  metrics.received("command");
  metrics.duplicateDropped("click");
  metrics.investigated("full-under-noeviction", 1200);
  metrics.requestEnded("redis.flush-db", "succeeded");
  metrics.delivered("retried");
  metrics.jobFailed("act");
  metrics.left("run", 3);
  const text = await metrics.text();
  expect(metrics.contentType).toContain("text/plain");
  for (const line of [
    'oomph_received_total{kind="command"} 2',
    'oomph_duplicates_dropped_total{kind="click"} 1',
    'oomph_investigation_seconds_bucket{le="2",verdict="full-under-noeviction"} 1',
    'oomph_investigation_seconds_sum{verdict="full-under-noeviction"} 1.2',
    'oomph_requests_ended_total{action="redis.flush-db",state="succeeded"} 1',
    'oomph_deliveries_total{outcome="retried"} 1',
    'oomph_job_failures_total{job="act"} 1',
    'oomph_left_behind_total{kind="run"} 3',
  ]) {
    expect(text).toContain(line);
  }
});

test("two in one process do not meet", async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.received("command");
  expect(await other.text()).not.toContain('oomph_received_total{kind="command"}');
});

import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { registerProcessMetrics } from "../../../src/adapters/metrics/process-metrics.ts";

test("the process's figures are read when asked for", async () => {
  const registry = new Registry();
  registerProcessMetrics(registry);
  const resident = Number(/^process_resident_memory_bytes (\d+)$/m.exec(await registry.metrics())?.[1]);
  expect(resident).toBeGreaterThan(10 * 2 ** 20);
  expect(resident).toBeLessThan(4 * 2 ** 30);
  const text = await registry.metrics();
  expect(text).toMatch(/^process_cpu_seconds_total [0-9.]+$/m);
  expect(text).toMatch(/^nodejs_heap_used_bytes \d+$/m);
  const started = Number(/^process_start_time_seconds ([0-9.e+]+)$/m.exec(text)?.[1]);
  expect(started).toBeLessThanOrEqual(Date.now() / 1000);
});

import { Gauge, type Registry } from "prom-client";

/**
 * The few figures of the process that are read when asked for. prom-client's own set keeps observers running for garbage
 * collection and event loop, which costs more than all else here.
 */
export function registerProcessMetrics(registry: Registry): void {
  const startedAtSeconds = Date.now() / 1000 - process.uptime();
  const gauge = (name: string, help: string, read: () => number): Gauge =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge("process_start_time_seconds", "When the process began, in seconds since 1970", () => startedAtSeconds);
  gauge("process_resident_memory_bytes", "Resident memory", () => process.memoryUsage.rss());
  gauge("process_cpu_seconds_total", "CPU time, user and system", () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  gauge("nodejs_heap_used_bytes", "JavaScript heap in use", () => process.memoryUsage().heapUsed);
  gauge(
    "nodejs_eventloop_utilization",
    "Share of time that the event loop was busy, since the start",
    () => performance.eventLoopUtilization().utilization,
  );
}

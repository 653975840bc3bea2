import { describe, expect, test } from "vitest";
import { diagnoseWorkloadMemory } from "../../../src/runbooks/workload-memory/diagnose-workload-memory.ts";
import { container, ended, evidence, MIB, NOW_MS, pod, podsPart, usagePart, WAITS } from "./scenes.ts";

type Gauge = { readonly name: string; readonly first: number; readonly last?: number; readonly labels?: object };

const FULL = { pods: podsPart([pod([container()])]), usage: usagePart(["web-1", 200 * MIB]) };
const CALM = { pods: podsPart([pod([container({ restarts: 0 })])]), usage: usagePart(["web-1", 20 * MIB]) };

function diagnose(parts: Readonly<Record<string, object>>) {
  return diagnoseWorkloadMemory(evidence(parts), []);
}

function metricsPart(...gauges: readonly Gauge[]): object {
  const read = { pod: "web-1", path: ":8080/metrics", firstAtMs: NOW_MS, lastAtMs: NOW_MS + 3_000, truncated: false };
  return { endpoints: [{ ...read, gauges: gauges.map((gauge) => ({ labels: {}, ...gauge })) }], missing: [] };
}

function logsPart(name: string, kind: string, count: number): object {
  const hit = { name, kind, count, firstAtMs: 0, lastAtMs: NOW_MS, sample: `${name} from 10.0.0.7` };
  const log = { lines: 2_000, truncated: true, patterns: [hit], givenUp: [] };
  return { logs: [{ pod: "web-1", container: "app", previous: false, log }], missing: [] };
}

function found(parts: Readonly<Record<string, object>>, verdict: string) {
  return diagnose({ ...FULL, ...parts }).hypotheses.find((each) => each.verdict === verdict);
}

describe("causes of memory that grows, beside the verdict", () => {
  test("streams that are not closed, by a gauge that rises and by the log", () => {
    const metrics = metricsPart({ name: "sse_connections_active", first: 407, last: 412 });
    const leak = found({ metrics, logs: logsPart("SSE connection", "connections", 800) }, "connection-leak");
    expect(leak?.for.map(({ says }) => says)).toEqual([
      "sse_connections_active is 412 (+5 in 3 s)",
      '800 lines such as "SSE connection from 10.0.0.7"',
    ]);
    expect(leak?.against[0]?.says).toContain("a moment, not a trend");
    const weaker = found({ metrics: metricsPart({ name: "sse_connections_active", first: 130, last: 128 }) }, "connection-leak");
    expect(weaker?.against[0]?.says).toContain("did not rise");
    expect(weaker?.confidence).toBeLessThan(leak?.confidence ?? 0);
    const { furtherSteps } = diagnose({ ...FULL, metrics });
    expect(furtherSteps.join(" ")).toContain("proxy-read-timeout=1800");
  });

  test("few connections that stay as they are, and a workload without trouble, are no sign", () => {
    expect(found({ metrics: metricsPart({ name: "sse_connections_active", first: 12, last: 12 }) }, "connection-leak")).toBeUndefined();
    const metrics = metricsPart({ name: "sse_connections_active", first: 400, last: 412 });
    const calm = diagnose({ ...CALM, metrics });
    expect(calm.finding.verdict).toBe("healthy");
    expect(calm.hypotheses).toEqual([]);
    expect(calm.summary).toContainEqual({ label: "Its own gauges", value: "sse_connections_active is 412 (+12 in 3 s)" });
  });

  test.each([
    ["unclosed-connections", { name: "django_db_connections_open", first: 90, last: 96 }],
    ["unclosed-connections", { name: "process_open_fds", first: 5_000, last: 5_010 }],
    ["too-many-at-once", { name: "commands_active", first: 60, last: 61 }],
    ["cache-growth", { name: "project_cache_entries", first: 10_000, last: 10_400 }],
    ["object-growth", { name: "django_memory_objects", labels: { type: "dict" }, first: 500_000, last: 500_900 }],
    ["gc-pressure", { name: "python_gc_collections_total", first: 1_000, last: 1_060 }],
  ])("%s by %o", (verdict, gauge) => {
    const finding = found({ metrics: metricsPart(gauge) }, verdict);
    expect(finding?.for[0]?.says).toContain(gauge.name);
    expect(finding?.confidence).toBeLessThan(0.6);
  });

  test("each of them only where its own sign is seen", () => {
    const metrics = metricsPart(
      { name: "process_resident_memory_bytes", first: 1e8, last: 1.1e8 },
      { name: "commands_active", first: 2, last: 2 },
    );
    expect(diagnose({ ...FULL, metrics }).hypotheses).toEqual([]);
  });

  test("a read that was not repeated shows no growth", () => {
    expect(found({ metrics: metricsPart({ name: "django_memory_objects", first: 500_000 }) }, "object-growth")).toBeUndefined();
  });

  test("large outputs, by the log of the life that was killed", () => {
    const pods = podsPart([pod([container({ state: WAITS, lastState: ended("OOMKilled", 137) })])]);
    const { hypotheses, furtherSteps } = diagnose({ pods, logs: logsPart("output line", "output", 1_500) });
    expect(hypotheses.find(({ verdict }) => verdict === "large-outputs")?.for[0]?.says).toContain("1,500 lines of output");
    expect(furtherSteps.join(" ")).toContain("runs away");
  });

  test("a cache whose expiry is a variable may be let go sooner", () => {
    const workload = { ...WORKLOAD, environment: { app: { CACHE_TTL: "24h" } } };
    const finding = found(
      { rollout: { workload, revisions: [] }, metrics: metricsPart({ name: "app_cache_items", first: 1, last: 9 }) },
      "cache-growth",
    );
    expect(finding?.headline).toContain("CACHE_TTL is 24h");
    expect(finding?.advice).toMatchObject([{ actionId: "k8s.set-environment", params: { container: "app", set: "CACHE_TTL=15s" } }]);
  });

  test("collections that Prometheus counted", () => {
    const series = {
      what: "collections",
      unit: "per second",
      labels: { pod: "web-1" },
      fromMs: 0,
      toMs: NOW_MS,
      first: 1,
      last: 14,
      highest: 20,
    };
    const prometheus = {
      targets: [{ job: "web", instance: "10.0.0.7:8080", up: false, lastError: "server returned HTTP status 401 Unauthorized" }],
      series: [series],
      missing: [],
    };
    const { hypotheses, summary, furtherSteps } = diagnose({ ...FULL, prometheus });
    expect(hypotheses.find(({ verdict }) => verdict === "gc-pressure")?.for[0]?.says).toBe("web-1 collects 14.0 times a second");
    expect(summary.find(({ label }) => label === "Prometheus")?.value).toBe(
      "web 10.0.0.7:8080 is down (server returned HTTP status 401 Unauthorized)",
    );
    expect(furtherSteps.join(" ")).toContain("cannot scrape it");
  });

  test("who is not let in as it should be is told", () => {
    const authentication = { checks: [{ what: "Without credentials", expected: "401", got: "200", holds: false }] };
    const { summary, furtherSteps } = diagnose({ ...CALM, authentication });
    expect(summary).toContainEqual({ label: "Who is let in", value: "Without credentials: 200 (expected 401)" });
    expect(furtherSteps).toContainEqual(expect.stringContaining("expected 401, got 200"));
  });
});

type Holder = { readonly name: string; readonly bytes: number; readonly grownBytes: number };

function heapPart(...holders: readonly Holder[]): object {
  const totalBytes = 10 * MIB;
  return {
    kind: "taken",
    pod: "web-1",
    container: "app",
    how: "x",
    atMs: NOW_MS,
    seconds: 3,
    totalBytes,
    grownBytes: MIB,
    holders,
    files: [],
  };
}

describe("the heap of the program", () => {
  const CONN = { name: "net/http.(*persistConn).readLoop", bytes: 4 * MIB, grownBytes: MIB };
  const CACHE = { name: "shop/cache.Put", bytes: 3 * MIB, grownBytes: 0 };

  test("names who holds connections, and makes that surer than gauges alone", () => {
    const metrics = metricsPart({ name: "sse_connections_active", first: 407, last: 412 });
    const alone = found({ metrics }, "connection-leak");
    const both = found({ metrics, heap: heapPart(CONN) }, "connection-leak");
    expect(both?.for.map(({ says }) => says)).toContain("in the heap of web-1, net/http.(*persistConn).readLoop holds 4.0 MiB (+1.0 MiB)");
    expect(both?.confidence).toBeGreaterThan(alone?.confidence ?? 1);
    expect(found({ heap: heapPart(CONN) }, "connection-leak")).toBeDefined();
  });

  test("names a cache, and does not say that it grows where it does not", () => {
    expect(found({ heap: heapPart(CACHE) }, "cache-growth")?.headline).toMatch(/^A cache holds much/);
    expect(found({ heap: heapPart({ ...CACHE, grownBytes: MIB }) }, "cache-growth")?.headline).toMatch(/^A cache grows/);
  });

  test("names what grows, and that two looks are a moment", () => {
    const growth = found({ heap: heapPart(CONN, CACHE) }, "object-growth");
    expect(growth?.for).toHaveLength(1);
    expect(growth?.against[0]?.says).toContain("what is new may yet be let go");
    expect(found({ heap: heapPart(CACHE) }, "object-growth")).toBeUndefined();
  });

  test("who holds little of it, and the memory of a program without trouble, are no sign", () => {
    expect(found({ heap: heapPart({ ...CONN, bytes: MIB }) }, "connection-leak")).toBeUndefined();
    expect(diagnose({ ...CALM, heap: heapPart(CONN, CACHE) }).hypotheses).toEqual([]);
  });

  test("stands in the summary, or why nobody looked", () => {
    const line = (heap: object) => diagnose({ ...FULL, heap }).summary.find(({ label }) => label === "Heap")?.value;
    expect(line(heapPart(CACHE))).toBe("web-1, app: 10.0 MiB in use by samples (+1.0 MiB within 3 s); shop/cache.Put holds 3.0 MiB");
    expect(line({ kind: "not-taken", because: "container app uses 250.0 MiB of its 256.0 MiB" })).toMatch(
      /^not looked at: container app uses/,
    );
    expect(line({ kind: "not-configured" })).toBeUndefined();
  });
});

const WORKLOAD = {
  resource: "deploy",
  namespace: "shop",
  name: "web",
  uid: "u",
  resourceVersion: "1",
  labels: {},
  annotations: {},
  conditions: [],
  containers: [],
  environment: {},
  paused: false,
  managers: [],
};

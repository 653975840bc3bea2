import { describe, expect, test } from "vitest";
import { DEFAULT_THRESHOLDS } from "../../../src/domain/alert-thresholds.ts";
import type { AlertClaim } from "../../../src/domain/alert-claim.ts";
import type { AlertClass } from "../../../src/domain/alert.ts";
import { alertRunbooks } from "../../../src/runbooks/workload-memory/alert-runbooks.ts";
import { workloadMemoryRunbook, type WorkloadMemoryDeps } from "../../../src/runbooks/workload-memory/index.ts";
import { container, ended, evidence, MIB, NOW_MS, pod, podsPart, usagePart } from "./scenes.ts";

type Parts = Readonly<Record<string, object>>;

const HOUR_MS = 3_600_000;
function unasked(): never {
  throw new Error("nothing is asked here");
}
const never = () => Promise.reject(new Error("nothing is asked here"));
const deps: WorkloadMemoryDeps = {
  clusters: { names: () => [], cluster: () => unasked(), close: never },
  clock: { nowMs: () => NOW_MS, sleep: never },
  logTail: { lines: 1, maxBytes: 1 },
  appOf: () => undefined,
  heapLook: never,
  history: { readings: never, kills: never, trend: never },
  metricStore: { targets: never, range: never },
};
const RUNBOOKS = alertRunbooks(deps, DEFAULT_THRESHOLDS);
const PLAIN = workloadMemoryRunbook(deps);
const CALM = { pods: podsPart([pod([container({ restarts: 0 })])]), usage: usagePart(["web-1", 20 * MIB]) };

function runbookFor(alertClass: AlertClass) {
  const runbook = RUNBOOKS.find(({ classes }) => classes?.includes(alertClass));
  if (runbook === undefined) throw new Error(`no runbook for ${alertClass}`);
  return runbook;
}

function claim(alertClass: AlertClass, parts: Parts) {
  const { claim: checked } = runbookFor(alertClass).diagnose(evidence({ ...CALM, ...parts }), []);
  if (checked === undefined) throw new Error("no claim was checked");
  return checked;
}

function historyPart(bytesPerHour: number, name = "web-1"): object {
  const trend = { kind: "steady", bytesPerHour, overMs: 6 * HOUR_MS, says: "it moves" };
  return { series: [{ pod: name, container: "app", readings: { readings: [], trend } }] };
}

function prometheusPart(what: string, last: number, highest = last): object {
  const series = { what, unit: "any", labels: { pod: "web-1" }, fromMs: NOW_MS - 6 * HOUR_MS, toMs: NOW_MS, first: 0, last, highest };
  return { targets: [], series: [series], missing: [] };
}

function metricsPart(...gauges: readonly { readonly name: string; readonly first: number; readonly last?: number }[]): object {
  const read = { pod: "web-1", path: ":8080/metrics", firstAtMs: NOW_MS, lastAtMs: NOW_MS + 3_000, truncated: false };
  return { endpoints: [{ ...read, gauges: gauges.map((gauge) => ({ labels: {}, ...gauge })) }], missing: [] };
}

test("the sender's own threshold and value are held against what is measured", () => {
  const high = (alert: AlertClaim) => runbookFor("memory_high").diagnose(evidence(CALM), [], { alert }).claim;
  expect(high({ threshold: { amount: 0.05, unit: "share" }, value: "92.3" })).toMatchObject({
    holds: "borne-out",
    says: expect.stringContaining("The alert says that more than 5% of the limit is in use (its sender measured 92.3)."),
  });
  expect(high({ threshold: { amount: 50, unit: "plain" }, value: "<!channel>" })).toMatchObject({
    holds: "not-borne-out",
    says: expect.stringContaining("more than 50% of the limit is in use. Not borne out"),
  });
  expect(high({ threshold: { amount: 10 * MIB, unit: "bytes" } })).toMatchObject({
    holds: "borne-out",
    says: expect.stringContaining("more than 10.0 MiB is in use"),
  });
  expect(high({ severity: "critical" })?.says).toContain("more than 1.0 GiB, or more than 80% of the limit, is in use");
});

describe("a runbook for each type of alert about pods", () => {
  test.each<readonly [AlertClass, string]>([
    ["memory_growth", "k8s.prometheus"],
    ["memory_leak", "k8s.prometheus"],
    ["object_growth", "k8s.metrics"],
    ["memory_high", "k8s.usage"],
    ["gc_pressure", "k8s.usage"],
    ["container_restarts", "k8s.pods"],
  ])("%s begins with %s, and leaves no step out", (alertClass, first) => {
    const { steps, problem, targetKind } = runbookFor(alertClass);
    expect({ problem, targetKind, first: steps[0]?.id }).toEqual({ problem: "workload-memory", targetKind: "workload", first });
    expect(steps.map(({ id }) => id).toSorted()).toEqual(PLAIN.steps.map(({ id }) => id).toSorted());
  });

  test("the claim stands in front of the summary and changes nothing of the verdict", () => {
    const parts = { pods: podsPart([pod([container()])]), usage: usagePart(["web-1", 250 * MIB]), history: historyPart(23.1 * MIB) };
    const { claim: checked, summary, ...rest } = runbookFor("memory_growth").diagnose(evidence(parts), []);
    const { summary: plain, ...without } = PLAIN.diagnose(evidence(parts), []);
    expect(rest).toEqual(without);
    expect(summary).toEqual([{ label: "The alert", value: checked?.says }, ...plain]);
  });
});

test.each([
  [
    "borne out",
    { metrics: metricsPart({ name: "go_gc_duration_seconds_count", first: 0, last: 90 }) },
    /^Its memory has room for now, but what the alert says is so: /,
  ],
  ["not to be checked", {}, /^Its memory has room for now\. What the alert says could not be checked\.$/],
  ["not borne out", { prometheus: prometheusPart("collections", 1) }, /^It has room: memory is not the problem here\.$/],
  [
    "borne out, of what nothing else is known",
    { usage: usagePart(), prometheus: prometheusPart("collections", 20) },
    /^What the alert says is so: 20\.0 .*\. Nothing says /,
  ],
] as const)("where nothing else is found, a claim that is %s is not passed over in the verdict", (_what, parts, says) => {
  expect(runbookFor("gc_pressure").diagnose(evidence({ ...CALM, ...parts }), []).finding.headline).toMatch(says);
});

describe("memory_growth", () => {
  test("is borne out by what the watch saw", () => {
    expect(claim("memory_growth", { history: historyPart(23.1 * MIB) })).toEqual({
      says: "The alert says that memory grows by more than 10.0 MiB an hour. Measured: 23.1 MiB an hour over 6 h (the watch, app of web-1).",
      holds: "borne-out",
      for: [{ evidenceId: "ev_history", says: "23.1 MiB an hour over 6 h (the watch, app of web-1)" }],
      against: [],
    });
    expect(claim("memory_growth", { history: historyPart(60 * MIB) }).says).toContain("more than the 50.0 MiB an hour that are critical");
  });

  test("is not borne out where it hardly grows; what Prometheus says otherwise is told", () => {
    const parts = { history: historyPart(1.2 * MIB), prometheus: prometheusPart("growth", 14 * MIB) };
    const checked = claim("memory_growth", parts);
    expect(checked.holds).toBe("not-borne-out");
    expect(checked.says).toContain(
      "Not borne out: 1.2 MiB an hour over 6 h (the watch, app of web-1); otherwise by another measure: 14.0 MiB an hour (Prometheus, web-1).",
    );
    expect([checked.for, checked.against].map(([one]) => one?.evidenceId)).toEqual(["ev_prometheus", "ev_history"]);
  });

  test("cannot be checked where nobody has looked for long enough", () => {
    const checked = claim("memory_growth", {});
    expect(checked).toMatchObject({ holds: "cannot-be-checked", for: [], against: [] });
    expect(checked.says).toContain("It cannot be checked: growth within an hour is known to the watch");
  });

  test("is about the pod that was asked for, whatever the others do", () => {
    const pods = podsPart([pod([container()]), pod([container()], { name: "web-2" })], { pod: "web-2" });
    const series = [23, 2].map((mib, at) => (historyPart(mib * MIB, `web-${at + 1}`) as { series: object[] }).series[0]);
    expect(claim("memory_growth", { pods, history: { series } }).holds).toBe("not-borne-out");
  });

  test("goes by the configured threshold", () => {
    const strict = { ...DEFAULT_THRESHOLDS, memory_growth: { warningBytesPerHour: MIB, criticalBytesPerHour: 2 * MIB } };
    const runbook = alertRunbooks(deps, strict).find(({ id }) => id === "memory-growth");
    const checked = runbook?.diagnose(evidence({ ...CALM, history: historyPart(1.2 * MIB) }), []).claim;
    expect(checked).toMatchObject({ holds: "borne-out", says: expect.stringContaining("more than 1.0 MiB an hour") });
  });
});

describe("memory_leak and object_growth", () => {
  test("are what Prometheus counted within the hour", () => {
    expect(claim("memory_leak", { prometheus: prometheusPart("growth-events", 7) })).toMatchObject({
      holds: "borne-out",
      says: "The alert says that there are more than 5 growth events an hour. Measured: 7 growth events within an hour (Prometheus, web-1).",
    });
    expect(claim("memory_leak", { prometheus: prometheusPart("growth-events", 2, 9) })).toMatchObject({
      holds: "not-borne-out",
      says: expect.stringContaining("2 growth events within an hour, 9 growth events within an hour at the highest within 6 h"),
    });
    expect(claim("object_growth", { prometheus: prometheusPart("object-growth", 4_200) }).says).toContain(
      "4,200 new objects within an hour",
    );
  });

  test("two reads show that it grows, and never that it does not within an hour", () => {
    const grown = claim("object_growth", { metrics: metricsPart({ name: "django_python_objects_total", first: 500_000, last: 500_090 }) });
    expect(grown).toMatchObject({ holds: "borne-out", says: expect.stringContaining("is 500090 (+90 in 3 s)") });
    expect(grown.says).toContain("A moment is no hour");
    const still = claim("object_growth", { metrics: metricsPart({ name: "django_python_objects_total", first: 500_000, last: 500_000 }) });
    expect(still).toMatchObject({ holds: "cannot-be-checked", against: [{ evidenceId: "ev_metrics" }] });
    expect(still.says).toContain("(±0 in 3 s) (its own gauges, web-1), which is no hour; ");
  });

  test("cannot be checked where nothing counts them", () => {
    const metrics = metricsPart({ name: "process_resident_memory_bytes", first: 1, last: 9_000_000 });
    expect(claim("object_growth", { metrics }).says).toContain(
      "gauge of objects, and Prometheus (prometheus.url) is not configured or knows none.",
    );
    expect(claim("memory_leak", {}).says).toContain("counter of growth events");
  });
});

describe("memory_high", () => {
  test.each([
    { used: 600 * MIB, limitBytes: 4096 * MIB, holds: "borne-out", says: "app of web-1 uses 600.0 MiB (15% of its limit of 4.0 GiB)" },
    { used: 220 * MIB, limitBytes: 256 * MIB, holds: "borne-out", says: "app of web-1 uses 220.0 MiB (86% of its limit of 256.0 MiB)" },
    { used: 100 * MIB, limitBytes: 256 * MIB, holds: "not-borne-out", says: "(39% of its limit of 256.0 MiB)" },
    { used: 1100 * MIB, holds: "borne-out", says: "uses 1.1 GiB, without a limit, more than the 1.0 GiB that are critical" },
  ])("$holds: $says", ({ used, limitBytes, holds, says }) => {
    const { limitBytes: _limit, ...unlimited } = container({ restarts: 0 });
    const pods = podsPart([pod([limitBytes === undefined ? unlimited : { ...unlimited, limitBytes }])]);
    const checked = claim("memory_high", { pods, usage: usagePart(["web-1", used]) });
    expect(checked).toMatchObject({ holds, says: expect.stringContaining(says) });
  });

  test("where the cluster tells of no use, the program's own gauge stands in", () => {
    const metrics = metricsPart({ name: "process_resident_memory_bytes", first: 600 * MIB, last: 601 * MIB });
    const checked = claim("memory_high", { usage: usagePart(), metrics });
    expect(checked.says).toContain("Measured: 601.0 MiB (its own gauge process_resident_memory_bytes, web-1).");
  });
});

describe("gc_pressure", () => {
  test("adds the generations up", () => {
    const generations = [20, 10, 6].map((more) => ({ name: "python_gc_collections_total", first: 100, last: 100 + more }));
    expect(claim("gc_pressure", { metrics: metricsPart(...generations) })).toMatchObject({
      holds: "borne-out",
      says: expect.stringContaining("Measured: 12.0 collections a second over 3.0 s (its own counters, web-1)."),
    });
    const few = metricsPart({ name: "django_gc_collections_total", first: 1, last: 2 });
    expect(claim("gc_pressure", { metrics: few })).toMatchObject({ holds: "not-borne-out" });
  });

  test("is what Prometheus counted, where the program tells nothing itself", () => {
    expect(claim("gc_pressure", { prometheus: prometheusPart("collections", 14) }).holds).toBe("borne-out");
    expect(claim("gc_pressure", {}).holds).toBe("cannot-be-checked");
  });
});

describe("container_restarts", () => {
  test("is borne out by a restart within the hour, and not by one of days ago", () => {
    const recent = podsPart([pod([container({ restarts: 4, lastState: ended("OOMKilled", 137) })])]);
    expect(claim("container_restarts", { pods: recent })).toMatchObject({
      holds: "borne-out",
      says: expect.stringContaining("app of web-1 has restarted 4 times, the last time 1 min ago."),
    });
    const old = podsPart([pod([container({ restarts: 4, lastState: ended("OOMKilled", 137) })])], { atMs: NOW_MS + 48 * HOUR_MS });
    expect(claim("container_restarts", { pods: old })).toMatchObject({ holds: "not-borne-out", says: expect.stringContaining("2 d ago") });
    expect(claim("container_restarts", {}).says).toContain("Not borne out: no container of web-1 has restarted.");
  });
});

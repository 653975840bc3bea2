import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { addAlert, findAlertmanager } from "../../scripts/lab/alertmanager.ts";
import { openScenes } from "../../scripts/lab/containers/scenes.ts";
import { findDocker } from "../../scripts/lab/docker.ts";
import type { GaugesLab } from "../../scripts/lab/gauges.ts";
import { findKubernetes, kubectl } from "../../scripts/lab/kubernetes.ts";
import { GROW_LATER, openClusterScenes, type ClusterScenes } from "../../scripts/lab/kubernetes-scenes.ts";
import { findPrometheus } from "../../scripts/lab/prometheus.ts";
import { noteAbsentSystem, noteRealSystem, type SystemName } from "../../scripts/lab/real-systems.ts";
import { startRedis, type RedisLab } from "../../scripts/lab/redis.ts";
import type { LabMessage } from "../../scripts/lab/slack/index.ts";
import { SPARING_PATIENCE } from "../support/patience.ts";
import { incidentsOf, startAlerting, type Alerting, type HeardIncident } from "./support/alerting.ts";
import { QUICK, seen, setScene, textOf, type Scene } from "./support/scene.ts";

type Found = { readonly kind: "there"; readonly version: string } | { readonly kind: "absent"; readonly because: string };

const [prometheus, alertmanager] = [await findPrometheus(), await findAlertmanager()];
const [daemon, cluster] = [await findDocker(), await findKubernetes()];
noted("prometheus", prometheus);
noted("alertmanager", alertmanager);
const missing = [prometheus, alertmanager].flatMap((one) => (one.kind === "absent" ? [one.because] : [])).join("; ");

function noted(system: SystemName, found: Found): void {
  if (found.kind === "there") noteRealSystem(system, found.version);
  else noteAbsentSystem(system, found.because);
}

const SECRET = "made-up-secret-of-alertmanager";
const WITHIN_MS = 240_000;
const LOOKS = { ...SPARING_PATIENCE, timeout: WITHIN_MS };
const LONG = 600_000;
const MB = 1e6;

type Place = Readonly<Record<string, string>>;

/** One of the example's alerts about a pod: what has to be measured of it, and what Oomph is to make of it. */
type Kind = { readonly alert: string; readonly class: string; readonly gauges: (gauges: GaugesLab, pod: Place) => void };

const KINDS: readonly Kind[] = [
  { alert: "HighMemoryGrowthRate", class: "memory_growth", gauges: growing(30 * MB) },
  { alert: "CriticalMemoryGrowthRate", class: "memory_growth", gauges: growing(900 * MB) },
  {
    alert: "MemoryLeakEventsDetected",
    class: "memory_leak",
    gauges: (gauges, pod) => gauges.set("django_memory_growth_events_total", pod, ({ times }) => times * 10),
  },
  {
    alert: "HighPythonObjectGrowth",
    class: "object_growth",
    gauges: (gauges, pod) =>
      gauges.set("django_python_objects_total", { ...pod, object_type: "dict" }, ({ seconds }) => Math.round(seconds * 100)),
  },
  {
    alert: "HighMemoryUsage",
    class: "memory_high",
    gauges: (gauges, pod) => gauges.set("container_memory_working_set_bytes", pod, 600 * MB),
  },
  {
    alert: "CriticalMemoryUsage",
    class: "memory_high",
    gauges: (gauges, pod) => gauges.set("container_memory_working_set_bytes", pod, 1200 * MB),
  },
  {
    alert: "ExcessiveGarbageCollection",
    class: "gc_pressure",
    gauges: (gauges, pod) => gauges.set("python_gc_collections_total", pod, ({ times }) => times * 1000),
  },
  {
    alert: "MemoryMetricsMissing",
    class: "metrics_missing",
    gauges: (gauges, pod) => gauges.set("process_resident_memory_bytes", pod, ({ times }) => (times < 2 ? 50 * MB : undefined)),
  },
  {
    alert: "MetricsAuthenticationFailure",
    class: "metrics_auth",
    gauges: (gauges, pod) => gauges.set("probe_http_status_code", pod, 401),
  },
  {
    alert: "HighMemory",
    class: "memory_high",
    gauges(gauges, pod) {
      gauges.set("container_spec_memory_limit_bytes", pod, 100 * MB);
      gauges.set("container_memory_working_set_bytes", pod, 91 * MB);
    },
  },
];

function growing(bytesPerHour: number): Kind["gauges"] {
  return (gauges, pod) =>
    gauges.set("container_memory_working_set_bytes", pod, ({ seconds }) => Math.round(100 * MB + (seconds * bytesPerHour) / 3600));
}

// A real Prometheus with the rules of examples/ fires through a real Alertmanager, by webhook and into the channel, at Oomph as
// it ships: warnings by Alertmanager's own template, critical ones by that of examples/.
describe.skipIf(missing !== "")(`Alertmanager${missing === "" ? "" : ` (${missing})`}`, () => {
  const containers = openScenes();
  let scenes: ClusterScenes | undefined;
  let redis: Readonly<Record<"sessions" | "carts", RedisLab>>;
  let scene: Scene;
  let alerting: Alerting;

  beforeAll(async () => {
    if (alertmanager.kind === "absent") throw new Error(alertmanager.because);
    const [sessions, carts] = await Promise.all([startRedis(), startRedis()]);
    redis = { sessions, carts };
    if (cluster.kind === "there") scenes = await workloads();
    scene = await setScene({
      slack: { channels: ["alerts", "incidents"] },
      settings: (slack) => ({
        connections: { sessions: { url: sessions.url }, carts: { url: carts.url } },
        access: { approvers: [slack.id("approver")] },
        // Each kind one after the other is no storm here.
        sections: {
          ...QUICK,
          ...systems(),
          webhooks: { alertmanagerSecret: SECRET },
          watch: { enabled: false },
          log: { level: "debug" }, // which says what was left alone
          storms: { threads: 100 },
        },
      }),
    });
    alerting = await startAlerting(scene, { program: alertmanager.program, secret: SECRET });
  }, LONG);

  afterAll(async () => {
    await scene?.stop();
    await Promise.all([redis?.sessions.stop(), redis?.carts.stop(), containers.end(), scenes?.end()]);
  }, LONG);

  /** One for each kind of alert, so that each has an incident of its own. */
  async function workloads(): Promise<ClusterScenes> {
    const made = await openClusterScenes("oomph-alerts");
    const calm = KINDS.map(({ alert }) => made.deployment(alert.toLowerCase(), { limitMib: 32 }));
    const killed = ["killed", "restarted"].map((name) => made.deployment(name, { script: GROW_LATER, limitMib: 24 }));
    await Promise.all([...calm, ...killed]);
    return made;
  }

  /** Sections for the systems that are there. */
  function systems(): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
    const host = { url: process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock", watch: [`oomph-lab-${containers.run}*`] };
    return {
      ...(daemon.kind === "there" && { docker: { connections: { local: host } } }),
      ...(scenes && {
        kubernetes: { connections: { local: { kubeconfig: [process.env["KUBECONFIG"]], namespaces: [scenes.namespace] } } },
      }),
    };
  }

  describe("a Redis", () => {
    const gauge = (share: number): void => {
      const instance = { instance: redis.sessions.url };
      alerting.gauges.set("redis_memory_max_bytes", instance, 100 * MB);
      alerting.gauges.set("redis_memory_used_bytes", instance, share * MB);
    };

    test(
      "over 90 % of its maxmemory: one incident with one thread, told by webhook and post alike",
      async () => {
        gauge(95);
        const incident = await heard("sessions", { class: "redis_memory", times: 2 });
        expect(incident).toMatchObject({ runbook: "redis-memory", severity: "warning" });
        await expectOneThread("sessions", incident);
      },
      LONG,
    );

    test(
      "that has room again: Alertmanager says so, and the thread sums up",
      async () => {
        gauge(10);
        const end = await seen("the summary", () => inThread("sessions").find((one) => /✅ \*?Resolved/.test(textOf(one))), WITHIN_MS);
        expect(textOf(end)).toMatch(/It lasted .* and was reported \d+ times by alertmanager/);
        expect(incidentsOf(scene, "sessions")).toMatchObject([{ state: "resolved" }]);
        await posted(/\[RESOLVED\] RedisMemoryHigh/);
      },
      LONG,
    );

    test(
      "that is full again soon after: the same incident, in the same thread",
      async () => {
        gauge(96);
        await seen("that it is back", () => inThread("sessions").find((one) => /It is back/.test(textOf(one))), WITHIN_MS);
        expect(incidentsOf(scene, "sessions")).toHaveLength(1);
      },
      LONG,
    );

    test(
      "of which somebody tells by hand, with amtool: a critical one, by the template with labels",
      async () => {
        await addAlert(alerting.alertmanagerUrl, {
          name: "RedisMaxmemoryReached",
          labels: { instance: redis.carts.url, severity: "critical" },
          annotations: { summary: "A test" },
        });
        const incident = await heard("carts", { class: "redis_memory", times: 2 });
        expect(incident).toMatchObject({ runbook: "redis-memory", severity: "critical" });
        await expectOneThread("carts", incident);
        expect(await posted(/RedisMaxmemoryReached/)).toMatch(/severity: `critical`/);
      },
      LONG,
    );

    test(
      "what is not about memory is told as well, and opens nothing",
      async () => {
        await addAlert(alerting.alertmanagerUrl, { name: "DiskFillsUp", labels: { instance: redis.carts.url, severity: "warning" } });
        await posted(/DiskFillsUp/);
        await seen("webhook and post to have been judged", async () => {
          const lines = (await scene.oomph().log()).split("\n");
          const isByWebhook = lines.some(
            (line) => line.includes("alerts of a sender are not about memory") && line.includes("DiskFillsUp"),
          );
          return isByWebhook && lines.some((line) => line.includes("a post is not about memory"));
        });
        expect([...incidentsOf(scene, "carts"), ...incidentsOf(scene, "sessions")]).toHaveLength(2);
      },
      LONG,
    );
  });

  describe.skipIf(daemon.kind === "absent")(`a container of Docker's${daemon.kind === "absent" ? ` (${daemon.because})` : ""}`, () => {
    test(
      "near its limit, and then killed: one incident, which got worse",
      async () => {
        const { name } = await containers.steady({ mib: 48, limitMib: 96 });
        const labels = { instance: "cadvisor:8080", name };
        alerting.gauges.set("container_spec_memory_limit_bytes", labels, 96 * MB);
        alerting.gauges.set("container_memory_working_set_bytes", labels, 90 * MB);
        const near = await heard(name, { class: "memory_high", times: 2 });
        expect(near).toMatchObject({ runbook: "container-memory", severity: "warning" });
        alerting.gauges.set("container_oom_events_total", labels, ({ times }) => Math.min(times, 1));
        const killed = await heard(name, { class: "oom_killed", times: 2 });
        expect(killed).toMatchObject({ id: near.id, severity: "critical" });
        await seen("that it is worse", () => inThread(name).find((one) => /Now critical.*was warning/.test(textOf(one))), WITHIN_MS);
        await expectOneThread(name, killed);
      },
      LONG,
    );
  });

  describe.skipIf(cluster.kind === "absent")(`a cluster${cluster.kind === "absent" ? ` (${cluster.because})` : ""}`, () => {
    test.each(KINDS)(
      "$alert of a pod",
      async ({ alert, class: kind, gauges }) => {
        const name = alert.toLowerCase();
        gauges(alerting.gauges, await podOf(name));
        const incident = await heard(name, { class: kind, times: 2 });
        expect(incident).toMatchObject({ runbook: kind.replaceAll("_", "-") });
        await expectOneThread(name, incident);
      },
      LONG,
    );

    test(
      "of the same Deployment under a new pod name: the same incident; another problem of it: another one, and each thread leads to the other",
      async () => {
        const name = "highmemoryusage";
        const pod = await podOf(name);
        const tell = (alert: string, labels: Place) =>
          addAlert(alerting.alertmanagerUrl, { name: alert, labels: { ...labels, severity: "warning" } });
        await tell("HighMemoryUsage", { ...pod, pod: pod["pod"]?.replace(/\w+$/, "x2x4b") ?? "" }); // as it was called before it was replaced
        const known = await heard(name, { class: "memory_high", times: 2 });
        await tell("HighMemoryUsage", pod);
        const again = await heard(name, { class: "memory_high", times: 4 });
        expect(again).toMatchObject({ id: known.id });
        await seen(
          "the count in its thread",
          () => inThread(name).find((one) => /Reported (?:[4-9]|\d\d+) times/.test(textOf(one))),
          WITHIN_MS,
        );
        await tell("MetricsAuthenticationFailure", pod);
        const others = await seen(
          "another incident of it",
          () => nonEmpty(incidentsOf(scene, name).filter(({ id }) => id !== again.id)),
          WITHIN_MS,
        );
        const linked = (id: string) => scene.said().find((one) => /Open as well/.test(textOf(one)) && textOf(one).includes(id));
        for (const { id } of [again, ...others]) await seen(`the link to ${id}`, () => linked(id), WITHIN_MS);
      },
      LONG,
    );

    test(
      "a pod that the kernel has killed",
      async () => {
        const pod = await killedPod("killed");
        alerting.gauges.set("kube_pod_container_status_last_terminated_reason", { ...pod, reason: "OOMKilled" }, 1);
        alerting.gauges.set("kube_pod_container_status_restarts_total", pod, ({ times }) => Math.min(times, 1));
        const incident = await heard("killed", { class: "oom_killed", times: 2 });
        expect(incident).toMatchObject({ runbook: "workload-memory", severity: "critical" });
        await expectOneThread("killed", incident);
      },
      LONG,
    );

    test(
      "a pod that restarts again and again, which is about memory because of how it ended",
      async () => {
        const pod = await killedPod("restarted");
        alerting.gauges.set("kube_pod_container_status_restarts_total", pod, ({ times }) => times * 3);
        const incident = await heard("restarted", { class: "container_restarts", times: 2 });
        expect(incident).toMatchObject({ runbook: "container-restarts" });
        await expectOneThread("restarted", incident);
      },
      LONG,
    );

    test(
      "a node, by its exporter's address and by its name",
      async () => {
        const node = (await kubectl(["get", "nodes", "-o", "jsonpath={.items[0].metadata.name}"])).trim();
        const address = (
          await kubectl(["get", "node", node, "-o", "jsonpath={.status.addresses[?(@.type=='InternalIP')].address}"])
        ).trim();
        const instance = { instance: `${address}:9100` };
        alerting.gauges.set("node_memory_MemTotal_bytes", instance, 8000 * MB);
        alerting.gauges.set("node_memory_MemAvailable_bytes", instance, 300 * MB);
        const incident = await heard(node, { class: "node_memory_high", times: 2 });
        expect(incident).toMatchObject({ runbook: "node-memory", severity: "warning" });
        alerting.gauges.set("kube_node_status_condition", { node, condition: "MemoryPressure", status: "true" }, 1);
        expect(await heard(node, { class: "node_memory_high", times: 4 })).toMatchObject({ id: incident.id, severity: "critical" });
        await expectOneThread(node, incident);
      },
      LONG,
    );
  });

  /** The only incident of this target, once alerts of this class were heard of it so often. */
  function heard(name: string, { class: kind, times }: { readonly class: string; readonly times: number }): Promise<HeardIncident> {
    return seen(
      `an incident of ${name} that has heard of ${kind} ${times} times`,
      () => {
        const [incident, ...others] = incidentsOf(scene, name);
        expect(others).toEqual([]);
        return incident !== undefined && incident.classes.filter((one) => one === kind).length >= times ? incident : undefined;
      },
      WITHIN_MS,
    );
  }

  /** What Oomph says of a target stands in one thread, whichever way it was told first. */
  async function expectOneThread(name: string, { id }: HeardIncident): Promise<void> {
    const rootTs = await seen(`the thread of ${name}`, () => incidentsOf(scene, name)[0]?.rootTs ?? undefined, WITHIN_MS);
    await seen(`words in the thread of ${name}`, () => scene.said().find((one) => threadOf(one) === rootTs), WITHIN_MS);
    const about = scene.said().filter((one) => textOf(one).includes(id));
    const elsewhere = about.filter((one) => threadOf(one) !== rootTs && !/open incident already/.test(textOf(one)));
    expect(elsewhere.map(({ text }) => text)).toEqual([]);
  }

  function inThread(name: string): readonly LabMessage[] {
    const [incident] = incidentsOf(scene, name);
    return scene.said(incident?.channel).filter((one) => threadOf(one) === incident?.rootTs);
  }

  /** What Alertmanager has posted into the channel; resolves with the post. */
  function posted(says: RegExp): Promise<string> {
    return seen(
      `Alertmanager's post that says ${String(says)}`,
      async () =>
        (await scene.slack.messages("alerts")).map((one) => JSON.stringify(one.attachments ?? [])).findLast((one) => says.test(one)),
      WITHIN_MS,
    );
  }

  async function podOf(name: string): Promise<Place> {
    const [pod] = await vi.waitUntil(async () => nonEmpty(await scenes?.pods(name)), LOOKS);
    return { namespace: scenes?.namespace ?? "", pod: pod?.metadata.name ?? "", container: "app" };
  }

  async function killedPod(name: string): Promise<Place> {
    await vi.waitUntil(
      async () =>
        (await scenes?.pods(name))?.some((pod) => pod.status.containerStatuses?.[0]?.lastState?.terminated?.reason === "OOMKilled"),
      LOOKS,
    );
    return podOf(name);
  }
});

function threadOf({ thread_ts: threadTs, ts }: LabMessage): string {
  return threadTs ?? ts;
}

function nonEmpty<One>(list: readonly One[] | undefined): readonly One[] | undefined {
  return list !== undefined && list.length > 0 ? list : undefined;
}

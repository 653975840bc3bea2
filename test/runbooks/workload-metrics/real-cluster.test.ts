import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { findKubernetes, kubectlCreate, nodeForwardsPorts } from "../../../scripts/lab/kubernetes.ts";
import { openClusterScenes, type ClusterScenes } from "../../../scripts/lab/kubernetes-scenes.ts";
import { noteAbsentSystem, noteRealSystem } from "../../../scripts/lab/real-systems.ts";
import { randomIds } from "../../../src/adapters/system/random-ids.ts";
import { systemClock } from "../../../src/adapters/system/system-clock.ts";
import { DEFAULT_THRESHOLDS } from "../../../src/domain/alert-thresholds.ts";
import type { AlertClass } from "../../../src/domain/alert.ts";
import { fittingRunbook } from "../../../src/domain/fitting-runbook.ts";
import { runRunbook } from "../../../src/runbooks/run-runbook.ts";
import { alertRunbooks } from "../../../src/runbooks/workload-memory/alert-runbooks.ts";
import type { WorkloadMemoryDeps } from "../../../src/runbooks/workload-memory/index.ts";
import { workloadMetricsRunbooks } from "../../../src/runbooks/workload-metrics/index.ts";
import { PATIENCE } from "../../support/patience.ts";
import { openClusters } from "../workload-memory/investigating.ts";

const lab = await findKubernetes();
if (lab.kind === "there") noteRealSystem("kubernetes", lab.version);
else noteAbsentSystem("kubernetes", lab.because);

const LONG = { ...PATIENCE, timeout: 180_000, interval: 500 };
const FIRST = "made-up-for-this-test";
const SECOND = "made-up-and-then-changed";

// As middleware of this kind does: 500 while its own credentials are not set, 401 to who has others; an object more with each answer.
const SERVER = `let objects = 500000;
const { METRICS_AUTH_USERNAME: user, METRICS_AUTH_PASSWORD: password } = process.env;
require("http").createServer((request, response) => {
  if (user === undefined || password === undefined) return response.writeHead(500).end("no credentials are configured");
  const given = Buffer.from((request.headers.authorization ?? "").split(" ")[1] ?? "", "base64").toString();
  if (given !== user + ":" + password) return response.writeHead(401).end("who are you?");
  objects += 90;
  response.end("django_python_objects_total{object_type=\\"dict\\"} " + objects + "\\nprocess_resident_memory_bytes 5e7\\n");
}).listen(8000)`;

const KEYS = { userKey: "metrics-auth-username", passwordKey: "metrics-auth-password" };

// Through a port-forward: the API server keeps a password for itself.
const isThere = lab.kind === "there" && nodeForwardsPorts;

describe.skipIf(!isThere)(`metrics of pods of a real cluster${lab.kind === "absent" ? ` (${lab.because})` : ""}`, () => {
  let scenes: ClusterScenes;
  let opened: Awaited<ReturnType<typeof openClusters>>;

  beforeAll(async () => {
    scenes = await openClusterScenes("oomph-metrics");
    opened = await openClusters();
    const command = ["node", "-e", SERVER];
    for (const name of ["backend", "rotated"]) {
      await makeSecret(name, FIRST);
      const variable = (variableName: string, key: string) => ({
        name: variableName,
        valueFrom: { secretKeyRef: { name: `${name}-secret`, key } },
      });
      const env = [variable("METRICS_AUTH_USERNAME", KEYS.userKey), variable("METRICS_AUTH_PASSWORD", KEYS.passwordKey)];
      await scenes.deployment(name, { memory: "idle", limitMib: 256, more: { command, env } });
    }
    await scenes.deployment("bare", { memory: "idle", limitMib: 256, more: { command } });
    await vi.waitFor(async () => {
      const pods = await scenes.pods();
      const ready = pods.filter(({ status }) => status.containerStatuses?.[0]?.ready === true);
      if (ready.length < 3) throw new Error(`expected three pods to be ready, ${ready.length} are`);
    }, LONG);
  }, 600_000);
  afterAll(async () => {
    await opened?.close();
    await scenes?.end();
  }, 120_000);

  async function makeSecret(of: string, password: string): Promise<void> {
    const metadata = { name: `${of}-secret`, namespace: scenes.namespace };
    const stringData = { [KEYS.userKey]: "scraper", [KEYS.passwordKey]: password };
    await kubectlCreate({ apiVersion: "v1", kind: "Secret", metadata, stringData });
  }

  /** What an alert of a class begins with. */
  async function investigate(alertClass: AlertClass, name: string) {
    const deps: WorkloadMemoryDeps = {
      clusters: opened.clusters,
      clock: systemClock,
      logTail: { lines: 100, maxBytes: 2 ** 16 },
      appOf: () => ({
        metrics: { port: 8000, path: "/metrics", gauges: ["django_python_*"], basicAuth: { secret: secretOf(name), ...KEYS } },
      }),
      heapLook: async () => ({ kind: "not-configured" }),
      stepTimeoutMs: 90_000,
    };
    const thresholds = { ...DEFAULT_THRESHOLDS, memory_high: { warningBytes: 2 ** 20, criticalBytes: 2 ** 40, share: 0.99 } };
    const all = [...alertRunbooks(deps, thresholds), ...workloadMetricsRunbooks(deps, thresholds)];
    const runbook = fittingRunbook(all, "workload", alertClass);
    if (runbook === undefined) throw new Error(`no runbook for ${alertClass}`);
    const target = { kind: "workload", connection: "local", resource: "deploy", namespace: scenes.namespace, name } as const;
    const outcome = await runRunbook(runbook, target, { clock: systemClock, ids: randomIds });
    const { finding, claim, summary } = outcome.diagnosis;
    const told = JSON.stringify(outcome);
    expect(told).not.toContain(FIRST);
    expect(told).not.toContain(SECOND);
    return { finding, claim, summary, failures: outcome.kind === "done" ? outcome.failures : [outcome.because] };
  }

  /** Nobody goes inside before the kubelet has told how much room there is, some seconds after it began. */
  function whenRead(alertClass: AlertClass, name: string) {
    return vi.waitFor(async () => {
      const each = await investigate(alertClass, name);
      expect(labelled(each.summary, "Its environment")).not.toMatch(/^not read/);
      return each;
    }, LONG);
  }

  function labelled(summary: Awaited<ReturnType<typeof investigate>>["summary"], wanted: string): string {
    return summary.find(({ label }) => label === wanted)?.value ?? "";
  }

  test("an app that serves who has the credentials is well; its own gauges bear out what is claimed of its objects", async () => {
    const { finding, claim, summary, failures } = await whenRead("metrics_auth", "backend");
    expect(failures).toEqual([]);
    expect(finding.verdict).toBe("healthy");
    expect(claim).toMatchObject({
      holds: "not-borne-out",
      says: expect.stringContaining("answers 200 with the credentials of the Secret"),
    });
    expect(labelled(summary, "Its endpoint")).toMatch(/: 200 with the credentials, 401 without, 401 with wrong ones, 2 samples$/);
    expect(labelled(summary, "Its environment")).toContain(
      "METRICS_AUTH_PASSWORD as in the Secret (***), METRICS_AUTH_USERNAME as in the Secret",
    );
    const objects = await investigate("object_growth", "backend");
    expect(objects.claim).toMatchObject({ holds: "borne-out", says: expect.stringContaining("django_python_objects_total (dict) is ") });
  }, 400_000);

  test("much memory is what the cluster measures of it", async () => {
    const { claim } = await vi.waitFor(async () => {
      const each = await investigate("memory_high", "backend");
      expect(each.claim?.says).toContain("app of backend-"); // kubelets tell of a pod some seconds after it began
      return each;
    }, LONG);
    expect(claim).toMatchObject({ holds: "borne-out", says: expect.stringMatching(/uses [\d.]+ MiB \(\d+% of its limit of 256\.0 MiB\)/) });
  }, 400_000);

  test("one that was never given credentials answers 500 to all, and no restart is advised", async () => {
    const { finding, claim } = await whenRead("metrics_missing", "bare");
    expect(finding).toMatchObject({ verdict: "credentials-missing", advice: [] });
    expect(finding.for.map(({ says }) => says).join("; ")).toContain("answers 500 with the credentials, 500 without");
    expect(claim?.holds).toBe("borne-out");
  }, 400_000);

  test("a Secret that is changed keeps out who has it until the pods start anew; one that is gone is missing", async () => {
    await scenes.kubectl("delete", "secret", "rotated-secret");
    const gone = await investigate("metrics_auth", "rotated");
    expect(gone.finding).toMatchObject({ verdict: "secret-missing", advice: [] });
    await makeSecret("rotated", SECOND);
    const { finding, claim } = await whenRead("metrics_auth", "rotated");
    expect(finding).toMatchObject({ verdict: "secret-changed", advice: [{ actionId: "k8s.rollout-restart" }] });
    expect(finding.for[0]?.says).toMatch(/^METRICS_AUTH_PASSWORD of rotated-\S+ is not what the Secret has$/);
    expect(claim).toMatchObject({ holds: "borne-out", says: expect.stringContaining("answers 401 with the credentials of the Secret") });
  }, 400_000);
});

/** The one that was never given credentials is asked with those of another. */
function secretOf(name: string): string {
  return name === "bare" ? "backend-secret" : `${name}-secret`;
}

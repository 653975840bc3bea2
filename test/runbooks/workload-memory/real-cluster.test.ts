import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { findKubernetes, kubectlCreate, kubectlReplaceRaw, nodeForwardsPorts } from "../../../scripts/lab/kubernetes.ts";
import { GROW_SOON, openClusterScenes, SLEEP, type ClusterScenes } from "../../../scripts/lab/kubernetes-scenes.ts";
import { noteAbsentSystem, noteRealSystem } from "../../../scripts/lab/real-systems.ts";
import { PATIENCE } from "../../support/patience.ts";
import { dataOf, openLab, type Done } from "./investigating.ts";

const lab = await findKubernetes();
if (lab.kind === "there") noteRealSystem("kubernetes", lab.version);
else noteAbsentSystem("kubernetes", lab.because);

const MIB = 2 ** 20;
const LONG = { ...PATIENCE, timeout: 180_000, interval: 250 };
const PASSWORD = "made-up-for-this-test";

// A program that tells of itself to who has the password, and opens a connection more each time it is asked.
const SERVER = `let n = 10;
require("http").createServer((request, response) => {
  if (request.url === "/ready") return response.end("ok");
  const given = Buffer.from((request.headers.authorization ?? "").split(" ")[1] ?? "", "base64").toString();
  if (given !== process.env.METRICS_AUTH) return response.writeHead(401).end("who are you?");
  response.end("# TYPE sse_connections_active gauge\\nsse_connections_active " + (n += 5) + "\\nother 1\\ndjango_memory_rss_bytes{kind=\\"dict\\"} 5e6\\n");
}).listen(8080)`;

describe.skipIf(lab.kind === "absent")(`pods of a real cluster${lab.kind === "absent" ? ` (${lab.because})` : ""}`, () => {
  let scenes: ClusterScenes;
  let oomph: Awaited<ReturnType<typeof openLab>>;

  beforeAll(async () => {
    scenes = await openClusterScenes("oomph-runbook");
    oomph = await openLab();
  }, 600_000);
  afterAll(async () => {
    await oomph?.close();
    await scenes?.end();
  }, 120_000);

  function deploy(name: string, pod?: string) {
    return { resource: "deploy", namespace: scenes.namespace, name, ...(pod === undefined ? {} : { pod }) } as const;
  }

  async function firstPod(name: string): Promise<string> {
    return vi.waitFor(async () => {
      const [pod] = await scenes.pods(name);
      if (pod?.status.containerStatuses?.[0]?.state?.running === undefined) throw new Error(`no pod of ${name} runs yet`);
      return pod.metadata.name;
    }, LONG);
  }

  // No kubelet here can be brought to evict for memory: the object is the API server's own, with the status that one would write.
  test(
    "a pod that its node threw out for memory is named as that",
    async () => {
      await scenes.make("Deployment", "thrown", { containers: [{ script: SLEEP }], more: { schedulerName: "none" } });
      const [thrown] = await vi.waitFor(async () => {
        const pods = await scenes.pods("thrown");
        expect(pods).toHaveLength(1);
        return pods;
      }, LONG);
      const name = thrown?.metadata.name ?? "";
      const message = "The node was low on resource: memory. Container app was using 200Mi, which exceeds its request of 0. ";
      const path = `/api/v1/namespaces/${scenes.namespace}/pods/${name}/status`;
      const pod = JSON.parse(await scenes.kubectl("get", "pod", name, "-o", "json")) as { status: object };
      const evicted = {
        ...pod,
        status: { ...pod.status, phase: "Failed", reason: "Evicted", message, startTime: new Date().toISOString() },
      };
      await kubectlReplaceRaw(path, evicted);
      const { diagnosis } = await oomph.investigate(deploy("thrown"));
      expect(diagnosis.finding.verdict).toBe("evicted");
      expect(diagnosis.finding.for.map(({ says }) => says).join(" ")).toContain("low on resource: memory");
    },
    LONG.timeout * 2,
  );

  test("a container that reached its limit was killed, and the log of that life is read", async () => {
    await scenes.deployment("grows", { script: `echo "fatal error: out of memory"; ${GROW_SOON}`, limitMib: 32, requestMib: 16 });
    await vi.waitFor(async () => {
      const [pod] = await scenes.pods("grows");
      expect(pod?.status.containerStatuses?.[0]?.lastState?.terminated?.reason).toBe("OOMKilled");
    }, LONG);
    const done = await vi.waitFor(async () => {
      const each = await oomph.investigate(deploy("grows"));
      // Between two lives the log of the one before may be away.
      expect(dataOf(each, "logs")).toMatchObject({
        logs: expect.arrayContaining([expect.objectContaining({ previous: true, container: "app" })]),
      });
      return each;
    }, LONG);
    expect(done.diagnosis.kills?.says).toContain("grows-");
    expect(dataOf(done, "pods")).toMatchObject({
      total: 1,
      pods: [{ containers: [{ name: "app", limitBytes: 32 * MIB, lastState: { reason: "OOMKilled" } }] }],
    });
    expect(JSON.stringify(dataOf(done, "rollout"))).toContain('"revision":1');
    expect(dataOf(done, "node")).toMatchObject({ nodes: [{ facts: { unschedulable: false } }] });
    expect(labels(done)).toContain("Pod");
    expect(verdicts(done)).toContain("cgroup-limit-kill");
  }, 400_000);

  test("a container that ends by itself was not", async () => {
    await scenes.deployment("crashes", { script: "echo boom; exit 3", limitMib: 32 });
    await vi.waitFor(async () => {
      const [pod] = await scenes.pods("crashes");
      expect(pod?.status.containerStatuses?.[0]?.restartCount).toBeGreaterThan(1);
    }, LONG);
    const done = await oomph.investigate(deploy("crashes"));
    expect(done.diagnosis.finding.verdict).toBe("crashed-otherwise");
    expect(done.diagnosis.kills).toBeUndefined();
  }, 400_000);

  test("one with room is healthy; inside are its processes, its cgroup and its settings, and its secrets stay there", async () => {
    await scenes.deployment(
      "calm",
      { script: SLEEP, limitMib: 128, requestMib: 64, env: { WEB_CONCURRENCY: 3, DATABASE_PASSWORD: PASSWORD } },
      2,
    );
    await vi.waitFor(
      async () => expect((await scenes.pods("calm")).filter(({ status }) => status.containerStatuses?.[0]?.ready === true)).toHaveLength(2),
      LONG,
    );
    const done = await vi.waitFor(async () => {
      const each = await oomph.investigate(deploy("calm"));
      expect(each.diagnosis.finding.verdict).toBe("healthy");
      // Kubelets tell of a pod some seconds after it began.
      expect(dataOf(each, "usage")).toMatchObject({ containers: [{ container: "app" }, { container: "app" }] });
      expect(dataOf(each, "census")).toBeDefined();
      return each;
    }, LONG);
    expect(dataOf(done, "census")).toMatchObject({ container: "app", census: { readFrom: "inside", processes: 1 } });
    expect(dataOf(done, "cgroup")).toMatchObject({ cgroup: { limitBytes: 128 * MIB } });
    expect(dataOf(done, "environment")).toMatchObject({
      containers: [
        { container: "app", settings: { settings: [{ name: "WEB_CONCURRENCY", value: "3" }], otherNames: ["DATABASE_PASSWORD"] } },
      ],
    });
    expect(dataOf(done, "health")).toEqual({ kind: "not-configured" });
    expect(JSON.stringify(done)).not.toContain(PASSWORD);
    const gone = await oomph.investigate(deploy("calm", "calm-0123abcdef-x2x4b"));
    expect(gone.diagnosis.finding.verdict).toBe("not-found");
    expect(gone.diagnosis.finding.headline).toContain("no longer there");
    expect(dataOf(gone, "pods")).toMatchObject({ pod: "calm-0123abcdef-x2x4b", total: 2 });
  }, 600_000);

  test("of a lone pod that is gone its events are left, and of what was never there nothing is made up", async () => {
    await scenes.pod("lone", { script: "exit 0", limitMib: 32 });
    await vi.waitFor(async () => expect((await scenes.pods("lone"))[0]?.status.phase).toBe("Succeeded"), LONG);
    await scenes.kubectl("delete", "pod", "lone", "--force", "--grace-period=0");
    const done = await vi.waitFor(async () => {
      const each = await oomph.investigate({ resource: "pod", namespace: scenes.namespace, name: "lone" });
      expect(JSON.stringify(dataOf(each, "events"))).toContain('"reason":"Started"'); // told a little later
      return each;
    }, LONG);
    expect(done.diagnosis.finding.verdict).toBe("not-found");
    const never = await oomph.run(deploy("never"));
    expect(never).toMatchObject({ kind: "unreachable", code: "not-found", diagnosis: { finding: { verdict: "not-found" } } });
  }, 400_000);

  test("what may not be read is a gap that names verb and resource, and the rest goes on", async () => {
    await scenes.deployment("guarded", { script: SLEEP, limitMib: 64 });
    const pod = await firstPod("guarded");
    const user = `oomph-${randomBytes(4).toString("hex")}`;
    await allow(user, [{ apiGroups: [""], resources: ["pods", "events"], verbs: ["get", "list"] }]);
    const little = await openLab(user);
    try {
      const done = await little.investigate(deploy("guarded"));
      expect(dataOf(done, "pods")).toMatchObject({ pods: [{ name: pod }], total: 1 });
      const failures = new Map(done.failures.map(({ step, code, because }) => [step, `${code}: ${because}`]));
      expect(failures.get("k8s.rollout")).toMatch(/^no-rights: .*get deployments\.apps in namespace/);
      expect(failures.get("k8s.logs")).toMatch(/^no-rights: .*get pods\/log/);
      expect(failures.get("k8s.node")).toMatch(/^no-rights: .*get nodes/);
      expect(failures.get("k8s.census")).toMatch(/^(no-rights|refused): /);
      expect(done.diagnosis.furtherSteps.join(" ")).toContain("pods/log");
    } finally {
      await little.close();
    }
  }, 400_000);

  // Through a port-forward: the API server keeps a password for itself.
  test.runIf(nodeForwardsPorts)(
    "a program tells of itself to who has the password, and how its gauges move",
    async () => {
      await kubectlCreate({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "metrics", namespace: scenes.namespace },
        stringData: { username: "scraper", password: PASSWORD },
      });
      const container = { memory: "idle", env: { METRICS_AUTH: `scraper:${PASSWORD}` }, more: { command: ["node", "-e", SERVER] } };
      await scenes.deployment("tells", container);
      await firstPod("tells");
      const basicAuth = { secret: "metrics", userKey: "username", passwordKey: "password" };
      const app = {
        metrics: { port: 8080, path: "/metrics", gauges: ["sse_connections_active", "django_*"], basicAuth },
        ready: { port: 8080, path: "/ready" },
      };
      const done = await vi.waitFor(async () => {
        const each = await oomph.investigate(deploy("tells"), { appOf: () => app });
        expect(dataOf(each, "health")).toMatchObject({ answer: { kind: "answered", status: 200 } });
        expect(dataOf(each, "metrics")).toMatchObject({ endpoints: [{}] });
        return each;
      }, LONG);
      expect(dataOf(done, "metrics")).toMatchObject({
        endpoints: [
          {
            path: ":8080/metrics",
            truncated: false,
            gauges: [
              { name: "sse_connections_active", labels: {} },
              { name: "django_memory_rss_bytes", labels: { kind: "dict" }, first: 5_000_000, last: 5_000_000 },
            ],
          },
        ],
      });
      const [{ first, last }] = (dataOf(done, "metrics") as Gauges).endpoints[0]?.gauges ?? [{ first: 0, last: 0 }];
      expect(last - first).toBeGreaterThanOrEqual(5);
      expect((dataOf(done, "authentication") as Checks).checks.map(({ got, holds }) => [got, holds])).toEqual([
        ["both are set (***)", true],
        ["200", true],
        ["401", true],
        ["401", true],
        ["all are exported", true],
      ]);
      expect(JSON.stringify(done)).not.toContain(PASSWORD);
    },
    400_000,
  );

  async function allow(user: string, rules: readonly object[]): Promise<void> {
    const metadata = { name: user, namespace: scenes.namespace };
    await kubectlCreate({ apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata, rules });
    await kubectlCreate({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: user },
      subjects: [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name: user }],
    });
  }
});

type Gauges = { readonly endpoints: readonly { readonly gauges: readonly [{ readonly first: number; readonly last: number }] }[] };
type Checks = { readonly checks: readonly { readonly got: string; readonly holds: boolean }[] };

function verdicts({ diagnosis }: Done): readonly string[] {
  return [diagnosis.finding, ...diagnosis.hypotheses].map(({ verdict }) => verdict);
}

function labels({ diagnosis }: Done): readonly string[] {
  return diagnosis.summary.map(({ label }) => label);
}

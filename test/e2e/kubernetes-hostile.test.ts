import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findKubernetes, kubectlCreate } from "../../scripts/lab/kubernetes.ts";
import { openClusterScenes, SLEEP, type ClusterScenes } from "../../scripts/lab/kubernetes-scenes.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import { startClusterGate, type AskedOfCluster, type ClusterGate, type Meeting } from "./support/cluster-gate.ts";
import { ask, outcome, QUICK, seen, setScene, type Scene } from "./support/scene.ts";

const cluster = await findKubernetes();
if (cluster.kind === "there") noteRealSystem("kubernetes", cluster.version);
else noteAbsentSystem("kubernetes", cluster.because);

const WITHIN_MS = 240_000;
// Made up; each stands in one place of a workload, and nowhere else.
const SECRETS = {
  environment: "Zebra-env-91x",
  url: "Zebra-url-92x",
  argument: "Zebra-arg-93x",
  log: "Zebra-log-94x",
  event: "Zebra-evt-96x",
  applied: "Zebra-app-97x",
  cause: "Zebra-cau-98x",
  before: "Zebra-bef-90x",
};
// Mentions and links that Slack would follow, and characters that turn or hide text.
const HOSTILE = "<!channel> <@U0HOSTILE> <https://evil.invalid|login> \u202eRTL\u200b\u0007";
const ACTIVE = ["<!channel>", "<@U0HOSTILE>", "<https://evil", "\u202e", "\\u202e", "\\u0007"];

// The process as it ships, in front of a real cluster that it is kept from or that holds what nobody should read.
describe.skipIf(cluster.kind === "absent")(`a cluster that means ill${cluster.kind === "absent" ? ` (${cluster.because})` : ""}`, () => {
  let scenes: ClusterScenes;
  let scene: Scene;
  let gate: ClusterGate;
  let followed = 0;
  const canary = createServer((socket) => {
    followed += 1;
    socket.destroy();
  });

  beforeAll(async () => {
    canary.listen(0, "127.0.0.1");
    await once(canary, "listening");
    scenes = await openClusterScenes("oomph-hostile");
    scene = await setScene({
      slack: { users: ["requester", "approver"], channels: ["alerts", "incidents"] },
      started: false,
      settings: (slack) => ({
        connections: {},
        access: { approvers: [slack.id("approver")], requesters: [slack.id("requester")] },
      }),
    });
    gate = await startClusterGate(scene);
    await Promise.all(["reached", "cut"].map((name) => scenes.deployment(name, { script: SLEEP, limitMib: 64 })));
    await makeEvil();
    await scene.start({
      sections: { ...QUICK, kubernetes: { connections: { local: { kubeconfig: [gate.kubeconfig], namespaces: [scenes.namespace] } } } },
    });
  }, WITHIN_MS);

  afterAll(async () => {
    await scene?.stop();
    await scenes?.end();
    canary.close();
  }, WITHIN_MS);

  /** It is killed for want of memory again and again, and says a lot meanwhile. */
  async function makeEvil(): Promise<void> {
    const { port } = canary.address() as AddressInfo;
    const says = [`${HOSTILE} password=${SECRETS.log}`, `{"token":"${SECRETS.log}"}`, `fatal: secret=${SECRETS.log}`];
    await scenes.make("Deployment", "evil", {
      containers: [
        {
          limitMib: 24,
          more: {
            command: ["sh", "-c", `printf '%s\\n' '${says.join("' '")}'; sleep 2; exec tail /dev/zero`, `--password=${SECRETS.argument}`],
            env: [{ name: "API_TOKEN", value: SECRETS.before }],
            terminationMessagePolicy: "FallbackToLogsOnError",
          },
        },
        { name: "server", memory: "idle", limitMib: 96, more: { command: ["node", "-e", redirecting(port)] } },
      ],
      workload: { replicas: 1 },
    });
    const env = [
      { name: "DB_PASSWORD", value: SECRETS.environment },
      { name: "CACHE_URL", value: `redis://user:${SECRETS.url}@cache:6379/0` },
      { name: "WORKERS", value: `2 ${HOSTILE}` },
    ];
    const applied = JSON.stringify({ env: [{ name: "PASSWORD", value: SECRETS.applied }] });
    const scraped = { "prometheus.io/scrape": "true", "prometheus.io/port": "8080", "prometheus.io/path": "/../../metrics" };
    const patch = {
      metadata: {
        annotations: {
          "kubectl.kubernetes.io/last-applied-configuration": applied,
          "kubernetes.io/change-cause": `kubectl set env deploy/evil --password=${SECRETS.cause} ${HOSTILE}`,
          large: "A".repeat(90_000),
        },
      },
      spec: { template: { metadata: { annotations: { note: HOSTILE, ...scraped } }, spec: { containers: [{ name: "app", env }] } } },
    };
    await scenes.kubectl("patch", "deploy/evil", "-p", JSON.stringify(patch));
    const uid = await scenes.kubectl("get", "deploy/evil", "-o", "jsonpath={.metadata.uid}");
    const at = new Date().toISOString().replace(/\.\d+/, "");
    await kubectlCreate({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: "evil", namespace: scenes.namespace },
      involvedObject: { kind: "Deployment", namespace: scenes.namespace, name: "evil", uid },
      type: "Warning",
      reason: "BackOff",
      message: `${HOSTILE} password=${SECRETS.event}`,
      firstTimestamp: at,
      lastTimestamp: at,
    });
  }

  /** All that is kept or was said, by where. */
  async function everything(): Promise<ReadonlyMap<string, string>> {
    const files = (await readdir(scene.directory)).filter((name) => name.includes("sqlite"));
    const stored = files.map(async (name) => [name, await readFile(join(scene.directory, name), "utf8")] as const);
    return new Map([...(await Promise.all(stored)), ["log", await scene.oomph().log()], ["slack", JSON.stringify(scene.slack.calls())]]);
  }

  test(
    "killed before the change got through, and after it without an answer, it is done once at the most, and its end is the truth",
    async () => {
      const names = ["reached", "cut"] as const;
      const met = new Set<string>();
      const how = { reached: "unanswered", cut: "held" } as const satisfies Record<string, Meeting>;
      for (const name of names) {
        const command = `k8s.rollout-restart deploy/${scenes.namespace}/${name}`;
        const card = await ask(scene, { user: "requester", channel: "incidents" }, command);
        gate.meet((asked) => {
          const named = names.find((one) => isChangeOf(asked, one));
          if (named !== undefined) met.add(named);
          return named && how[named];
        });
        await scene.people().click("approver", card, "request_approve");
        await seen(`the change of ${name}`, () => met.has(name) || undefined, WITHIN_MS);
      }
      await scene.kill();
      gate.meet(() => undefined);
      await scene.start();
      await outcome(scene, "incidents", { says: /Failed: Restart all pods.*cut is as it was/s, withinMs: WITHIN_MS });
      await outcome(scene, "incidents", { says: /Done, and it helped: Restart all pods.*\/reached/s, withinMs: WITHIN_MS });
      expect(gate.changes().toSorted()).toEqual(names.map((name) => changeOf(scenes.namespace, name)).toSorted());
    },
    3 * WITHIN_MS,
  );

  test(
    "what is secret in a workload, and what is markup, reaches neither Slack nor the store nor the log",
    async () => {
      const target = `deploy/${scenes.namespace}/evil`;
      await scene.people().command("requester", "incidents", `/oom investigate ${target}`);
      const summary = new RegExp(`${target}.*Evidence Summary`, "s");
      await outcome(scene, "incidents", { says: summary, withinMs: WITHIN_MS });
      await ask(scene, { user: "requester", channel: "incidents" }, `k8s.rollout-undo ${target}`);
      await ask(scene, { user: "requester", channel: "incidents" }, `k8s.set-memory ${target} --limit 32Mi --container app`);
      const all = await everything();
      const found = [...all].flatMap(([where, text]) =>
        Object.entries(SECRETS).flatMap(([name, secret]) => (text.includes(secret) ? [`${name} in ${where}`] : [])),
      );
      expect(found).toEqual([]);
      expect([...all.values()].join("")).toContain("DB_PASSWORD"); // it was looked at
      const said = JSON.stringify(scene.said());
      expect(ACTIVE.filter((text) => said.includes(text))).toEqual([]);
      expect(said).toContain("&lt;!channel&gt;");
      expect(followed).toBe(0);
    },
    2 * WITHIN_MS,
  );
});

/** Metrics that send whoever asks elsewhere. */
function redirecting(port: number): string {
  return `require("node:http").createServer((_, to) => to.writeHead(302, { location: "http://127.0.0.1:${port}/" }).end()).listen(8080)`;
}

function isChangeOf({ method, path, query }: AskedOfCluster, name: string): boolean {
  return method === "PATCH" && path.endsWith(`/deployments/${name}`) && !query.has("dryRun");
}

function changeOf(namespace: string, name: string): string {
  return `PATCH /apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
}

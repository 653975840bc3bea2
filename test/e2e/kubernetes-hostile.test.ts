import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findKubernetes, kubectlCreate } from "../../scripts/lab/kubernetes.ts";
import { openClusterScenes, SLEEP, type ClusterScenes } from "../../scripts/lab/kubernetes-scenes.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import type { LabMessage } from "../../scripts/lab/slack/index.ts";
import { auditOf } from "./support/audit.ts";
import { expectSaid } from "./support/containers.ts";
import { startClusterGate, type AskedOfCluster, type ClusterGate, type Meeting } from "./support/cluster-gate.ts";
import { ask, has, outcome, QUICK_AFTER_KILL, requestIdOf, seen, setScene, textOf, type Scene } from "./support/scene.ts";

const cluster = await findKubernetes();
if (cluster.kind === "there") noteRealSystem("kubernetes", cluster.version);
else noteAbsentSystem("kubernetes", cluster.because);

const WITHIN_MS = 240_000;
const APPROVERS = ["approver", "second", "third", "fourth", "fifth"];
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
      slack: { users: ["requester", ...APPROVERS, "bystander"], channels: ["alerts", "incidents", "clicks", "between", "away", "rights"] },
      started: false,
      settings: (slack) => {
        const approvers = APPROVERS.map((name) => slack.id(name));
        const policies = [
          { name: "guarded", targets: [`deploy/${scenes.namespace}/guarded`], approvers: [slack.id("second")] },
          { name: "all", approvers },
        ];
        return { connections: {}, access: { requesters: [slack.id("requester")], policies } };
      },
    });
    gate = await startClusterGate(scene);
    await Promise.all(
      ["reached", "cut", "clicked", "kept", "away", "guarded"].map((name) => scenes.deployment(name, { script: SLEEP, limitMib: 64 })),
    );
    await makeEvil();
    await scene.start({
      sections: {
        ...QUICK_AFTER_KILL,
        kubernetes: { connections: { local: { kubeconfig: [gate.kubeconfig], namespaces: [scenes.namespace] } } },
      },
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
    "of ten clicks by five people on two plans for one workload each change is made once, one after the other",
    async () => {
      const target = `deploy/${scenes.namespace}/clicked`;
      const asked = { user: "requester", channel: "clicks" };
      const both = [
        await ask(scene, asked, `k8s.set-memory ${target} --limit 80Mi`),
        await ask(scene, asked, `k8s.set-environment ${target} --set TUNED=8`),
      ];
      const pressAll = (card: LabMessage) => APPROVERS.map((user) => scene.people().click(user, card, "request_approve"));
      await Promise.all(both.flatMap(pressAll));
      await expectSaid(scene, "clicks", /Done, and it helped: Set memory limit/);
      // A click that came while the first change was under way was told so and did not count; one that counted does so once.
      await Promise.all(both.flatMap(pressAll));
      await expectSaid(scene, "clicks", /Done, and it helped: Set environment/);
      const change = changeOf(scenes.namespace, "clicked");
      expect(gate.changes().filter((one) => one === change)).toEqual([change, change]);
      const container = "{.spec.template.spec.containers[0].resources.limits.memory} {.spec.template.spec.containers[0].env[*].name}";
      expect(await scenes.kubectl("get", "deploy/clicked", "-o", `jsonpath=${container}`)).toBe("80Mi TUNED");
      for (const card of both) expect(auditOf(scene, requestIdOf(card)).filter((kind) => kind === "decision-approved")).toHaveLength(1);
    },
    2 * WITHIN_MS,
  );

  test(
    "an autoscaler, a disruption budget, a GitOps controller that came after the plan: what it forbids is not done, the rest is told",
    async () => {
      const target = `deploy/${scenes.namespace}/kept`;
      const asked = { user: "requester", channel: "between" };
      const [pod] = await scenes.pods("kept");
      const [scaled, deleted, tuned] = [
        await ask(scene, asked, `k8s.scale ${target} --replicas 2`),
        await ask(scene, asked, `k8s.delete-pod ${target}/${pod?.metadata.name}`),
        await ask(scene, asked, `k8s.set-environment ${target} --set TUNED=8`),
      ];
      await scenes.kubectl("autoscale", "deploy/kept", "--min=1", "--max=3", "--cpu-percent=80");
      const version = (await scenes.kubectl("api-versions")).split("\n").includes("policy/v1") ? "policy/v1" : "policy/v1beta1";
      await kubectlCreate({
        apiVersion: version,
        kind: "PodDisruptionBudget",
        metadata: { name: "kept", namespace: scenes.namespace },
        spec: { minAvailable: 1, selector: { matchLabels: { app: "kept" } } },
      });
      await scenes.kubectl("label", "deploy/kept", "argocd.argoproj.io/instance=shop");
      await approved(scaled, /Failed: Change number of pods.*the autoscaler kept sets the replicas/s);
      await approved(deleted, /Failed: Delete pod.*disruption budget/s);
      expect((await scenes.pods("kept")).map(({ metadata }) => metadata.name)).toEqual([pod?.metadata.name]);
      await approved(
        tuned,
        /Done, and it helped: Set environment.*Not so yet when it was put to approval.*application shop. looks after it/s,
      );
      expect(gate.changes().filter((change) => change.includes("/kept"))).toEqual([changeOf(scenes.namespace, "kept")]);
    },
    3 * WITHIN_MS,
  );

  test(
    "an API server that goes away after the change and again while it is verified: it is waited for, and nothing is done twice",
    async () => {
      const target = `deploy/${scenes.namespace}/away`;
      const card = await ask(scene, { user: "requester", channel: "away" }, `k8s.rollout-restart ${target}`);
      const cut = { afterwards: 0, verifying: 0 };
      let isDone = false;
      gate.meet((asked) => {
        if (isChangeOf(asked, "away")) isDone = true;
        else if (isDone && asked.path.endsWith("/deployments/away")) {
          const isVerifying = saysOf(card).includes("checking whether it helped");
          const when = isVerifying ? "verifying" : "afterwards";
          if (cut[when] < 2) {
            cut[when] += 1;
            return "cut";
          }
        }
        return undefined;
      });
      await scene.people().click("approver", card, "request_approve");
      await outcome(scene, "away", { says: /Done, and it helped: Restart all pods/, withinMs: WITHIN_MS });
      gate.meet(() => undefined);
      expect(cut).toEqual({ afterwards: 2, verifying: 2 });
      expect(gate.changes().filter((change) => change === changeOf(scenes.namespace, "away"))).toHaveLength(1);
    },
    2 * WITHIN_MS,
  );

  test(
    "who may not ask is refused for workloads and ways back too, and a pod is under the policy of what makes it",
    async () => {
      const target = `deploy/${scenes.namespace}/guarded`;
      const [pod] = await scenes.pods("guarded");
      await scene.people().command("bystander", "rights", `/oom run k8s.rollout-restart ${target}`);
      await seen("the refusal", () => scene.toldOnly("bystander").find((text) => /may not/.test(text)));
      const done = await seen("a way back", () => scene.said("clicks").find((one) => has(one, "offer_ask")));
      await scene.people().click("bystander", done, "offer_ask");
      await seen("another refusal", () => scene.toldOnly("bystander").filter((text) => /may not/.test(text)).length === 2 || undefined);
      const card = await ask(
        scene,
        { user: "requester", channel: "rights" },
        `k8s.delete-pod pod/${scenes.namespace}/${pod?.metadata.name}`,
      );
      await scene.people().click("approver", card, "request_approve");
      await seen("the refusal of who is no approver here", () =>
        scene.toldOnly("approver").find((text) => /not an approver under policy "guarded"/.test(text)),
      );
      await scene.people().click("second", card, "request_approve");
      await outcome(scene, "rights", { says: /Done, and it helped: Delete pod/, withinMs: WITHIN_MS });
      expect(gate.changes().filter((change) => change.includes("/guarded"))).toEqual([
        `POST /api/v1/namespaces/${scenes.namespace}/pods/${pod?.metadata.name}/eviction`,
      ]);
    },
    2 * WITHIN_MS,
  );

  async function approved(card: LabMessage, says: RegExp): Promise<void> {
    await scene.people().click("approver", card, "request_approve");
    await outcome(scene, "between", { says, withinMs: WITHIN_MS });
  }

  /** As it reads now. */
  function saysOf(card: LabMessage): string {
    return textOf(scene.said("away").find(({ ts }) => ts === card.ts) ?? card);
  }

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

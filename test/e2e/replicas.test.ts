import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findKubernetes } from "../../scripts/lab/kubernetes.ts";
import { openClusterScenes, SLEEP, type ClusterScenes } from "../../scripts/lab/kubernetes-scenes.ts";
import { startOomph, type OomphLab, type OomphLabOptions } from "../../scripts/lab/oomph.ts";
import { startPostgres, type PostgresLab } from "../../scripts/lab/postgres.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import type { RedisLab } from "../../scripts/lab/redis.ts";
import { createSlackClient, type SlackClient } from "../../scripts/lab/slack/index.ts";
import { startClusterGate, type ClusterGate } from "./support/cluster-gate.ts";
import { approve, ask, callsOf, outcome, QUICK_AFTER_KILL, seen, setScene, startTarget, textOf, type Scene } from "./support/scene.ts";

// Two processes, one PostgreSQL, one Redis for the queue. The second one is the scene's.
const NAMES = ["shared", "killed", "away"] as const;
type Name = (typeof NAMES)[number];
const WITHIN_MS = 240_000;
const ENDED = /A human must look: Delete.*keys had been deleted by then/s;

const targets = new Map<Name, RedisLab>();
let scene: Scene;
let postgres: PostgresLab;
let first: OomphLab;
let toFirst: SlackClient;
let scenes: ClusterScenes | undefined;
/** Each of the two has a way of its own to the cluster. */
let gates: readonly ClusterGate[] = [];
let startFirst: () => Promise<OomphLab>;

const cluster = await findKubernetes();
if (cluster.kind === "there") noteRealSystem("kubernetes", cluster.version);
else noteAbsentSystem("kubernetes", cluster.because);

beforeAll(async () => {
  postgres = await startPostgres();
  const connections: Record<string, { url: string }> = {};
  let shared: OomphLabOptions | undefined;
  scene = await setScene({
    slack: { channels: ["alerts", "incidents", "workload", ...NAMES] },
    started: false,
    settings(slack, queue) {
      const access = { approvers: [slack.id("approver")] };
      const sections = { ...QUICK_AFTER_KILL, jobs: { ...QUICK_AFTER_KILL.jobs, drain: "1s" } };
      shared = { slack, queueUrl: queue.url, connections, access, sections, databaseUrl: postgres.url };
      return shared;
    },
  });
  scene.atEnd(() => postgres.stop());
  for (const name of NAMES) {
    const target = await startTarget(scene, 4_000);
    targets.set(name, target);
    connections[name] = { url: target.url };
  }
  const given = shared;
  if (given === undefined) throw new Error("Expected the scene to have been given its settings.");
  if (cluster.kind === "there") {
    scenes = await openClusterScenes("oomph-replicas");
    scene.atEnd(async () => scenes?.end());
    await scenes.deployment("web", { script: SLEEP, limitMib: 64 });
    gates = [await startClusterGate(scene, "first"), await startClusterGate(scene, "second")];
  }
  const through = (gate: ClusterGate | undefined) => {
    if (gate === undefined) return given.sections ?? {};
    const local = { kubeconfig: [gate.kubeconfig], namespaces: [scenes?.namespace] };
    return { ...given.sections, kubernetes: { connections: { local } } };
  };
  const directory = await mkdtemp(join(tmpdir(), "oomph-e2e-first-"));
  scene.atEnd(() => rm(directory, { recursive: true, force: true }));
  startFirst = () => startOomph({ ...given, directory, sections: through(gates[0]) });
  first = await startFirst();
  scene.atEnd(() => first.kill());
  await scene.start({ sections: through(gates[1]) });
  toFirst = createSlackClient({ slack: scene.slack, url: first.eventsUrl });
  scene.atEnd(async () => toFirst.close());
});

afterAll(() => scene.stop());

test("the same alert delivered to both at once is one incident with one thread", async () => {
  const post = await toFirst.postAsBot("alerts", { text: "RedisOutOfMemory instance: shared" });
  const again = await Promise.all([scene.people().again(post), toFirst.again(post), scene.people().again(post)]);
  expect(again.map(({ status }) => status)).toEqual([200, 200, 200]);
  await seen("its thread", () => scene.said("alerts").find(({ thread_ts }) => thread_ts === post.message.ts));
  // Another post about the same, to the other one: it joins.
  await scene.people().postAsBot("alerts", { text: "RedisOutOfMemory instance: shared, again" });
  await outcome(scene, "alerts", /Found out in/);
  await outcome(scene, "alerts", /^Looked at: /);
  const said = scene.said("alerts");
  expect(said.filter(({ text }) => text.startsWith("Looked at"))).toHaveLength(1);
  expect(said.filter((one) => textOf(one).includes("Found out in"))).toHaveLength(1);
  expect(said.filter(({ thread_ts }) => thread_ts === post.message.ts).length).toBeGreaterThanOrEqual(2);
});

test("clicks that come in at both count once", async () => {
  const card = await ask(scene, { user: "responder", channel: "alerts" }, "set-maxmemory redis/shared --maxmemory 1gb");
  await Promise.all([toFirst.click("approver", card, "request_approve"), scene.people().click("approver", card, "request_approve")]);
  await seen("the outcome", () => scene.said().find((one) => /Done, (and it helped|but it did not help): Set memory/.test(textOf(one))));
  expect(await callsOf(at("shared"), "config\\|set")).toBe(1);
});

test.skipIf(cluster.kind === "absent")(
  "a change of a workload that is asked for again and again and clicked at both, by one that is killed once it is done, is made once",
  async () => {
    const target = `deploy/${scenes?.namespace}/web`;
    const asked = { user: "responder", channel: "workload" };
    const command = `k8s.set-memory ${target} --limit 80Mi`;
    const cards = [await ask(scene, asked, command), await ask(scene, asked, command)]; // the second takes the place of the first
    let executing: number | undefined;
    for (const [at, gate] of gates.entries())
      gate.meet(({ method, path, query }) => {
        if (method !== "PATCH" || !path.endsWith("/deployments/web") || query.has("dryRun")) return undefined;
        executing = at;
        return "unanswered";
      });
    const both = [toFirst, scene.people()];
    await Promise.all(cards.flatMap((card) => both.map((people) => people.click("approver", card, "request_approve"))));
    const limit = () => scenes?.kubectl("get", "deploy/web", "-o", "jsonpath={.spec.template.spec.containers[0].resources.limits.memory}");
    await seen("the change", async () => (await limit()) === "80Mi" || undefined, WITHIN_MS);
    // It is under way for as long as nobody has heard of its end.
    await both[executing === 0 ? 1 : 0]?.command("responder", "workload", `/oom run ${command}`);
    await seen("that there is nothing left to do", () =>
      scene.toldOnly("responder").find((text) => /already: there is nothing/.test(text)),
    );
    for (const gate of gates) gate.meet(() => undefined);
    await (executing === 0 ? first.kill() : scene.kill());
    await outcome(scene, "workload", { says: /Done, and it helped: Set memory limit/, withinMs: WITHIN_MS });
    expect(gates.flatMap((gate) => gate.changes())).toEqual([`PATCH /apis/apps/v1/namespaces/${scenes?.namespace}/deployments/web`]);
    if (executing !== 0) return scene.start();
    first = await startFirst();
  },
  2 * WITHIN_MS,
);

test("PostgreSQL stops and comes back: what is asked meanwhile is refused in words, and afterwards all works", async () => {
  const card = await ask(scene, { user: "responder", channel: "away" }, "flush-db redis/away/0");
  await postgres.shutDown();
  await scene.people().command("responder", "away", "/oom incidents");
  await seen("the refusal", () => scene.toldOnly("responder").find((text) => /PostgreSQL|database|store/i.test(text)));
  await seen("both to say that they are not ready", async () => {
    const ready = await Promise.all([first, scene.oomph()].map(({ url }) => fetch(`${url}/readyz`)));
    return ready.every(({ status }) => status === 503) ? true : undefined;
  });
  expect(await callsOf(at("away"), "flushdb")).toBe(0);
  await postgres.restart();
  await seen("it to be ready", async () => ((await fetch(`${scene.oomph().url}/readyz`)).ok ? true : undefined));
  await approve(scene, "approver", { card, typed: "away 0" });
  await outcome(scene, "away", /Done, (and it helped|but it did not help): Flush/);
  expect(await callsOf(at("away"), "flushdb")).toBe(1);
});

test("the one that carries out an act is killed: the other finds it out, and does not do it again", async () => {
  const card = await ask(
    scene,
    { user: "responder", channel: "killed" },
    "unlink-keys redis/killed/0 --pattern cache:* --keys-per-second 200 --everything yes",
  );
  await approve(scene, "approver", { card, typed: "killed 0" });
  await seen("some keys to be deleted", async () => (await callsOf(at("killed"), "unlink")) > 0);
  // Whichever of the two has it: the other one is left, and a third takes the place of the first.
  await first.kill();
  const unlinks = await callsOf(at("killed"), "unlink");
  const next = await seen("one more step, or the end", async () => {
    if ((await callsOf(at("killed"), "unlink")) > unlinks) return "a step";
    return scene.said("killed").some((message) => ENDED.test(textOf(message))) ? "the end" : undefined;
  });
  if (next === "a step") {
    await scene.kill();
    await scene.start();
  }
  const atKill = await callsOf(at("killed"), "unlink");
  await outcome(scene, "killed", ENDED);
  expect(await callsOf(at("killed"), "unlink")).toBe(atKill);
  expect(await at("killed").client.dbsize()).toBeGreaterThan(0);
});

function at(name: Name): RedisLab {
  const target = targets.get(name);
  if (target === undefined) throw new Error(`Expected a server for redis/${name}.`);
  return target;
}

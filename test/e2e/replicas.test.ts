import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startOomph, type OomphLab, type OomphLabOptions } from "../../scripts/lab/oomph.ts";
import { startPostgres, type PostgresLab } from "../../scripts/lab/postgres.ts";
import type { RedisLab } from "../../scripts/lab/redis.ts";
import { createSlackClient, type SlackClient } from "../../scripts/lab/slack/index.ts";
import { approve, ask, callsOf, outcome, QUICK, seen, setScene, startTarget, textOf, type Scene } from "./support/scene.ts";

// Two processes, one PostgreSQL, one Redis for the queue. The second one is the scene's.
const NAMES = ["shared", "killed", "away"] as const;
type Name = (typeof NAMES)[number];
const ENDED = /A human must look: Delete.*keys had been deleted by then/s;

const targets = new Map<Name, RedisLab>();
let scene: Scene;
let postgres: PostgresLab;
let first: OomphLab;
let toFirst: SlackClient;

beforeAll(async () => {
  postgres = await startPostgres();
  const connections: Record<string, { url: string }> = {};
  let shared: OomphLabOptions | undefined;
  scene = await setScene({
    slack: { channels: ["alerts", "incidents", ...NAMES] },
    started: false,
    settings(slack, queue) {
      const access = { approvers: [slack.id("approver")] };
      const sections = { ...QUICK, jobs: { ...QUICK.jobs, drain: "1s" } };
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
  if (shared === undefined) throw new Error("Expected the scene to have been given its settings.");
  const directory = await mkdtemp(join(tmpdir(), "oomph-e2e-first-"));
  scene.atEnd(() => rm(directory, { recursive: true, force: true }));
  first = await startOomph({ ...shared, directory });
  scene.atEnd(() => first.kill());
  await scene.start();
  toFirst = createSlackClient({ slack: scene.slack, url: first.eventsUrl });
  scene.atEnd(async () => toFirst.close());
});

afterAll(() => scene.stop());

test("the same alert delivered to both at once is one incident with one thread", async () => {
  const post = await toFirst.postAsBot("alerts", { text: "RedisOutOfMemory instance: shared" });
  const again = await Promise.all([scene.people().again(post), toFirst.again(post), scene.people().again(post)]);
  expect(again.map(({ status }) => status)).toEqual([200, 200, 200]);
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

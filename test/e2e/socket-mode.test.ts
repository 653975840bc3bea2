import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startOomph, type OomphLabOptions } from "../../scripts/lab/oomph.ts";
import type { RedisLab } from "../../scripts/lab/redis.ts";
import { approve, ask, callsOf, cards, outcome, QUICK, seen, setScene, startTarget, textOf, type Scene } from "./support/scene.ts";

let scene: Scene;
let target: RedisLab;
let shared: OomphLabOptions | undefined;

beforeAll(async () => {
  const connections: Record<string, { url: string }> = {};
  scene = await setScene({
    slack: { channels: ["alerts", "incidents", "dropped"] },
    started: false,
    settings(slack, queue) {
      shared = { slack, queueUrl: queue.url, connections, access: { approvers: [slack.id("approver")] }, transport: "socket" };
      return shared;
    },
  });
  target = await startTarget(scene);
  connections["sessions"] = { url: target.url };
  await scene.start();
});

afterAll(() => scene.stop());

/** For another process beside the scene's. */
function options(): OomphLabOptions {
  if (shared === undefined) throw new Error("Expected the scene to have been given its settings.");
  return shared;
}

test("a connection that breaks, or that Slack asks to renew, comes back by itself; nothing that came before it is lost", async () => {
  const { sockets } = scene.slack;
  await scene.people().command("responder", "dropped", "/oom run flush-db redis/sessions/0");
  sockets.drop();
  const card = await seen("the card", () => cards(scene, "dropped")[0]);
  await seen("a new connection", () => (sockets.open() > 0 ? true : undefined));
  sockets.say("refresh_requested");
  await seen("the connection to be renewed", async () => ((await scene.oomph().log()).match(/"state":"connected"/g) ?? []).length >= 3);
  await seen("a new connection", () => (sockets.open() > 0 ? true : undefined));
  await approve(scene, "approver", { card, typed: "sessions 0" });
  await outcome(scene, "dropped", /Done, (and it helped|but it did not help): Flush/);
  expect(await callsOf(target, "flushdb")).toBe(1);
});

test("envelopes that Slack sends again count once", async () => {
  const people = scene.people();
  const post = await people.postAsBot("alerts", { text: "RedisOutOfMemory instance: sessions" });
  const again = await Promise.all(Array.from({ length: 10 }, () => people.again(post)));
  expect(again.every(({ status }) => status === 200)).toBe(true);
  // The incident of before, which the alert has opened again.
  const card = await ask(scene, { user: "responder", channel: "dropped" }, "set-maxmemory redis/sessions --maxmemory 1gb");
  const click = await people.click("approver", card, "request_approve");
  await Promise.all(Array.from({ length: 5 }, () => people.again(click)));
  await seen("the outcome", () => scene.said().find((one) => /Done, (and it helped|but it did not help): Set memory/.test(textOf(one))));
  expect(await callsOf(target, "config\\|set")).toBe(1);
});

test("each of two replicas says in /readyz how its own connection stands, and how often it was made anew", async () => {
  const store = { path: join(scene.directory, "oomph.sqlite") };
  const second = await startOomph({ ...options(), sections: { ...QUICK, store } });
  scene.atEnd(() => second.kill());
  const both = [scene.oomph(), second];
  const { sockets } = scene.slack;
  await seen("a connection of each", () => sockets.open() === 2);
  const before = await Promise.all(both.map(({ url }) => ready(url)));
  expect(before.map(({ slack }) => slack.state)).toEqual(["connected", "connected"]);
  expect(before[1]?.slack.reconnects).toBe(0);

  const back = scene.slack.fault({
    method: "apps.connections.open",
    times: Infinity,
    does: { kind: "rate-limited", retryAfterSeconds: 1 },
  });
  sockets.drop();
  const away = await Promise.all(
    both.map(({ url }) =>
      seen("a replica to say that it is not ready", async () => {
        const now = await readiness(url);
        return now.status === 503 ? now : undefined;
      }),
    ),
  );
  for (const [index, { slack, text }] of away.entries()) {
    expect(slack).toMatchObject({ state: "connecting", reconnects: before[index]?.slack.reconnects });
    expect(text).toContain("Slack is connecting since");
  }
  back();
  for (const [index, { url }] of both.entries()) {
    const now = await ready(url);
    expect(now.slack).toMatchObject({ state: "connected", reconnects: (before[index]?.slack.reconnects ?? 0) + 1 });
    expect(Date.parse(now.slack.since)).toBeGreaterThanOrEqual(Date.parse(before[index]?.slack.since ?? ""));
  }
  await scene.people().command("responder", "incidents", "/oom whoami");
  await seen("an answer, by either", () => scene.toldOnly("responder").find((text) => /You/.test(text)));
});

type Readiness = {
  readonly status: number;
  readonly slack: { readonly state: string; readonly since: string; readonly reconnects: number };
  readonly text: string;
};

function ready(url: string): Promise<Readiness> {
  return seen("a replica to be ready", async () => {
    const now = await readiness(url);
    return now.status === 200 ? now : undefined;
  });
}

async function readiness(url: string): Promise<Readiness> {
  const answer = await fetch(`${url}/readyz`);
  const text = await answer.text();
  const { connections } = JSON.parse(text) as { readonly connections: Pick<Readiness, "slack"> };
  return { status: answer.status, text, ...connections };
}

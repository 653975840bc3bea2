import { afterAll, beforeAll, expect, test } from "vitest";
import type { RedisLab } from "../../scripts/lab/redis.ts";
import { approve, ask, callsOf, cards, outcome, seen, setScene, startTarget, textOf, type Scene } from "./support/scene.ts";

let scene: Scene;
let target: RedisLab;

beforeAll(async () => {
  const connections: Record<string, { url: string }> = {};
  scene = await setScene({
    slack: { channels: ["alerts", "incidents", "dropped"] },
    started: false,
    settings: (slack) => ({ connections, access: { approvers: [slack.id("approver")] }, transport: "socket" }),
  });
  target = await startTarget(scene);
  connections["sessions"] = { url: target.url };
  await scene.start();
});

afterAll(() => scene.stop());

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

import { afterAll, beforeAll, expect, test } from "vitest";
import type { RedisLab } from "../../scripts/lab/redis.ts";
import type { LabFault } from "../../scripts/lab/slack/index.ts";
import { ask, callsOf, openDialog, outcome, QUICK, seen, setScene, startTarget, textOf, type Scene } from "./support/scene.ts";

// Slack refuses, in each way that it can: nothing is lost, nothing comes twice, and what cannot be said is said elsewhere.
const PASSING: Readonly<Record<string, LabFault["does"]>> = {
  limited: { kind: "rate-limited", retryAfterSeconds: 1 },
  broken: { kind: "status", status: 500 },
  silent: { kind: "hang" },
  "cut-off": { kind: "answer-lost" },
};
const WAYS = Object.entries(PASSING);
const FORBIDDEN = ["channel_not_found", "not_in_channel"] as const;
const NAMES = [...Object.keys(PASSING), "elsewhere", "uninvited", "plain", "everything", "marked"];

let scene: Scene;
let target: RedisLab;

beforeAll(async () => {
  const connections: Record<string, { url: string }> = {};
  scene = await setScene({
    slack: { channels: ["alerts", "incidents", "fallback", ...NAMES] },
    started: false,
    settings: (slack) => ({
      connections,
      access: { approvers: [slack.id("approver")] },
      sections: {
        ...QUICK,
        slack: { timeout: "1s", fallbackChannel: slack.id("fallback") },
      },
    }),
  });
  target = await startTarget(scene);
  for (const name of NAMES) connections[name] = { url: target.url };
  await scene.start();
});

afterAll(() => scene.stop());

test("posts and edits that are refused for a while, or whose answer is lost, arrive in the end, each once", async () => {
  for (const [channel, does] of WAYS) {
    for (const method of ["chat.postMessage", "chat.update"]) scene.slack.fault({ method, channel, times: 2, does });
    await scene.people().command("responder", channel, `/oom investigate redis/${channel}`);
  }
  for (const [channel] of WAYS) {
    await outcome(scene, channel, /^Looked at: .*9 of 9 steps done/m);
    await outcome(scene, channel, /Found out in/);
    const [root, ...more] = await scene.slack.messages(channel);
    expect(more, channel).toEqual([]);
    const thread = await scene.slack.thread(channel, root?.ts ?? "");
    const kinds = thread.map(({ text }) => text.slice(0, 9));
    expect(kinds.toSorted(), channel).toEqual(["Looked at", "Redis has", "Redis mem"]);
    expect(thread[0]?.text, channel).toMatch(/diagnosed/);
    const outcomes = scene.slack
      .calls()
      .filter((call) => call.channel === scene.slack.id(channel))
      .map((call) => call.outcome);
    expect(outcomes.filter((one) => one !== "ok").length, channel).toBeGreaterThanOrEqual(2);
  }
});

test.each(WAYS)("an answer that cannot be given at the response_url (%s) is whispered", async (_way, does) => {
  const before = scene.slack.ephemerals().length;
  scene.slack.fault({ method: "response_url", does });
  await scene.people().command("responder", "incidents", "/oom whoami");
  const whisper = await seen("the whisper", () => scene.slack.ephemerals()[before]);
  expect(whisper).toMatchObject({ user: scene.slack.id("responder"), channel: scene.slack.id("incidents") });
});

test.each(FORBIDDEN)(
  "a channel that Oomph may not post in (%s): the one who asked is told by direct message, and the fallback channel is",
  async (error) => {
    const channel = error === "not_in_channel" ? "uninvited" : "elsewhere";
    const end = scene.slack.fault({ method: "chat.postMessage", channel, times: 10_000, does: { kind: "error", error } });
    await scene.people().command("responder", channel, `/oom run flush-db redis/${channel}/0`);
    const told = await seen("the direct message", async () =>
      (await scene.slack.messages("responder")).find((one) => textOf(one).includes(scene.slack.id(channel))),
    );
    expect(textOf(told)).toMatch(/could not deliver/);
    expect(textOf(told)).toContain(error);
    const notice = await seen("the notice", () => scene.said("fallback").find((one) => textOf(one).includes(scene.slack.id(channel))));
    expect(textOf(notice)).toMatch(/could not deliver/);
    expect(await scene.slack.messages(channel)).toEqual([]);
    end();

    // Invited meanwhile, and asked again: a new card can be posted, and what was asked for before can never happen.
    expect(await callsOf(target, "flushdb")).toBe(0);
    expect((await scene.slack.messages("responder")).filter((one) => textOf(one).includes(scene.slack.id(channel)))).toHaveLength(1);
  },
);

test("a workspace that takes no blocks gets all of it as plain text, posted and edited", async () => {
  const REFUSED = { "chat.postMessage": "invalid_blocks", "chat.update": "msg_blocks_too_long" } as const;
  for (const [method, error] of Object.entries(REFUSED))
    scene.slack.fault({ method, channel: "plain", withBlocks: true, times: Infinity, does: { kind: "error", error } });
  await scene.people().command("responder", "plain", "/oom investigate redis/plain");
  const report = await outcome(scene, "plain", /Found out in/);
  expect(report.blocks ?? []).toEqual([]);
  expect(report.text).toMatch(/Why[\s\S]*Evidence Summary[\s\S]*Found out in/);
  // The root that stands there is edited.
  await scene.people().command("responder", "plain", "/oom investigate redis/plain");
  for (const [method, error] of Object.entries(REFUSED)) {
    const plain = await seen(`a plain ${method} after one that was refused`, () => {
      const calls = callsIn("plain").filter((call) => call.method === method);
      const refused = calls.findIndex((call) => call.outcome === error);
      return refused < 0 ? undefined : calls.slice(refused).find((call) => call.outcome === "ok");
    });
    expect(plain.params["blocks"] ?? []).toEqual([]);
  }
});

test("an alert's post is marked while what it tells of is open, and when it is over, though the first answer is lost", async () => {
  const post = async (status: string) =>
    (await scene.people().postAsBot("alerts", { text: `[${status}] RedisMemoryHigh (marked)` })).message;
  scene.slack.fault({ method: "reactions.add", does: { kind: "answer-lost" } });
  const { ts } = await post("FIRING:1");
  const marked = (name: string) =>
    seen(`the post to be marked with ${name} alone`, async () => {
      const { reactions = [] } = (await scene.slack.messages("alerts")).find((one) => one.ts === ts) ?? {};
      return reactions.map((one) => one.name).join() === name;
    });
  await marked("eyes");
  await post("RESOLVED");
  await marked("white_check_mark");
  await post("FIRING:1");
  await marked("eyes");
});

// In this order, of each kind of call; then 429 until it is over.
const EVERYTHING: readonly LabFault["does"][] = [
  { kind: "rate-limited", retryAfterSeconds: 1 },
  { kind: "status", status: 503 },
  { kind: "hang" },
  { kind: "answer-lost" },
];

test("while Slack refuses everything, what was approved is done all the same; afterwards each message stands once and says how it ended", async () => {
  const card = await ask(scene, { user: "responder", channel: "everything" }, "flush-db redis/everything/0");
  const dialog = await openDialog(scene, "approver", { card });
  const ends = ["chat.postMessage", "chat.update"].flatMap((method) => [
    ...EVERYTHING.map((does) => scene.slack.fault({ method, channel: "everything", does })),
    scene.slack.fault({ method, channel: "everything", times: Infinity, does: { kind: "rate-limited", retryAfterSeconds: 1 } }),
  ]);
  expect((await scene.people().submit(dialog, { typed: "everything 0" })).body).toBe("");
  await scene.people().command("responder", "everything", "/oom investigate redis/everything");
  await seen("the flush", async () => (await callsOf(target, "flushdb")) === 1);
  await seen("the act to have ended", async () => /^oomph_requests_ended_total\{[^}]*flush-db[^}]*\} 1$/m.test(await metrics()));
  await seen("each way to have been met by posts", () => {
    const outcomes = callsIn("everything").map(({ outcome: one }) => one);
    return ["http 429", "http 503", "hang", "answer-lost"].every((way) => outcomes.includes(way));
  });
  const refusedUntil = callsIn("everything").length;
  for (const end of ends) end();

  await outcome(scene, "everything", /Done, (and it helped|but it did not help): Flush/);
  await outcome(scene, "everything", /Found out in/);
  await outcome(scene, "everything", /^Looked at: .*9 of 9 steps done/m);
  await seen("the decision's reply", () => scene.said("everything").find(({ text }) => text.startsWith("Approved: Flush")));
  await seen("the card to say how it ended", () => scene.said("everything").find(({ ts, text }) => ts === card.ts && /Done/.test(text)));
  const [root, ...more] = await scene.slack.messages("everything");
  expect(more).toEqual([]);
  const keys = (await scene.slack.thread("everything", root?.ts ?? "")).map(({ metadata }) => metadata?.event_payload["key"]);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys).not.toContain(undefined);
  expect(await callsOf(target, "flushdb")).toBe(1);
  // What was overtaken meanwhile is never told: no word of progress comes after the outcome was known.
  const told = callsIn("everything")
    .slice(refusedUntil)
    .filter((call) => call.outcome === "ok" && call.params["ts"] === card.ts);
  expect(told.map(({ params }) => /Done/.test(String(params["text"])))).toEqual(told.map(() => true));
});

function callsIn(channel: string) {
  return scene.slack.calls().filter((call) => call.channel === scene.slack.id(channel));
}

async function metrics(): Promise<string> {
  return (await fetch(`${scene.oomph().url}/metrics`)).text();
}

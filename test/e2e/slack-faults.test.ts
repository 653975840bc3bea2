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
const NAMES = [...Object.keys(PASSING), "elsewhere", "uninvited"];

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

test("while Slack says nothing, what was approved is done all the same, once, and told when Slack is back", async () => {
  const card = await ask(scene, { user: "responder", channel: "limited" }, "flush-db redis/limited/0");
  const dialog = await openDialog(scene, "approver", { card });
  const ends = ["chat.postMessage", "chat.update"].map((method) =>
    scene.slack.fault({ method, channel: "limited", times: 10_000, does: { kind: "hang" } }),
  );
  expect((await scene.people().submit(dialog, { typed: "limited 0" })).body).toBe("");
  await seen("the flush", async () => (await callsOf(target, "flushdb")) === 1);
  await seen("posts that hang", () =>
    scene.slack.calls().filter((call) => call.outcome === "hang" && call.method === "chat.postMessage").length > 2 ? true : undefined,
  );
  for (const end of ends) end();
  await outcome(scene, "limited", /Done, (and it helped|but it did not help): Flush/);
  await seen("the decision's reply", () => scene.said("limited").find(({ text }) => text.startsWith("Approved: Flush")));
  const replies = scene.said("limited").filter((one) => /^(Approved|Done)/.test(one.text) && !/Asked for by/.test(textOf(one)));
  expect(replies).toHaveLength(2);
  expect(await callsOf(target, "flushdb")).toBe(1);
});

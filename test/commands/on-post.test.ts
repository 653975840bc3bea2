import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createJudge } from "../../src/alerts/judge.ts";
import { readAlert } from "../../src/alerts/read-alert.ts";
import { takeAlert } from "../../src/commands/take-alert.ts";
import type { Alert, Post } from "../../src/domain/alert.ts";
import { DEFAULT_CONNECTION, type Target } from "../../src/domain/target.ts";
import { keepStrays } from "../../src/jobs/keep-strays.ts";
import { targetsOf } from "../support/targets.ts";
import { CHANNEL, REQUESTER, SHOP } from "../support/desk.ts";
import { startFront, type TestFront } from "../support/front.ts";
import { pressable, seen } from "../support/seen.ts";

const OOM = "OOM command not allowed when used memory > 'maxmemory'.";
const CART: Target = { kind: "redis", name: "cart" };
const WEB: Target = { kind: "workload", connection: DEFAULT_CONNECTION, resource: "deploy", namespace: "rdev", name: "web" };
const TWO = targetsOf([SHOP, CART, WEB], (target) => (target.name === "cart" ? ["10.0.0.5:6379"] : []));

describe("a post in an alert channel", () => {
  let on: TestFront;

  beforeEach(async () => {
    on = await startFront();
  });
  afterEach(() => on.test.stop());

  const post = (text: string, more: Partial<Post> = {}) =>
    on.receiver.handle({
      kind: "post",
      id: "e1",
      post: { channel: CHANNEL, ts: "9.9", botId: "B0ALERTS", text, ...more },
      receivedAtMs: 0,
    });
  const incidents = async () =>
    (await on.front.desk.store.incidents.list({ limit: 10 })).map(({ target, rootTs, state, openedBy }) => ({
      name: target.name,
      rootTs,
      state,
      by: openedBy.kind,
    }));
  const which = async () => `${await on.slot(`alert/${CHANNEL}/9.9/which`)}${await on.asked("9.9")}`;

  it("opens an incident in its own thread", async () => {
    await post("[FIRING:1] RedisMemoryHigh (shop critical)");
    expect(await incidents()).toEqual([{ name: "shop", rootTs: "9.9", state: "open", by: "alert" }]);
    expect(await which()).toBe("");
  });

  it("is about the only Redis that there is when it names none, and says so", async () => {
    await post(`gateway: ${OOM}`);
    expect(await incidents()).toMatchObject([{ name: "shop" }]);
    expect(await which()).toMatch(/`redis\/shop` is the only one that I know\. I look at that, in its thread \(`inc_/);
    await post(`gateway: ${OOM}`);
    await post(`gateway: ${OOM}`, { ts: "9.8" });
    expect(await on.slot(`alert/${CHANNEL}/9.8/which`)).toContain("It is counted in its open incident");
  });

  it.each([
    ["billing", "redis/billing evicts keys, used memory 99%"],
    ["redis-billing-prod", `redis-billing-prod: ${OOM}`],
    ["10.9.9.9", `redis://10.9.9.9:6379 ${OOM}`],
  ])("that names another Redis, %s, is not laid to the only one, and says which it does not know", async (name, text) => {
    await post(text);
    expect(await incidents()).toEqual([]);
    expect(await which()).toContain(`I do not know "${name}`);
  });

  it("that is about something else leaves a line for those who look why nothing came of it, and only where all is logged", async () => {
    const lines: object[] = [];
    on.front.desk.log.debug = (facts) => void lines.push(facts);
    await post("[FIRING:1] KubeletTooManyPods (node-1 warning)");
    expect(lines).toEqual([{ channel: CHANNEL, ts: "9.9", source: "alertmanager", rules: ["none"] }]);
    expect(await which()).toBe("");
  });

  it("about nothing that is configured can be found again in the log", async () => {
    const lines: object[] = [];
    const log = { ...on.front.desk.log, info: (facts: object, _message: string) => void lines.push(facts) };
    const text = "[FIRING:1] PodMemoryHigh\nnamespace: shop\npod: web-7c9f8d6b5c-x2x4b";
    const [alert] = readAlert({ text }, createJudge()).alerts;
    if (alert === undefined) throw new Error("expected an alert");
    await takeAlert(
      { ...on.front, desk: { ...on.front.desk, log } },
      { key: "post/9.9", alert, heardAtMs: 0 },
      { channel: CHANNEL, slot: "said" },
    );
    expect(lines).toMatchObject([{ key: "post/9.9", names: expect.arrayContaining(["shop", "web-7c9f8d6b5c-x2x4b"]) }]);
  });

  it.each([
    ["talk", "lunch at 12:30?", {}],
    ["a post elsewhere", OOM, { channel: "C0OTHER" }],
    ["Oomph's own", OOM, { botId: "B0OOMPH" }],
    ["a person's reply in a thread", `what does "${OOM}" mean?`, { threadTs: "1.1", ts: "9.9", userId: "U0X", botId: undefined }],
  ])("that is %s is left alone without a trace", async (_what, text, more) => {
    const { botId, ...rest } = { botId: "B0ALERTS", ...more };
    await on.receiver.handle({
      kind: "post",
      id: "e1",
      post: { channel: CHANNEL, ts: "9.9", text, ...rest, ...(botId === undefined ? {} : { botId }) },
      receivedAtMs: 0,
    });
    expect(await incidents()).toEqual([]);
    expect(await on.front.desk.store.outbox.counts()).toMatchObject({ due: 0 });
  });

  it("in which a person says how much is in use is offered a look, and one that quotes an error begins a thread", async () => {
    const person = (text: string) =>
      on.receiver.handle({ kind: "post", id: "e1", post: { channel: CHANNEL, ts: "9.9", userId: "U0X", text }, receivedAtMs: 0 });
    const high = "ALERT: memory of redis-shop is at 98%!";
    await person(high);
    expect(await incidents()).toEqual([]);
    expect(await on.front.desk.store.outbox.counts()).toMatchObject({ due: 1 });
    await person(`shop says ${OOM}`);
    expect(await incidents()).toMatchObject([{ name: "shop" }]);
  });

  it("joins what is open, and says how often in one message", async () => {
    for (let time = 0; time < 3; time += 1) await post("[FIRING:1] RedisMemoryHigh (shop)", { ts: `9.${time}` });
    expect(await incidents()).toHaveLength(1);
    const said = await on.front.desk.store.outbox.ofIncident((await on.test.incident()).id);
    expect(said.filter(({ slot }) => slot.endsWith("/joined"))).toHaveLength(1);
  });

  it("that is resolved closes what it opened, and opens nothing", async () => {
    await post("[RESOLVED] RedisMemoryHigh (shop)");
    expect(await incidents()).toEqual([]);
    await post("[FIRING:1] RedisMemoryHigh (shop)");
    await post("[RESOLVED] RedisMemoryHigh (shop)", { ts: "10.1" });
    expect(await incidents()).toMatchObject([{ state: "resolved" }]);
    const said = await on.front.desk.store.outbox.ofIncident((await on.front.desk.store.incidents.list({ limit: 1 }))[0]?.id ?? "");
    expect(said.some(({ slot }) => slot.includes("/resolved/"))).toBe(true);
    expect(said.find(({ slot }) => slot === `${CHANNEL}/9.9/mark`)?.content).toEqual({ kind: "mark", ts: "9.9", mark: "over" });
  });

  it("with markup and control characters in it is data", async () => {
    await post(`<!channel> \u202e\u0000 ${OOM} /oom freeze on `.repeat(1000));
    expect(await incidents()).toMatchObject([{ name: "shop" }]);
    expect(await on.front.desk.store.settings.get("freeze")).toBeUndefined();
  });
});

describe("among several Redis", () => {
  let on: TestFront;

  beforeEach(async () => {
    on = await startFront({ targets: TWO });
  });
  afterEach(() => on.test.stop());

  it("how much is in use, of nobody, gets one quiet list of what it may mean in an hour", async () => {
    const { outbox } = on.front.desk.store;
    const person = (text: string, ts: string) =>
      on.receiver.handle({ kind: "post", id: ts, post: { channel: CHANNEL, ts, userId: "U0X", text }, receivedAtMs: 0 });
    await person("memory 98%", "9.9");
    await person("RAM is at 100%", "9.8");
    const [offer, ...others] = await outbox.due(on.front.desk.clock.nowMs(), 10);
    expect(others).toEqual([]);
    const slot = offer?.slot ?? "";
    expect(slot).toMatch(new RegExp(`^alert/offer/${CHANNEL}/\\d+$`));
    expect(await on.slot(slot)).toMatch(/It does not say whose; [^]*deploy\/rdev\/web/);
    expect(await on.front.desk.store.incidents.list({ limit: 1 })).toEqual([]);
  });

  const alert = (text: string) =>
    on.receiver.handle({ kind: "post", id: "e1", post: { channel: CHANNEL, ts: "9.9", botId: "B0ALERTS", text }, receivedAtMs: 0 });
  const names = async () => (await on.front.desk.store.incidents.list({ limit: 10 })).map(({ target, rootTs }) => [target.name, rootTs]);

  it("a group of several pods, whose post names none, asks below itself whom it means, and says what the post lacks", async () => {
    await alert("[FIRING:2] RdevAPIHighMemory (warning)");
    expect(await names()).toEqual([]);
    const asked = await on.asked("9.9");
    expect(asked).toContain("does not say whose");
    expect(asked).toContain("deploy/rdev/web");
  });

  it("an alert finds its own by an alias", async () => {
    await alert("[FIRING:1] RedisMemoryHigh (10.0.0.5:6379 redis-exporter critical)");
    expect(await names()).toEqual([["cart", "9.9"]]);
  });

  it("an alert that names none asks quietly in its thread, and the answer takes the question's place", async () => {
    await alert(OOM);
    expect(await names()).toEqual([]);
    expect(await on.asked("9.9")).toContain("[redis/shop]\n[redis/cart]");
    const [stray] = await on.strays();
    await on.click({ actionId: "target_pick", value: `redis/cart ${stray?.id}`, threadTs: "9.9" });
    expect(await names()).toEqual([["cart", "9.9"]]);
    expect(await on.asked("9.9")).toBe("Looking at `redis/cart`, as chosen.");
  });

  it("an alert whose words name one beside the word Redis is about that, and says so", async () => {
    await alert("Redis cart memory usage 97% of maxmemory");
    expect(await names()).toEqual([["cart", "9.9"]]);
  });

  const named = (count: number): readonly Alert[] =>
    Array.from({ length: count }, (_, index) => {
      const text = `redis/billing-${index} evicts keys, used memory 99%`;
      return readAlert({ text }, createJudge()).alerts;
    }).flat();
  const sent = (id: string, count: number) => on.receiver.onAlerts({ id, receivedAtMs: on.front.desk.clock.nowMs(), alerts: named(count) });
  const slots = async () => (await on.front.desk.store.outbox.due(on.front.desk.clock.nowMs(), 100)).map(({ slot }) => slot);

  it("many alerts about names that are not known share one message beyond the first three, whoever tells it, and are counted once", async () => {
    await Promise.all([sent("alertmanager/1", 40), sent("alertmanager/1", 40)]);
    await Promise.all([keepStrays(on.front.desk), keepStrays(on.front.desk)]);
    const [a, b, c, fourth] = await on.strays();
    const shared = `strays/${CHANNEL}/${fourth?.roundMs}`;
    const all = [...[a, b, c].map((one) => `${one?.id}/question`), shared, `${shared}/list/0`];
    expect((await slots()).toSorted()).toEqual(all.toSorted());
    await sent("alertmanager/2", 40);
    await alert("redis/invoices evicts keys, used memory 99%");
    await on.asked();
    expect(await on.slot(shared)).toMatch(/Alerts about 38 names that I cannot place[^]*\n75 alerts/);
    expect((await slots()).toSorted()).toEqual(all.toSorted()); // edits
  });

  it("one of them is chosen, then its target: it is looked into below the post that named it, and said to be answered", async () => {
    await sent("alertmanager/1", 4);
    await alert("redis/invoices evicts keys, used memory 99%");
    const { id = "", roundMs = 0 } = (await on.strays()).at(-1) ?? {};
    await on.click({ actionId: "stray_pick", value: id, threadTs: "5.5" });
    const [asked] = on.chat.whispers.map(({ message }) => pressable(message).map(({ value }) => value));
    expect(asked).toEqual([`redis/shop ${id}`, `redis/cart ${id}`]);
    const pick = { actionId: "target_pick", value: `redis/cart ${id}`, threadTs: "5.5" };
    expect(await on.click(pick)).toContain("below the post that named it");
    expect(await names()).toEqual([["cart", "9.9"]]);
    expect(await on.click({ actionId: "stray_pick", value: id })).toContain("answered already");
    expect(await on.click({ actionId: "stray_pick", value: "str_nothing" })).toContain("leads to nothing");
    await on.asked();
    expect(await on.slot(`strays/${CHANNEL}/${roundMs}`)).toMatch(/2 alerts[^]*; 1 of them answered/);
  });

  it("the shortcut takes the target from the message, and else asks who pressed", async () => {
    const shortcut = { kind: "shortcut", id: "s1", userId: REQUESTER, receivedAtMs: 0 } as const;
    await on.receiver.handle({ ...shortcut, post: { channel: "C0OTHER", ts: "3.3", text: "checkout is slow, is `cart` full?" } });
    expect(await names()).toEqual([["cart", "3.3"]]);
    await on.receiver.handle({ ...shortcut, post: { channel: "C0OTHER", ts: "4.4", text: "checkout is slow" } });
    expect(on.chat.whispers.map(({ place, message }) => [place.threadTs, seen(message)[0]])).toEqual([
      ["3.3", "Looking at `redis/cart`, in the thread."],
      ["4.4", "Which one is this about?"],
    ]);
  });
});

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hearAlert } from "../../src/incidents/hear-alert.ts";
import type { Incident } from "../../src/domain/incident.ts";
import type { StormSettings } from "../../src/domain/storm.ts";
import { setSilence } from "../../src/incidents/silences.ts";
import { callForHelp, type CallDeps } from "../../src/jobs/call-for-help.ts";
import { keepStorms } from "../../src/jobs/keep-storms.ts";
import { endQuietHours } from "../../src/jobs/end-quiet-hours.ts";
import { ADMIN, APPROVER, CHANNEL, REQUESTER, SHOP } from "../support/desk.ts";
import { startFront, type TestFront } from "../support/front.ts";

const MINUTE_MS = 60_000;
const OTHER = "C0EVERYONE";

describe("nobody reacts", () => {
  let on: TestFront;
  beforeEach(async () => {
    on = await startFront();
    const unattended = {
      mention: { group: "S0ONCALL", afterMs: 10 * MINUTE_MS },
      spread: { channel: OTHER, afterMs: 30 * MINUTE_MS },
      severities: ["critical"],
    };
    Object.assign(on.front.desk, { unattended });
  });
  afterEach(() => on.test.stop());

  const call = (chat: CallDeps["chat"] = on.chat) => callForHelp({ desk: on.front.desk, chat });
  const alert = async (
    severity: "critical" | "warning" = "critical",
    {
      key = `k${on.front.desk.clock.nowMs()}`,
      ...told
    }: { readonly key?: string; readonly labels?: Readonly<Record<string, string>>; readonly class?: "oom_killed" } = {},
  ) => {
    const subject = { about: "redis", names: [], hosts: [] } as const;
    const heard = await hearAlert(on.front.desk, {
      key,
      alert: { source: "grafana", class: "redis_memory", severity, labels: {}, subject, ...told },
      heardAtMs: on.front.desk.clock.nowMs(),
      target: SHOP,
      problem: "redis-memory",
      channel: CHANNEL,
      actor: { kind: "alert", source: "grafana" },
      runbookId: "redis-memory",
      steps: [],
    });
    if (heard.kind === "heard-already") throw new Error("expected a new alert");
    return heard.incident.id;
  };
  const called = async (id: string, where: "" | "/elsewhere" = "") => {
    const { sinceMs = 0 } = (await on.front.desk.store.attention.get(id)) ?? {};
    return on.slot(`${id}/unattended/${sinceMs}${where}`);
  };

  it("a group is called into the thread, then another channel, once each, whoever looks", async () => {
    const id = await alert();
    expect(await call()).toBe(0);
    on.test.moveOn(10 * MINUTE_MS);
    expect(new Set(await Promise.all([call(), call()]))).toEqual(new Set([0, 1]));
    expect(await called(id)).toContain("<!subteam^S0ONCALL> Nobody has reacted to `redis/shop` for 10 min");
    on.test.moveOn(20 * MINUTE_MS);
    expect([await call(), await call()]).toEqual([1, 0]);
    expect(await called(id, "/elsewhere")).toContain(`Nobody has reacted in <#${CHANNEL}> for 30 min`);
    const kinds = await on.test.auditKinds();
    expect(kinds.filter((kind) => kind === "incident-unattended")).toHaveLength(2);

    expect(await on.click({ actionId: "incident_attend", value: id, userId: APPROVER })).toContain("You are on");
    expect([await called(id), await called(id, "/elsewhere")]).toEqual([
      `🙋 <@${APPROVER}> is on \`redis/shop\` · \`${id}\``,
      `🙋 <@${APPROVER}> is on \`redis/shop\` · \`${id}\``,
    ]);
    expect(await on.click({ actionId: "incident_attend", value: id })).toContain("Somebody is on");
    expect(await on.test.auditKinds()).toContain("incident-attended");
  });

  describe("what Slack refuses", () => {
    const refuse = async (slot: string) => {
      const delivery = await on.front.desk.store.outbox.bySlot(slot);
      if (delivery === undefined) throw new Error(`expected something to be said in ${slot}`);
      await on.front.desk.store.outbox.fail(delivery.id, { revision: delivery.revision, error: "channel_not_found" });
    };
    const unattendedSlots = async (id: string) =>
      (await on.front.desk.store.outbox.ofIncident(id)).filter(({ slot }) => slot.includes("/unattended/"));
    const slotOf = async (id: string, where = "") => `${id}/unattended/${(await on.front.desk.store.attention.get(id))?.sinceMs}${where}`;

    it("goes to the second channel at once, then to people, and is tried again until somebody reacts", async () => {
      const id = await alert();
      on.test.moveOn(10 * MINUTE_MS);
      expect(await call()).toBe(1);
      expect(await call()).toBe(0);
      await refuse(await slotOf(id));
      expect(await call()).toBe(1);
      expect(await called(id, "/elsewhere")).toContain("Nobody has reacted in");
      expect(await call()).toBe(0);
      await refuse(await slotOf(id, "/elsewhere"));
      const chat = { ...on.chat, groupMembers: async () => [APPROVER, REQUESTER] };
      expect([await call(chat), await call(chat)]).toEqual([1, 0]);
      const told = (await unattendedSlots(id)).filter(({ slot }) => slot.includes("/direct/"));
      expect(told.map(({ channel }) => channel).toSorted()).toEqual([APPROVER, REQUESTER].toSorted());
      expect(await on.slot(told[0]?.slot ?? "")).toContain("Slack takes no call in");

      on.test.moveOn(10 * MINUTE_MS);
      expect(await call(chat)).toBe(2);
      expect((await unattendedSlots(id)).map(({ state }) => state)).toEqual(["due", "due", "due", "due"]);
      expect(await call(chat)).toBe(0);
      await refuse(await slotOf(id));
      expect(await on.click({ actionId: "incident_attend", value: id, userId: APPROVER })).toContain("You are on");
      const arrived = (await unattendedSlots(id)).filter(({ state }) => state !== "failed");
      for (const { slot } of arrived) expect(await on.slot(slot)).toContain(`<@${APPROVER}> is on`);
      on.test.moveOn(60 * MINUTE_MS);
      expect(await call()).toBe(0);
      const kinds = await on.test.auditKinds();
      expect(kinds.filter((kind) => kind === "incident-unattended")).toHaveLength(3);
    });

    it("goes to the second channel, and to people, where Slack takes none for minutes", async () => {
      const id = await alert();
      const { outbox } = on.front.desk.store;
      const later = async (slot: string) => {
        const { id: delivery = "" } = (await outbox.bySlot(slot)) ?? {};
        const nowMs = on.front.desk.clock.nowMs();
        await outbox.claim(delivery, nowMs, nowMs);
        await outbox.postpone(delivery, { nextAttemptAtMs: nowMs + MINUTE_MS, error: "missing_scope", countAttempt: true });
      };
      on.test.moveOn(10 * MINUTE_MS);
      expect(await call()).toBe(1);
      await later(await slotOf(id));
      expect(await call()).toBe(0);
      on.test.moveOn(5 * MINUTE_MS);
      expect([await call(), await call()]).toEqual([1, 0]);
      await later(await slotOf(id, "/elsewhere"));
      on.test.moveOn(5 * MINUTE_MS);
      expect([await call(), await call()]).toEqual([1, 0]);
      expect((await unattendedSlots(id)).map(({ channel }) => channel)).toEqual([CHANNEL, OTHER, ADMIN]);
    });

    it("goes to the admins where nobody says who is in the group", async () => {
      Object.assign(on.front.desk, { unattended: { ...on.front.desk.unattended, spread: undefined } });
      const id = await alert();
      on.test.moveOn(10 * MINUTE_MS);
      expect(await call()).toBe(1);
      await refuse(await slotOf(id));
      expect(await call()).toBe(1);
      expect((await unattendedSlots(id)).map(({ channel }) => channel)).toEqual([CHANNEL, ADMIN]);
    });
  });

  it("a label's silence quiets the call only where all alerts of the incident have it", async () => {
    const heard = (key: string, team: Readonly<Record<string, string>>) => alert("critical", { key, labels: team });
    await heard("a", { team: "web" });
    await heard("b", {});
    const silence = {
      what: { kind: "label", name: "team", pattern: "web" },
      kills: false,
      until: { ms: 60 * MINUTE_MS },
      userId: REQUESTER,
    } as const;
    expect(await setSilence(on.front.desk, silence)).toMatchObject({ kind: "set", incidents: [{ target: SHOP }] });
    on.test.moveOn(10 * MINUTE_MS);
    expect(await call()).toBe(1);
  });

  it("of a kill the call is quiet only where kills are silenced too", async () => {
    const what = { kind: "target", pattern: "redis/*" } as const;
    const silence = { what, kills: false, until: { ms: 60 * MINUTE_MS }, userId: REQUESTER } as const;
    await setSilence(on.front.desk, silence);
    await alert("critical", { class: "oom_killed" });
    on.test.moveOn(10 * MINUTE_MS);
    const { store, clock } = on.front.desk;
    const withKills = { id: "sil_kills", what, kills: true, by: REQUESTER, atMs: 0, untilMs: clock.nowMs() + MINUTE_MS } as const;
    await store.silences.add(withKills);
    expect(await call()).toBe(0);
    on.test.moveOn(MINUTE_MS);
    expect(await call()).toBe(1);
  });

  it("not of what is less bad, silenced, resolved or opened by a person", async () => {
    const id = await alert("warning");
    on.test.moveOn(60 * MINUTE_MS);
    expect(await call()).toBe(0);
    await alert("critical");
    const what = { kind: "target", pattern: "redis/*" } as const;
    await on.front.desk.store.silences.add({
      id: "sil_1",
      what,
      kills: false,
      by: REQUESTER,
      atMs: 0,
      untilMs: on.front.desk.clock.nowMs() + 1_000,
    });
    expect(await call()).toBe(0);
    on.test.moveOn(1_000);
    await on.click({ actionId: "incident_resolve", value: id });
    expect(await call()).toBe(0);
    on.test.moveOn(60 * MINUTE_MS);
    await on.oom("investigate redis/shop");
    on.test.moveOn(60 * MINUTE_MS);
    expect(await call()).toBe(0);
  });

  it("also to one that only reads; and anew to who was on it when it becomes worse", async () => {
    const id = await alert("warning");
    const { store } = on.front.desk;
    await on.oom(`show ${id}`);
    await on.oom(`audit ${id}`);
    expect(await store.attention.get(id)).not.toHaveProperty("attendedBy");
    expect(await on.click({ actionId: "incident_attend", value: id, userId: APPROVER })).toContain("You are on");
    on.test.moveOn(60 * MINUTE_MS);
    expect(await call()).toBe(0);
    await alert("critical");
    expect(await call()).toBe(0);
    on.test.moveOn(60 * MINUTE_MS);
    expect(await call()).toBe(2);
  });

  it.each<[string, (id: string) => Promise<unknown>]>([
    ["a click in its thread", (id) => on.click({ actionId: "incident_show", value: id, threadTs: "5.5" })],
    ["a command that does something with it", (id) => on.oom(`mute ${id} 1h`)],
    ["asking again", () => on.oom("investigate redis/shop")],
    [
      "a reply in its thread",
      () =>
        on.receiver.handle({
          kind: "post",
          id: "p",
          post: { channel: CHANNEL, ts: "6.6", threadTs: "5.5", userId: REQUESTER, text: "I’m on it" },
          receivedAtMs: 0,
        }),
    ],
    [
      "silencing it",
      async () =>
        setSilence(on.front.desk, {
          what: { kind: "problem", problem: "redis-memory" },
          kills: false,
          until: { ms: MINUTE_MS },
          userId: REQUESTER,
        }),
    ],
    [
      "anything in the audit",
      async (id) =>
        on.front.desk.store.audit.append({
          kind: "action-requested",
          actor: { kind: "cli", login: "root" },
          atMs: on.front.desk.clock.nowMs(),
          incidentId: id,
          detail: {},
        }),
    ],
  ])("%s is a reaction", async (_, react) => {
    const id = await alert();
    const { store, clock } = on.front.desk;
    const root = await store.outbox.bySlot(`${id}/root`);
    const rootId =
      root?.id ??
      (await store.outbox.say(
        { slot: `${id}/root`, channel: CHANNEL, content: { kind: "message", message: { text: "x", blocks: [] } }, priority: 1 },
        "dlv_1",
        clock.nowMs(),
      ));
    await store.outbox.sent(rootId, { ts: "5.5", revision: 1 });
    await react(id);
    on.test.moveOn(60 * MINUTE_MS);
    expect(await call()).toBe(0);
    expect(await store.attention.get(id)).toMatchObject({ attendedBy: expect.any(String) });
  });
});

describe("a storm", () => {
  let on: TestFront;
  beforeEach(async () => {
    on = await startFront();
    const storms: StormSettings = { ownThreads: 0, criticalThreads: 0, withinMs: 60_000, investigations: 1, replies: 1, quietMs: 300_000 };
    const unattended = {
      mention: { group: "S0ONCALL", afterMs: 10 * MINUTE_MS },
      spread: { channel: OTHER, afterMs: 30 * MINUTE_MS },
      severities: ["critical"],
    };
    Object.assign(on.front.desk, { storms, unattended });
  });
  afterEach(() => on.test.stop());

  const call = () => callForHelp({ desk: on.front.desk, chat: on.chat });
  const hear = async (name: string): Promise<Incident> => {
    const { desk } = on.front;
    const heard = await hearAlert(desk, {
      key: `${name}/${desk.clock.nowMs()}`,
      alert: {
        source: "grafana",
        class: "redis_memory",
        severity: "critical",
        labels: {},
        subject: { about: "redis", names: [], hosts: [] },
      },
      heardAtMs: desk.clock.nowMs(),
      target: { kind: "redis", name },
      problem: "redis-memory",
      channel: CHANNEL,
      actor: { kind: "alert", source: "grafana" },
      runbookId: "redis-memory",
      steps: [],
    });
    if (heard.kind === "heard-already") throw new Error("expected a new alert");
    return heard.incident;
  };
  const begin = async () => {
    const [first, second] = [await hear("one"), await hear("two")];
    await keepStorms(on.front.desk);
    return { first, second, stormId: first.stormId ?? "" };
  };

  it("calls once; who is on one of it is on all of it, and the second channel is told nothing more", async () => {
    const { second, stormId } = await begin();
    on.test.moveOn(10 * MINUTE_MS);
    expect([await call(), await call()]).toEqual([1, 0]);
    expect(await on.slot(`${stormId}/unattended`)).toContain("<!subteam^S0ONCALL> Nobody has reacted to `redis/one`");
    expect(await on.click({ actionId: "incident_attend", value: second.id, userId: APPROVER })).toContain("You are on");
    expect(await on.slot(`${stormId}/unattended`)).toContain(`<@${APPROVER}> is on the storm \`${stormId}\``);
    on.test.moveOn(60 * MINUTE_MS);
    expect(await call()).toBe(0);
    expect(await on.test.auditKinds()).toEqual(expect.arrayContaining(["incident-unattended", "incident-attended"]));
  });

  it("people whom Slack did not let it tell are told again, and only they; all are told who is on it", async () => {
    const { second, stormId } = await begin();
    const { desk } = on.front;
    Object.assign(desk, { unattended: { ...desk.unattended, spread: undefined } });
    const chat = { ...on.chat, groupMembers: async () => [APPROVER, REQUESTER] };
    const callDirectly = () => callForHelp({ desk, chat });
    const said = (where: string) => desk.store.outbox.bySlot(`${stormId}/unattended${where}`);
    const refuse = async (where: string) => {
      const { id = "", revision = 0 } = (await said(where)) ?? {};
      expect(await desk.store.outbox.fail(id, { revision, error: "messages_tab_disabled" })).toBe(true);
    };
    on.test.moveOn(10 * MINUTE_MS);
    expect(await callDirectly()).toBe(1);
    await refuse("");
    expect(await callDirectly()).toBe(1);
    await refuse(`/direct/${APPROVER}`);
    expect(await callDirectly()).toBe(0);
    on.test.moveOn(10 * MINUTE_MS);
    expect([await callDirectly(), await callDirectly()]).toEqual([2, 0]);
    expect(await said(`/direct/${APPROVER}`)).toMatchObject({ state: "due", revision: 2 });
    expect(await said(`/direct/${REQUESTER}`)).toMatchObject({ revision: 1 });
    expect(await on.click({ actionId: "incident_attend", value: second.id, userId: APPROVER })).toContain("You are on");
    for (const who of [APPROVER, REQUESTER])
      expect(await on.slot(`${stormId}/unattended/direct/${who}`)).toContain(`<@${APPROVER}> is on the storm`);
    expect((await on.test.auditKinds()).filter((kind) => kind === "incident-unattended")).toHaveLength(2);
  });

  it("words in its thread, and buttons in it, are a reaction", async () => {
    const { first, stormId } = await begin();
    const root = await on.front.desk.store.outbox.bySlot(`${stormId}/root`);
    await on.front.desk.store.outbox.sent(root?.id ?? "", { ts: "5.5", revision: 1 });
    const post = { channel: CHANNEL, ts: "6.6", threadTs: "5.5", userId: REQUESTER, text: "I’m on it" };
    await on.receiver.handle({ kind: "post", id: "p", post, receivedAtMs: 0 });
    on.test.moveOn(60 * MINUTE_MS);
    expect(await call()).toBe(0);
    expect(await on.front.desk.store.attention.get(first.id)).toMatchObject({ attendedBy: REQUESTER });
  });

  it("where one of it is silenced, its thread says so and the others are called for; where all of it is, nobody is", async () => {
    const { first, second, stormId } = await begin();
    expect(await on.oom(`mute ${first.id} 20m`)).toContain("Its open incident stays open");
    const { desk } = on.front;
    const slots = (await desk.store.outbox.due(Number.MAX_SAFE_INTEGER, 100)).map(({ slot }) => slot);
    const said = slots.find((slot) => slot.startsWith(`${stormId}/silenced/`)) ?? "";
    expect(await on.slot(said)).toContain("`redis/one (redis-memory)` is silenced until");
    on.test.moveOn(10 * MINUTE_MS);
    expect(await call()).toBe(1);
    expect(await on.slot(`${stormId}/unattended`)).toContain("`redis/two`");
    expect(await on.click({ actionId: "incident_snooze", value: stormId })).toContain(`The storm \`${stormId}\` is silenced until`);
    await hear("one");
    await hear("three");
    await keepStorms(desk);
    on.test.moveOn(30 * MINUTE_MS);
    expect(await call()).toBe(0);
    expect(await desk.store.attention.get(second.id)).toMatchObject({ attendedBy: REQUESTER });
    expect(await on.oom("mute stm_none 1h")).toContain("There is no storm");
    on.test.moveOn(31 * MINUTE_MS);
    expect(await call()).toBe(1);
  });
});

it("what waited for the end of quiet hours is one message, told once", async () => {
  const on = await startFront();
  const { desk } = on.front;
  const atMs = desk.clock.nowMs();
  const row = { by: "quiet-hours", channel: CHANNEL, source: "grafana", isKill: false, says: "memory is at 91%", atMs } as const;
  await desk.store.hushed.add({
    ...row,
    key: "a",
    fingerprint: "redis/shop redis-memory",
    target: SHOP,
    problem: "redis-memory",
    severity: "warning",
  });
  await desk.store.hushed.add({
    ...row,
    key: "b",
    fingerprint: "redis/shop redis-memory",
    target: SHOP,
    problem: "redis-memory",
    severity: "info",
  });
  for (let index = 0; index < 40; index += 1)
    await desk.store.hushed.add({ ...row, key: `k${index}`, fingerprint: `f${index}`, severity: null });
  const quiet = { ...desk, calm: { maintenance: [], quietHours: { fromMinutes: 0, toMinutes: 1440, zone: "UTC" } } };
  expect(await endQuietHours(quiet)).toBe(0);
  expect(new Set(await Promise.all([endQuietHours(desk), endQuietHours(desk)]))).toEqual(new Set([0, 41]));
  const said = await on.slot(`quiet-hours/${CHANNEL}/${atMs}`);
  expect(said).toContain("Quiet hours: 42 reports waited, of 1 target; 40 name none");
  expect(said).toMatch(/Redis memory: `redis\/shop`\* warning · 2 times/);
  expect(said.match(/memory is at 91%/g)).toHaveLength(41);
  await on.click({ actionId: "target_pick", value: "redis/shop" });
  expect(await desk.store.incidents.unresolved("redis/shop redis-memory")).toBeDefined();
  await on.test.stop();
});

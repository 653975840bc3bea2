import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hearAlert } from "../../src/incidents/hear-alert.ts";
import { setSilence } from "../../src/incidents/silences.ts";
import { callForHelp } from "../../src/jobs/call-for-help.ts";
import { endQuietHours } from "../../src/jobs/end-quiet-hours.ts";
import { APPROVER, CHANNEL, REQUESTER, SHOP } from "../support/desk.ts";
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

  const call = () => callForHelp({ desk: on.front.desk, chat: on.chat });
  const alert = async (severity: "critical" | "warning" = "critical") => {
    const subject = { about: "redis", names: [], hosts: [] } as const;
    const heard = await hearAlert(on.front.desk, {
      key: `k${on.front.desk.clock.nowMs()}`,
      alert: { source: "grafana", class: "redis_memory", severity, labels: {}, subject },
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
  expect(said).toContain("Quiet hours: 42 reports of 41 targets waited");
  expect(said).toMatch(/Redis memory: `redis\/shop`\* warning · 2 times/);
  expect(said.match(/memory is at 91%/g)).toHaveLength(41);
  await on.click({ actionId: "target_pick", value: "redis/shop" });
  expect(await desk.store.incidents.unresolved("redis/shop redis-memory")).toBeDefined();
  await on.test.stop();
});

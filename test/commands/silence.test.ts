import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CalmRules } from "../../src/domain/calm.ts";
import { parseCommand } from "../../src/commands/parse-command.ts";
import { silence } from "../../src/commands/silence.ts";
import { APPROVER, CHANNEL, REQUESTER, rulesWith, STRANGER } from "../support/desk.ts";
import { startFront, type TestFront } from "../support/front.ts";
import { seen } from "../support/seen.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe("snooze and mute, as they are typed", () => {
  const read = (text: string) => {
    const parsed = parseCommand(text);
    return parsed.kind === "wrong" ? parsed.because : parsed.command;
  };

  it.each([
    ["snooze docker/kong 30m", { kind: "snooze", what: "docker/kong", until: { ms: 30 * MINUTE_MS }, kills: false }],
    [
      "SNOOZE inc_1 for 2h being worked on",
      { kind: "snooze", what: "inc_1", until: { ms: 2 * HOUR_MS }, kills: false, reason: "being worked on" },
    ],
    [
      "mute redis/shop for 1 hour load test",
      { kind: "mute", what: "redis/shop", until: { ms: HOUR_MS }, kills: false, reason: "load test" },
    ],
    ["snooze redis/shop 120 min", { kind: "snooze", what: "redis/shop", until: { ms: 2 * HOUR_MS }, kills: false }],
    ["mute deploy/shop/*", { kind: "mute", what: "deploy/shop/*", until: { ms: 24 * HOUR_MS }, kills: false }],
    ["mute severity=warning for 2d", { kind: "mute", what: "severity=warning", until: { ms: 48 * HOUR_MS }, kills: false }],
    [
      "mute redis-memory until resolved with kills known bug",
      { kind: "mute", what: "redis-memory", until: "resolved", kills: true, reason: "known bug" },
    ],
    ["mute <#C0123ABCD|ops> 1h", { kind: "mute", what: "#C0123ABCD", until: { ms: HOUR_MS }, kills: false }],
    ["mute x 3 replicas", { kind: "mute", what: "x", until: { ms: 24 * HOUR_MS }, kills: false, reason: "3 replicas" }],
    ["mute x with regards to all", { kind: "mute", what: "x", until: { ms: 24 * HOUR_MS }, kills: false, reason: "with regards to all" }],
  ])("%s", (text, command) => {
    expect(read(text)).toEqual(command);
  });

  it.each([
    ["snooze", "expected a target or an incident's id and a time, got neither"],
    ["snooze docker/kong", 'expected a time from 1m to 30d with its unit, such as 30m, 2h or 3d after "docker/kong", got none'],
    ["snooze docker/kong 30", 'expected a time from 1m to 30d with its unit, such as 30m, 2h or 3d, got "30"'],
    ["snooze docker/kong 31d", "expected a time from 1m to 30d"],
    ["mute", "expected a target, a label, a problem or a channel, got none"],
    ["mute x for ever", 'after `for`, got "ever"'],
    ["mute x -1h", 'expected a time from 1m to 30d with its unit, such as 30m, 2h or 3d, got "-1h"'],
    ["mute x 10000d", 'got "10000d"'],
    ["mute x until friday", 'expected `resolved` after `until`, got "friday"'],
    ["mute x with kils", 'expected `kills` after `with`, got "kils"'],
  ])("%s is refused with what was expected", (text, because) => {
    expect(read(text)).toContain(because);
  });
});

describe("what is silenced", () => {
  let on: TestFront;
  let posts = 0;
  beforeAll(async () => {
    on = await startFront({ rules: { ...rulesWith(), investigators: [REQUESTER, APPROVER] } });
  });
  afterAll(() => on.test.stop());

  const alert = async (severity = "warning"): Promise<string> => {
    posts += 1;
    const ts = `${1_790_000_000 + posts}.000100`;
    const text = `[FIRING:1] RedisMemoryHigh\nalertname: RedisMemoryHigh\ninstance: shop\nseverity: ${severity}\nRedis shop memory is at 91%`;
    await on.receiver.handle({
      kind: "post",
      id: ts,
      post: { channel: CHANNEL, ts, botId: "B0ALERTS", text },
      receivedAtMs: on.front.desk.clock.nowMs(),
    });
    return ts;
  };
  const open = async () => on.front.desk.store.incidents.unresolved("redis/shop redis-memory");
  const deliveries = async () => (await on.front.desk.store.outbox.due(Number.MAX_SAFE_INTEGER, 500)).length;
  const idIn = (answer: string): string => /sil_[0-9a-z]+/.exec(answer)?.[0] ?? "";

  it("is for those who may investigate", async () => {
    expect(await on.oom("mute redis/shop", STRANGER)).toContain("access.investigators");
    expect(await on.click({ actionId: "silence_end", value: "sil_abc", userId: STRANGER })).toContain("access.investigators");
  });

  it("opens nothing and posts nothing, is listed with its count, and opens again when it is taken back", async () => {
    const answer = await on.oom("mute redis/sho* for 2h load test");
    expect(answer).toContain("`redis/sho*` is silenced until");
    const before = await deliveries();
    await alert();
    await alert();
    expect([await open(), await deliveries()]).toEqual([undefined, before]);
    expect(await on.oom("silences")).toMatch(/`redis\/sho\*`.*2 kept quiet[\s\S]*load test/);
    expect(await on.click({ actionId: "silence_end", value: idIn(answer) })).toContain("is heard again");
    expect(await on.oom("silences")).toContain("Nothing is silenced");
    expect(await on.oom(`unmute ${idIn(answer)}`)).toContain("is over already");
    const wide = idIn(await on.oom("mute redis/* for 4h"));
    const answered = await on.oom("mute redis/shop for 1h");
    expect(answered).toMatch(/`redis\/\*` is silenced as well, until <!date.*: so it stays quiet\. `\/oom unmute (sil_\w+)`/);
    expect(answered).toContain(`/oom unmute ${wide}`);
    expect(await on.oom(`unmute ${idIn(answered)}`)).toMatch(/`redis\/shop` stays quiet\.[\s\S]*`redis\/\*` is silenced as well/);
    const narrow = idIn(await on.oom("mute redis/shop for 1d"));
    expect(await on.oom("mute redis/* for 2h")).toMatch(/`redis\/shop` is silenced as well.* so a part of it stays quiet/);
    expect(await on.oom("mute redis/* for 2d")).not.toContain("`redis/shop` is silenced as well");
    for (const { id } of await on.front.desk.store.silences.live(on.front.desk.clock.nowMs()))
      if (id !== wide && id !== narrow) await on.oom(`unmute ${id}`);
    await on.oom(`unmute ${narrow}`);
    expect(await on.oom(`unmute ${wide}`)).toContain("is heard again");

    await alert();
    const incident = await open();
    expect(incident).toMatchObject({ timesSeen: 1 });
    const kept = (await on.front.desk.store.outbox.ofIncident(incident?.id ?? "")).find(({ slot }) => slot.includes("/kept-quiet/"));
    expect(await on.slot(kept?.slot ?? "")).toContain("2 reports of it before this were kept quiet");
    expect(await on.test.auditKinds()).toEqual(expect.arrayContaining(["silence-set", "silence-ended"]));
  });

  it("is counted into an incident that is open, in whose thread it is said; resolving ends what was to hold until then", async () => {
    const { id = "" } = (await open()) ?? {};
    const answer = await on.oom(`mute ${id} until resolved`);
    expect(answer).toContain("`redis/shop (redis-memory)` is silenced until it is resolved");
    expect(await on.slot(`${id}/silenced/${idIn(answer)}`)).toContain("is silenced until it is resolved");
    const before = await deliveries();
    await alert("critical");
    expect(await open()).toMatchObject({ timesSeen: 2, severity: "critical" });
    expect(await on.front.desk.store.heard.counts(id)).toMatchObject([{ count: 2 }]);
    expect(await deliveries()).toBe(before);
    await on.click({ actionId: "incident_resolve", value: id });
    expect(await on.front.desk.store.silences.live(on.front.desk.clock.nowMs())).toEqual([]);
    expect(await on.oom("mute redis/shop until resolved")).toContain("No incident of `redis/shop` is open");
  });

  it("counts an alert whose end was told first, for which nobody waits; and a post that is edited to fire again", async () => {
    on.test.moveOn(HOUR_MS);
    const send = async (ts: string, change: { readonly status?: string; readonly receivedAtMs?: number } = {}) => {
      const { status = "FIRING", receivedAtMs = on.front.desk.clock.nowMs() } = change;
      const text = `[${status}:1] RedisMemoryHigh\nalertname: RedisMemoryHigh\ninstance: shop\nseverity: warning\nRedis shop memory is at 91%`;
      await on.receiver.handle({
        kind: "post",
        id: `${ts}/${receivedAtMs}`,
        post: { channel: CHANNEL, ts, botId: "B0ALERTS", text },
        receivedAtMs,
      });
    };
    const tsAt = (ms: number): string => `${Math.floor(ms / 1000)}.000100`;
    const { store, clock } = on.front.desk;
    const firstAtMs = clock.nowMs();
    await send(tsAt(firstAtMs));
    const { id = "" } = (await open()) ?? {};
    await on.oom("investigate redis/shop");
    const answer = await on.oom("mute redis/shop 1h");
    const early = tsAt(firstAtMs + 1_000);
    on.test.moveOn(MINUTE_MS);
    await send(tsAt(clock.nowMs()), { status: "RESOLVED" });
    expect(await open()).toBeUndefined();
    await on.oom("investigate redis/shop");
    const again = (await open())?.id ?? "";
    await send(early);
    expect(await store.heard.firing(again)).toEqual([]);
    expect(await on.oom("silences")).toMatch(/`redis\/shop`\*.* 1 kept quiet/);
    on.test.moveOn(MINUTE_MS);
    await send(tsAt(firstAtMs), { receivedAtMs: clock.nowMs() });
    expect(await on.oom("silences")).toMatch(/`redis\/shop`\*.* 2 kept quiet/);
    expect([id, await store.heard.firing(again)]).toEqual([again, [expect.objectContaining({ name: "redismemoryhigh" })]]);
    await on.oom(`unmute ${idIn(answer)}`);
    await on.click({ actionId: "incident_resolve", value: again });
  });

  it("is a label, by which other alerts are still told; an investigation that somebody asks for always is", async () => {
    on.test.moveOn(HOUR_MS);
    expect(await on.oom("mute severity=warnin")).toContain("did you mean warning?");
    expect(await on.oom("mute class=oom_kiled")).toContain("did you mean oom_killed?");
    expect(await on.oom("mute problem=redis")).toContain("xpected one of redis-memory");
    expect(await on.oom("mute label=team=web")).toContain("Did you mean `/oom mute team=web`?");
    const typo = await on.oom("mute namspace=shop 1h");
    expect(typo).toContain("No alert so far had a label `namspace`. Did you mean `namespace=shop`?");
    expect(await on.oom("mute instance=shpo 1h")).toContain("Did you mean `instance=shop`?");
    expect(await on.oom("mute pgdata=shop 1h")).toMatch(/No alert so far had a label `pgdata`\. Alerts had .*`alertname`/);
    expect(await on.oom("mute instance=shop 1m")).not.toContain("⚠️");
    for (const { id } of await on.front.desk.store.silences.live(on.front.desk.clock.nowMs())) await on.oom(`unmute ${id}`);
    const answer = await on.oom("mute severity=warn* 1h");
    await alert("warning");
    expect(await open()).toBeUndefined();
    await alert("critical");
    expect(await open()).toMatchObject({ severity: "critical" });
    expect(await on.oom("investigate redis/shop")).toContain("redis/shop");
    await on.oom(`unmute ${idIn(answer)}`);
  });

  it("covers nothing that nobody has named for more than an hour where the configuration does not name who asks, and is announced", async () => {
    const { desk } = on.front;
    const front = { ...on.front, desk: { ...desk, rules: { ...desk.rules, investigators: "everyone" as const } } };
    for (const typed of ["redis/*", "severity=crit*", "redis-memory", "C0123ABCD"]) {
      const announced = async (id: string) => on.slot(`silence/${id}/${typed.startsWith("C0") ? typed : CHANNEL}`);
      const asked = { what: typed, until: { ms: 24 * HOUR_MS }, kills: false };
      const mine = await desk.store.silences.live(desk.clock.nowMs());
      const cut = seen(await silence(front, STRANGER, asked)).join("\n");
      expect(cut).toContain("For an hour at the most");
      const kept = await desk.store.silences.get(idIn(cut));
      expect((kept?.untilMs ?? 0) - (kept?.atMs ?? 0)).toBe(HOUR_MS);
      expect(await announced(idIn(cut))).toContain(`by <@${STRANGER}>`);
      const whole = seen(await silence(front, APPROVER, asked)).join("\n");
      expect(whole).not.toContain("For an hour at the most");
      expect(await announced(idIn(whole))).toContain("opens no incident");
      for (const id of [idIn(cut), idIn(whole)]) await on.oom(`unmute ${id}`);
      expect(await announced(idIn(whole))).toContain(`<@${REQUESTER}> has taken back`);
      expect(await desk.store.silences.live(desk.clock.nowMs())).toEqual(mine);
    }
    const named = seen(await silence(front, STRANGER, { what: "redis/shop", until: { ms: 24 * HOUR_MS }, kills: false })).join("\n");
    expect(named).not.toContain("For an hour");
    expect(await on.slot(`silence/${idIn(named)}/${CHANNEL}`)).toBe("");
    await on.oom(`unmute ${idIn(named)}`);
  });

  it("is snoozed by a button", async () => {
    const { id = "" } = (await open()) ?? {};
    expect(await on.click({ actionId: "incident_snooze", value: id })).toContain("is silenced until");
    expect(await on.click({ actionId: "incident_snooze", value: "inc_../x" })).toContain("That button leads to nothing");
    expect(await on.click({ actionId: "silence_end", value: "<!channel>" })).toContain("That button leads to nothing");
  });

  it.each([
    ["mute redis/shp", "Did you mean `redis/shop`?"],
    ["mute redis-memroy", "Did you mean the problem `redis-memory`?"],
    ["mute deplyo/shop/*", "Did you mean `deploy/shop/*`?"],
    ["mute shop-*", "expected a pattern of targets such as `deploy/shop/*`"],
    ["mute docker/*-x", "expected `*` at the end only"],
    ["mute severity=", "expected a label as `name=value`"],
    ["mute severity=w*n", "expected `*` at the end of the value only"],
    ["mute #ops", "expected a channel as Slack offers it"],
    ["mute inc_none 1h", "there is no incident"],
    ["unmute sil_none", "`/oom silences` lists them."],
  ])("%s is answered with what was meant", async (typed, says) => {
    expect((await on.oom(typed)).toLowerCase()).toContain(says.toLowerCase());
  });
});

describe("maintenance and quiet hours", () => {
  it("keep alerts quiet that are not critical, and say that it is their time", async () => {
    const on = await startFront();
    const calm: CalmRules = {
      maintenance: [{ name: "upgrade", targets: ["docker/*"], labels: {}, when: { kind: "once", fromMs: 0, toMs: 9_000_000_000_000 } }],
      quietHours: { fromMinutes: 0, toMinutes: 24 * 60, zone: "UTC" },
    };
    Object.assign(on.front.desk, { calm });
    const send = (severity: string, ts: string) =>
      on.receiver.handle({
        kind: "post",
        id: ts,
        post: {
          channel: CHANNEL,
          ts,
          botId: "B0ALERTS",
          text: `alertname: RedisMemoryHigh\ninstance: shop\nseverity: ${severity}\nRedis shop memory is at 91%`,
        },
        receivedAtMs: 0,
      });
    await send("warning", "1790000100.000100");
    expect(await on.front.desk.store.incidents.list({ limit: 9 })).toEqual([]);
    expect(await on.oom("silences")).toMatch(
      /upgrade\* now, until <!date[\s\S]*covers `docker\/\*`[\s\S]*Quiet hours[\s\S]*1 waits for their end/,
    );
    await send("critical", "1790000101.000100");
    expect(await on.front.desk.store.incidents.list({ limit: 9 })).toMatchObject([{ severity: "critical" }]);
    await on.test.stop();
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRedis, type RedisLab } from "../../scripts/lab/redis.ts";
import { controlsOf, type LabResponse } from "../../scripts/lab/slack/index.ts";
import { incidentsOf } from "./support/alerting.ts";
import { QUICK, seen, setScene, textOf, type Scene } from "./support/scene.ts";

const SECRET = "made-up-secret-of-alertmanager";
const GROUP = "S0ONCALL";
const HOUR_MS = 3_600_000;
// So many that what is said of them at once is too long even for several messages.
const MANY = Array.from({ length: 240 }, (_, index) => `many-${index}`);
const LONG_NAME = `RedisMemoryHigh of ${"a Redis with a long story ".repeat(5)}`;
// So many that it goes on in further messages.
const SOME = MANY.slice(-60);
const NAMES = [
  "works",
  "data",
  "night",
  "grave",
  "heard",
  "alone",
  "byname",
  "bylabel",
  "byproblem",
  "byplace",
  "vain",
  "s1",
  "s2",
  "s3",
  ...MANY,
];

// What people and the configuration want to hear nothing of, and who is called when nobody reacts: on the process as it ships.
describe("quiet", () => {
  let redis: RedisLab;
  let scene: Scene;
  let sent = 0;

  const sections = (alerts: object, storms: object = { threads: 100, criticalThreads: 100 }) => ({
    ...QUICK,
    webhooks: { alertmanagerSecret: SECRET },
    watch: { enabled: false },
    alerts: { ...alerts },
    storms: { ...storms },
  });
  const unattended = (afterMinutes: number) => ({
    mention: GROUP,
    afterMinutes,
    secondChannel: scene.slack.id("everyone"),
    afterMinutesSecond: afterMinutes,
  });

  beforeAll(async () => {
    redis = await startRedis();
    scene = await setScene({
      slack: { channels: ["alerts", "incidents", "everyone"] },
      settings: (slack) => ({
        connections: Object.fromEntries(NAMES.map((name) => [name, { url: redis.url }])),
        access: { approvers: [slack.id("approver")] },
      }),
      started: false,
    });
  });
  afterAll(async () => {
    await scene?.stop();
    await redis?.stop();
  });

  function send(name: string, labels: Readonly<Record<string, string>> = {}, status = "firing"): Promise<void> {
    return sendAll([name], labels, status);
  }

  async function sendAll(names: readonly string[], labels: Readonly<Record<string, string>> = {}, status = "firing"): Promise<void> {
    sent += 1;
    const alerts = names.map((name) => ({
      status,
      labels: { alertname: "RedisMemoryHigh", instance: name, severity: "warning", ...labels },
      annotations: { summary: `Memory of Redis is at 91%, for the ${sent}. time` },
      startsAt: new Date().toISOString(),
    }));
    const response = await fetch(`${scene.oomph().url}/webhooks/alertmanager`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${SECRET}` },
      body: JSON.stringify({ version: "4", status, alerts }),
    });
    expect(response.status).toBe(202);
  }

  /** What the command is answered with, to nobody else. */
  async function asks(command: string): Promise<LabResponse> {
    return answerTo(() => scene.people().command("responder", "incidents", `/oom ${command}`));
  }

  async function answerTo(ask: () => Promise<unknown>): Promise<LabResponse> {
    const before = scene.slack.responses().length;
    await ask();
    return seen("an answer", () => scene.slack.responses()[before]);
  }

  /** Alerts are taken up one after the other; what is silenced is told by nothing but its count. */
  const silences = (says: RegExp) =>
    seen(`that ${String(says)} is listed`, async () => {
      const answer = textOf(await asks("silences"));
      return says.test(answer) ? answer : undefined;
    });
  const idIn = (message: LabResponse): string => /sil_[0-9a-z]+/.exec(textOf(message))?.[0] ?? "";
  const rootOf = (name: string) => seen(`the thread of ${name}`, () => incidentsOf(scene, name)[0]?.rootTs ?? undefined);
  const inThread = async (name: string, says: RegExp) => {
    const rootTs = await rootOf(name);
    return seen(`${String(says)} in the thread of ${name}`, () =>
      scene.said("incidents").find((one) => (one.thread_ts ?? one.ts) === rootTs && says.test(textOf(one))),
    );
  };

  test("maintenance and quiet hours: nothing of what they cover is told, but what is critical", async () => {
    const [from, to] = [-2, 2].map((hours) => new Date(Date.now() + hours * HOUR_MS).toISOString());
    const maintenance = [
      { name: "upgrade", targets: ["redis/wor*"], from, to },
      { name: "batch", labels: { team: "data" }, from, to },
    ];
    const quietHours = { from: from?.slice(11, 16), to: to?.slice(11, 16) };
    await scene.start({ sections: sections({ maintenance, quietHours, unattended: unattended(60) }) });
    await send("works", { severity: "critical" });
    await send("data", { severity: "critical", team: "data" });
    await send("night");
    await sendAll(MANY, { severity: "info", alertname: LONG_NAME });
    const listed = SOME.map(
      (name) => `*Alert:* ${LONG_NAME} - \`info\`\n*Details:*\n • *alertname:* \`${LONG_NAME}\`\n • *instance:* \`${name}\``,
    );
    await scene.people().postAsBot("alerts", { text: `*[FIRING:${SOME.length}] Redis*\n${listed.join("\n")}` });
    await silences(/upgrade\* now, until[\s\S]* 1 kept quiet[\s\S]*batch\* now, until[\s\S]* 1 kept quiet[\s\S]* 301 wait for their end/);
    await send("grave", { severity: "critical" });
    await inThread("grave", /\bsure\b/);
    expect(["works", "data", "night"].flatMap((name) => incidentsOf(scene, name))).toEqual([]);
    expect(scene.said().filter((one) => /redis\/(works|data|night)/.test(textOf(one)))).toEqual([]);
  });

  test("when they are over: what is too long for a message goes on in others, each of them once, though the answer to the first is lost and the process is killed before the second", async () => {
    const posts = { method: "chat.postMessage", channel: "alerts" } as const;
    scene.slack.fault({ ...posts, does: { kind: "answer-lost" } });
    const end = scene.slack.fault({ ...posts, times: Infinity, does: { kind: "status", status: 500 } });
    await scene.start({ sections: sections({ unattended: unattended(60) }) });
    // Killed in the middle of an attempt, that one's claim would have to run out first: a minute.
    await seen("the second to have been refused", async () => /\/part\/2".*it is tried again/.test(await scene.oomph().log()));
    await scene.kill();
    const [digest, ...others] = scene.said("alerts");
    expect([textOf(digest ?? { text: "" }), others]).toEqual([expect.stringMatching(/1 of \d, goes on below/), []]);
    end();
    await scene.start();
    const parts = await seen("the last part", () => {
      const all = scene.said("alerts");
      return all.some((one) => /Continued, (\d) of \1/.test(textOf(one))) ? all : undefined;
    });
    expect(parts.slice(1).map((one) => /Continued, (\d) of \d/.exec(textOf(one))?.[1])).toEqual(
      parts.slice(1).map((_, index) => String(index + 2)),
    );
    expect(new Set(parts.slice(1).map((one) => one.thread_ts))).toEqual(new Set([digest?.ts]));
    const names = parts.flatMap((one) => [...JSON.stringify(one.blocks).matchAll(/`redis\/(many-\d+)`/g)].map(([, name = ""]) => name));
    expect(names.toSorted()).toEqual([...SOME].toSorted());
  });

  test("and one message has what waited, with a button, and a file what is too much for it; the next alert says what was kept quiet", async () => {
    const digest = await seen("what waited", () =>
      scene.said("incidents").find((one) => /Quiet hours: 241 reports waited, of 241 targets/.test(one.text)),
    );
    expect(textOf(digest)).toMatch(/redis\/night/);
    expect(textOf(digest)).not.toMatch(/redis\/(works|data)/);
    expect(textOf(digest)).toMatch(/the file below has all of this message/);
    const [file] = await seen("the file", async () => {
      const files = (await scene.slack.thread("incidents", digest.ts)).flatMap((one) => one.files ?? []);
      return files.length > 0 ? files : undefined;
    });
    const all = new TextDecoder().decode(await scene.slack.fileContent(file?.id ?? ""));
    expect(["night", ...MANY].filter((name) => !new RegExp(`redis/${name}\\b`).test(all))).toEqual([]);
    await answerTo(() => scene.people().click("responder", digest, "Investigate"));
    await rootOf("night");
    await send("works");
    await inThread("works", /1 report of it before this was kept quiet/);
  });

  test.each([
    ["byname", "redis/byn*", "for 2h"],
    ["bylabel", "team=web", ""],
    ["byproblem", "redis-memory", ""],
    ["byplace", "#", ""],
  ])("%s: muted, listed, undone, and told again", async (name, what, time) => {
    const typed = what === "#" ? `<#${scene.slack.id("incidents")}|incidents>` : what;
    const set = await asks(`mute ${typed} ${time} known and worked on`);
    expect(textOf(set)).toContain("is silenced until");
    await send(name, { team: "web" });
    await silences(new RegExp(`1 kept quiet[\\s\\S]*known and worked on[\\s\\S]*${idIn(set)}`));
    expect(incidentsOf(scene, name)).toEqual([]);
    expect(textOf(await asks(`unmute ${idIn(set)}`))).toContain("is heard again");
    await send(name, { team: "web" });
    await inThread(name, /1 report of it before this was kept quiet/);
  });

  test("until resolved, by a label: it holds until the last incident with that label is resolved", async () => {
    expect(textOf(await asks("mute team=nobody until resolved"))).toContain("nothing to be resolved");
    const set = await asks("mute team=web until resolved");
    const silenced = await inThread("bylabel", /is silenced until it is resolved/);
    expect(textOf(silenced)).toContain("team=web");
    await send("heard", { team: "web" });
    await silences(new RegExp(`1 kept quiet[\\s\\S]*${idIn(set)}`));
    for (const name of ["byname", "bylabel", "byproblem", "byplace"]) {
      await send(name, { team: "web" }, "resolved");
      await inThread(name, /✅/);
    }
    await seen("it to have ended", async () => /Nothing is silenced/.test(textOf(await asks("silences"))));
  });

  test("nobody reacts: a group is called into the thread, then another channel is told; where somebody has, nobody is", async () => {
    await send("heard", { severity: "critical" });
    await send("alone", { severity: "critical" });
    const rootTs = await rootOf("heard");
    await rootOf("alone");
    await scene.people().postAsUser("responder", { channel: "incidents", threadTs: rootTs }, "looking");
    await seen("that somebody has", async () => /Is on it/.test(textOf(await asks(`show ${incidentsOf(scene, "heard")[0]?.id}`))));
    await scene.start({ sections: sections({ unattended: unattended(0.05) }) });
    const call = await inThread("alone", /Nobody has reacted to/);
    expect(textOf(call)).toContain(`<!subteam^${GROUP}>`);
    const elsewhere = await seen("the other channel to be told", () =>
      scene.said("everyone").find((one) => textOf(one).includes("redis/alone")),
    );
    expect(textOf(elsewhere)).toMatch(/Go to the thread/);
    await scene.people().click("responder", elsewhere, "I'm on it");
    await inThread("alone", /is on `redis\/alone`/);
    expect(scene.said().filter((one) => /Nobody has reacted to .*heard/.test(one.text))).toEqual([]);
  });

  test("where Slack takes no call in any channel, those who were to be called are told directly, and may say that they are on it", async () => {
    scene.slack.setGroup(GROUP, ["bystander"]);
    const archived = { method: "chat.postMessage", times: 1_000, does: { kind: "error", error: "is_archived" } } as const;
    const ends = ["incidents", "everyone"].map((channel) => scene.slack.fault({ ...archived, channel }));
    await send("vain", { severity: "critical" });
    const told = await seen("a direct message", async () =>
      (await scene.slack.messages("bystander")).find((one) => /Nobody has reacted to redis\/vain/.test(one.text)),
    );
    for (const end of ends) end();
    expect(textOf(told)).toContain("Slack takes no call in");
    await scene.people().click("bystander", told, "I'm on it");
    await seen("that it says so", async () => /is on `redis\/vain`/.test(JSON.stringify(await scene.slack.messages("bystander"))));
  });

  test("hundreds of names that nobody knows share one message, counted exactly over a restart, and are answered there", async () => {
    await scene.start({ sections: sections({}) });
    const unknown = Array.from({ length: 200 }, (_, index) => `unknown-${index}`);
    await sendAll(unknown);
    await scene.start();
    await sendAll(unknown, { severity: "critical" });
    const shared = await seen("the message that they share", () =>
      scene.said("incidents").find((one) => /Alerts about 197 names that I cannot place: 394 alerts/.test(one.text)),
    );
    expect(textOf(shared)).toMatch(/197 critical/);
    const alone = await seen("those that are asked about alone", () => {
      const asked = scene.said("incidents").filter((one) => /I do not know/.test(one.text));
      return asked.length < 3 ? undefined : asked;
    });
    expect(new Set(alone.map(({ text }) => /unknown-\d+/.exec(text)?.[0])).size).toBe(3);
    expect(alone).toHaveLength(3);
    expect(scene.said("incidents").filter((one) => /that I cannot place/.test(one.text))).toHaveLength(1);
    await seen("that all are listed", async () =>
      /Names 161 to 197 of 197/.test(JSON.stringify(await scene.slack.thread("incidents", shared.ts))),
    );

    const [{ label: name } = { label: "" }] = controlsOf(shared.blocks ?? []);
    const which = await answerTo(() => scene.people().click("responder", shared, name));
    await scene.people().click("responder", { ...which, ts: "0" }, "redis/many-7");
    await seen("that one is answered", () =>
      scene.said("incidents").find((one) => one.ts === shared.ts && /; 1 of them answered/.test(textOf(one))),
    );
    await seen("in the list what it is", () =>
      scene.said("incidents").find((one) => textOf(one).includes(`✅ \`${name}\` → \`redis/many-7\``)),
    );
    await inThread("many-7", /\bsure\b/);
  });

  test("of a storm a group is called once, in its thread", async () => {
    await scene.start({ sections: sections({ unattended: unattended(0.05) }, { threads: 1, criticalThreads: 0, within: "1h" }) });
    for (const name of ["s1", "s2", "s3"]) await send(name, { severity: "critical" });
    const storm = await seen("the storm", () => scene.said("incidents").find((one) => one.text.startsWith("Storm: 3 incidents")));
    const called = () => scene.said().filter((one) => one.thread_ts === storm.ts && /Nobody has reacted to/.test(one.text));
    await seen("the call in its thread", () => called()[0]);
    await seen("the other channel to be told", () =>
      scene.said("everyone").find((one) => /Nobody has reacted to redis\/s\d/.test(one.text)),
    );
    expect(called()).toHaveLength(1);
  });
});

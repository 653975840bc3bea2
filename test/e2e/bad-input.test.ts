import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRedis, type RedisLab } from "../../scripts/lab/redis.ts";
import { startGate } from "./support/gate.ts";
import { approve, ask, callsOf, cards, outcome, QUICK, seen, setScene, startTarget, textOf, type Scene } from "./support/scene.ts";

// What people and other programs may send, by mistake or on purpose.
const CHANNELS = ["alerts", "incidents", "asked", "limited", "refused"];
const OOM = "OOM command not allowed when used memory > 'maxmemory'.";

let scene: Scene;
let sessions: RedisLab;
let limited: RedisLab;

beforeAll(async () => {
  const connections: Record<string, { url: string; aliases?: readonly string[] }> = {};
  scene = await setScene({
    slack: { channels: CHANNELS },
    started: false,
    settings: (slack) => ({
      connections,
      access: { approvers: [slack.id("approver")] },
      sections: { ...QUICK, redis: { lookAtStart: true } },
    }),
  });
  sessions = await startTarget(scene);
  limited = await startRedis({ users: ["oomph on >secret ~* +@all -flushdb -@admin"] });
  scene.atEnd(() => limited.stop());
  await limited.client.set("kept", "1");
  const aside = await startGate(scene, scene.queue);
  connections["sessions-eu"] = { url: sessions.url, aliases: ["checkout-redis"] };
  connections["sessions-us"] = { url: sessions.url };
  connections["limited"] = { url: limited.url.replace("redis://", "redis://oomph:secret@") };
  connections["own"] = { url: scene.queue.url };
  connections["own-aside"] = { url: aside.url };
  await scene.start();
});

afterAll(() => scene.stop());

describe("a target", () => {
  test("that there is not is answered with the nearest names, and nothing is opened", async () => {
    expect(await answer("investigate redis/sesions-eu")).toMatch(/no target "redis\/sesions-eu".*redis\/sessions-eu/s);
    expect(await answer("run flush-db redis/nowhere")).toMatch(/no target "redis\/nowhere"/);
    expect(scene.said()).toHaveLength(0);
  });

  test("whose name fits several is asked about, and the choice is looked at", async () => {
    await scene.people().command("responder", "asked", "/oom investigate sessions");
    const picker = await seen("the picker", () =>
      scene.slack.responses().findLast(({ blocks }) => JSON.stringify(blocks).includes("target_pick")),
    );
    expect(await answer("run flush-db sessions/0")).toMatch(/not the whole name of a target/);
    const message = { channel: scene.slack.id("asked"), ts: "1.000001", text: picker.text, blocks: picker.blocks };
    await scene.people().click("responder", message, "redis/sessions-us");
    await outcome(scene, "asked", /Redis memory: redis\/sessions-us/);
    await seen("the choice's own answer", () => scene.slack.responses().find(({ text }) => text === "Looking at redis/sessions-us"));
  });

  test("has no such database", async () => {
    expect(await answer("run flush-db redis/sessions-eu/99")).toMatch(/database 99.*16/s);
    expect(await answer("run flush-db redis/sessions-eu --database -1")).toMatch(/expected|needs|value/);
    expect(await answer("run flush-db redis/sessions-eu/2")).toMatch(/holds no key/);
  });

  test("does not let Oomph do it: said, and nothing is done", async () => {
    await scene.people().command("responder", "limited", "/oom investigate redis/limited");
    await outcome(scene, "limited", /does not let user .*oomph.* run CONFIG GET/);
    const card = await ask(scene, { user: "responder", channel: "limited" }, "flush-db redis/limited/0");
    await approve(scene, "approver", { card, typed: "limited 0" });
    await outcome(scene, "limited", /Failed: Flush/);
    expect(await limited.client.dbsize()).toBe(1);
  });

  test("that cannot be looked at, or in part only, is told by /readyz of itself", async () => {
    const warnings = await seen("the warning", async () => {
      const ready = await fetch(`${scene.oomph().url}/readyz`);
      const said = ((await ready.json()) as { readonly warnings: readonly string[] }).warnings;
      return ready.status === 200 && said.length > 0 ? said : undefined;
    });
    expect(warnings).toEqual(["redis/limited can be looked at in part only (no-rights)"]);
  });

  test("is the Redis that Oomph itself runs on, by its own address or by another", async () => {
    for (const name of ["own", "own-aside"]) {
      expect(await answer(`run flush-db redis/${name}/0`)).toMatch(/the Redis that Oomph itself runs on/);
      expect(await answer(`run set-maxmemory redis/${name} --maxmemory 1mb`)).toMatch(/the Redis that Oomph itself runs on/);
      expect(await answer(`run unlink-keys redis/${name}/0 --pattern bull:*`)).toMatch(/the Redis that Oomph itself runs on/);
    }
    expect(await callsOf(scene.queue, "flushdb")).toBe(0);
    expect(await callsOf(scene.queue, "config\\|set")).toBe(0);
  });
});

describe("an alert", () => {
  test("full of markup, control characters and 100 kB of text opens one incident, and nobody is called by it", async () => {
    const nasty = `<!channel> <!here> <@${scene.slack.id("admin")}> <https://evil.example|checkout-redis> *checkout-redis* \u0000\u0007\u202e \`\`\` ${OOM}\n`;
    const post = await scene.people().postAsBot("alerts", { text: nasty + "a <!channel> & more\n".repeat(5_500) });
    await seen("the report", async () => ((await scene.slack.thread("alerts", post.message.ts)).length >= 3 ? true : undefined));
    for (const message of scene.said("alerts")) {
      expect(textOf(message)).not.toMatch(/<!(channel|here|everyone)|<@|evil\.example/);
    }
    expect(new Set(scene.said("alerts").map(({ thread_ts }) => thread_ts))).toEqual(new Set([post.message.ts]));
  });

  test("with nothing but noise around another subject is left alone", async () => {
    const before = scene.said("alerts").length;
    const post = await scene.people().postAsBot("alerts", { text: `disk full on web-1 ${"x".repeat(100_000)}` });
    expect(await answer("whoami")).toContain("You are"); // goes through the same queue, after it
    expect(await scene.slack.thread("alerts", post.message.ts)).toHaveLength(1);
    expect(scene.said("alerts")).toHaveLength(before);
  });

  test("sent again by Slack, twenty times at once, stays one incident in one thread", async () => {
    const post = await scene.people().postAsBot("alerts", { text: `instance: sessions-us ${OOM}` });
    const again = await Promise.all(Array.from({ length: 20 }, () => scene.people().again(post)));
    expect(new Set(again.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await answer("incidents all")).toContain("sessions-us");
    // The incident which the picker had opened; at most a word below the alert that it is there.
    expect(scene.said().filter(({ text }) => text.startsWith("Redis memory: redis/sessions-us"))).toHaveLength(1);
    expect((await scene.slack.thread("alerts", post.message.ts)).length).toBeLessThanOrEqual(2);
  });
});

describe("a request that is not Slack's", () => {
  test("signed with another secret, signed long ago, or not signed, changes nothing", async () => {
    const people = scene.people();
    const command = "/oom run set-maxmemory redis/sessions-eu --maxmemory 1gb";
    const forged = await people.sending({ forged: true }).command("responder", "refused", command);
    const old = await people.sending({ agedMs: 6 * 60_000 }).command("responder", "refused", command);
    const unsigned = await fetch(scene.oomph().eventsUrl, { method: "POST", body: "{}" });
    expect([forged.status, old.status, unsigned.status]).toEqual([401, 401, 401]);
    expect(await answer("approvals")).not.toMatch(/set-maxmemory/);
    expect(cards(scene, "refused")).toHaveLength(0);
  });

  test("that is Slack's, sent once more by somebody who has recorded it, counts once", async () => {
    const people = scene.people();
    const command = await people.command("responder", "refused", "/oom run set-maxmemory redis/sessions-eu --maxmemory 1gb");
    const card = await seen("the card", () => cards(scene, "alerts")[0]); // where its incident is
    await people.again(command);
    const click = await people.click("approver", card, "request_approve");
    await Promise.all([people.again(click), people.again(click), people.again(command)]);
    await outcome(scene, "alerts", /Done, (and it helped|but it did not help): Set memory limit/);
    expect(await callsOf(sessions, "config\\|set")).toBe(1);
    // The sum at the end says who asked too, and of no risk.
    expect(scene.said("alerts").filter((one) => /Asked for by .+ · /.test(textOf(one)))).toHaveLength(1);
  });
});

/** What the responder is told, and nobody else. */
async function answer(text: string): Promise<string> {
  const before = scene.toldOnly("responder").length;
  await scene.people().command("responder", "asked", `/oom ${text}`);
  const told = await seen(`an answer to /oom ${text}`, () => {
    const answers = scene.slack.responses().filter((one) => one.user === scene.slack.id("responder"));
    return scene.toldOnly("responder").length > before ? answers.at(-1) : undefined;
  });
  return textOf(told);
}

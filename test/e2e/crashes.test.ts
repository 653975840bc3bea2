import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RedisLab } from "../../scripts/lab/redis.ts";
import { startGate, type Gate } from "./support/gate.ts";
import { approve, ask, callsOf, outcome, QUICK_AFTER_KILL, seen, setScene, startTarget, textOf, type Scene } from "./support/scene.ts";

// An act is interrupted at every point; what the servers themselves counted says how often it was done.
const KEYS = 6_000;
const NAMES = ["answered", "unanswered", "waiting", "partly", "drained", "stopped"] as const;
type Name = (typeof NAMES)[number];

const targets = new Map<Name, RedisLab>();
const gates = new Map<Name, Gate>();
let scene: Scene;

beforeAll(async () => {
  const access = { approvers: [] as string[] };
  const connections: Record<string, { url: string }> = {};
  scene = await setScene({
    slack: { channels: ["alerts", "incidents", ...NAMES] },
    started: false,
    settings(slack) {
      access.approvers = [slack.id("approver"), slack.id("responder")];
      return { access, connections, sections: QUICK_AFTER_KILL };
    },
  });
  for (const name of NAMES) {
    const target = await startTarget(scene, KEYS);
    const gate = await startGate(scene, target);
    targets.set(name, target);
    gates.set(name, gate);
    connections[name] = { url: gate.url };
  }
  await scene.start();
});

afterAll(() => scene.stop());

test("killed before, during and after an act, it is done once at the most, and its end is the truth", async () => {
  const [answered, unanswered, waiting, partly] = [at("answered"), at("unanswered"), at("waiting"), at("partly")];
  gates.get("answered")?.holdBack("flushdb", "answer");
  gates.get("unanswered")?.holdBack("flushdb", "command");

  // Two at a time are carried out: one is flushed without an answer, one is half deleted, the third has to wait.
  await approved("partly", "unlink-keys redis/partly/0 --pattern cache:* --keys-per-second 500 --everything yes");
  await approved("answered", "flush-db redis/answered/0");
  await gates.get("answered")?.held;
  await seen("some keys to be deleted", async () => (await partly.client.dbsize()) < KEYS);
  await approved("waiting", "flush-db redis/waiting/0");
  await scene.kill();
  const unlinks = await callsOf(partly, "unlink");
  expect(await callsOf(answered, "flushdb")).toBe(1);
  expect(await callsOf(waiting, "flushdb")).toBe(0);

  await scene.start();
  await seen("what waited to be done", async () => (await callsOf(waiting, "flushdb")) === 1);
  await approved("unanswered", "flush-db redis/unanswered/0");
  await gates.get("unanswered")?.held;
  await scene.kill();
  await scene.start();

  const ends = await Promise.all([
    outcome(scene, "answered", /Done, and it helped: Flush|Done, but it did not help: Flush/),
    outcome(scene, "waiting", /Done, and it helped: Flush|Done, but it did not help: Flush/),
    outcome(scene, "unanswered", /Failed: Flush.*nothing was flushed/s),
    outcome(scene, "partly", /A human must look: Delete.*keys had been deleted by then/s),
  ]);
  expect(ends).toHaveLength(4);
  expect(await callsOf(answered, "flushdb")).toBe(1);
  expect(await callsOf(waiting, "flushdb")).toBe(1);
  expect(await callsOf(unanswered, "flushdb")).toBe(0);
  expect(await unanswered.client.dbsize()).toBe(KEYS);
  expect(await callsOf(partly, "unlink")).toBe(unlinks);
  for (const name of ["answered", "waiting", "unanswered", "partly"] as const) {
    await seen(`the end of ${name} in its thread`, () => endsSaid(name)[0]); // the card may have said so before the reply
    expect(endsSaid(name), name).toHaveLength(1);
  }
  expectIntactAudit();
});

test("told to stop, it finishes what is short, stops what is long, and says how far that came", async () => {
  await approved("drained", "unlink-keys redis/drained/0 --pattern cache:* --keys-per-second 3000 --everything yes");
  await approved("stopped", "unlink-keys redis/stopped/0 --pattern cache:* --keys-per-second 200 --everything yes");
  await seen(
    "both to have begun",
    async () => (await callsOf(at("stopped"), "unlink")) > 0 && (await callsOf(at("drained"), "unlink")) > 0,
  );

  expect(await scene.oomph().stop()).toBe(0);
  expect(await at("drained").client.dbsize()).toBe(0);
  const left = await at("stopped").client.dbsize();
  expect(left).toBeGreaterThan(0);

  await scene.start();
  await outcome(scene, "drained", /Done.*Delete keys by pattern/);
  await outcome(scene, "stopped", /A human must look: Delete.*Stopped on request after [\d,]+ keys deleted.*--resume-from/s);
  expect(await at("stopped").client.dbsize()).toBe(left);
  expectIntactAudit();
});

function at(name: Name): RedisLab {
  const target = targets.get(name);
  if (target === undefined) throw new Error(`Expected a server for redis/${name}.`);
  return target;
}

async function approved(name: Name, command: string): Promise<void> {
  const card = await ask(scene, { user: "responder", channel: name }, command);
  await approve(scene, "approver", { card, typed: `${name} 0` });
}

/** Replies, not the card that says the same. */
function endsSaid(name: Name): readonly string[] {
  return scene
    .said(name)
    .filter((message) => /^(Done, and|Done, but|Failed|A human must look)/.test(message.text) && !/Asked for by/.test(textOf(message)))
    .map(({ text }) => text);
}

function expectIntactAudit(): void {
  const env = { PATH: process.env["PATH"], OOMPH_CONFIG: join(scene.directory, "oomph.yaml") };
  const cli = join(import.meta.dirname, "../../bin/oomph.mjs");
  const verified = spawnSync(process.execPath, [cli, "audit", "verify"], { encoding: "utf8", cwd: scene.directory, env });
  expect(verified).toMatchObject({ status: 0, stdout: expect.stringMatching(/intact/) });
}

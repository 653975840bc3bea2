import { join } from "node:path";
import Libsql from "libsql";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RedisLab } from "../../scripts/lab/redis.ts";
import { auditOf } from "./support/audit.ts";
import {
  approve,
  ask,
  callsOf,
  openDialog,
  outcome,
  QUICK,
  requestIdOf,
  seen,
  setScene,
  startTarget,
  textOf,
  type Scene,
} from "./support/scene.ts";

// What Oomph itself stands on goes away, and comes back.
const NAMES = ["early", "long", "short", "locked", "unwritten"] as const;
type Name = (typeof NAMES)[number];
const ALERT = (name: Name): { text: string } => ({ text: `RedisOutOfMemory instance: ${name}` });

const targets = new Map<Name, RedisLab>();
let scene: Scene;

beforeAll(async () => {
  const connections: Record<string, { url: string }> = {};
  scene = await setScene({
    slack: { channels: ["alerts", "incidents", ...NAMES] },
    started: false,
    settings: (slack) => ({
      connections,
      access: { approvers: [slack.id("approver")] },
      sections: { ...QUICK, store: { path: "oomph.sqlite", busyTimeout: "300ms" } },
    }),
  });
  for (const name of NAMES) {
    const target = await startTarget(scene, 3_000);
    targets.set(name, target);
    connections[name] = { url: target.url };
  }
});

afterAll(() => scene.stop());

test("the queue's Redis is away at the start: Oomph is up, says so, and works as soon as it is there", async () => {
  await scene.queue.kill();
  await scene.start({ waitUntilReady: false });
  expect((await fetch(`${scene.oomph().url}/readyz`)).status).toBe(503);

  const typed = await scene.people().command("responder", "early", "/oom investigate redis/early");
  expect(typed).toMatchObject({ status: 200, body: { text: expect.stringContaining("cannot reach its own queue") } });
  const post = await scene.people().postAsBot("alerts", ALERT("early"));
  expect(post.status).toBe(503); // not taken: Slack sends it again

  await scene.queue.restart();
  await seen("it to be ready", async () => (await fetch(`${scene.oomph().url}/readyz`)).ok);
  const again = await scene.people().again(post);
  expect(again.status).toBe(200);
  await seen("the report in the alert's thread", async () =>
    (await scene.slack.thread("alerts", post.message.ts)).length === 3 ? true : undefined,
  );
  expect(scene.said("early")).toHaveLength(0);
});

test("the queue's Redis is lost in the middle of an act and of an investigation: both end, once", async () => {
  const card = await asked("long", "unlink-keys redis/long/0 --pattern cache:* --keys-per-second 1000 --everything yes");
  await approve(scene, "approver", { card, typed: "long 0" });
  await seen("some keys to be deleted", async () => (await callsOf(at("long"), "unlink")) > 0);
  const post = await scene.people().postAsBot("alerts", ALERT("short"));
  await scene.queue.kill();
  await seen("all keys to be deleted", async () => (await at("long").client.dbsize()) === 0);
  const unlinks = await callsOf(at("long"), "unlink");
  await scene.queue.restart();

  await outcome(scene, "long", /Done, (and it helped|but it did not help): Delete/);
  await seen("the report in the alert's thread", async () =>
    (await scene.slack.thread("alerts", post.message.ts)).length === 3 ? true : undefined,
  );
  expect(await callsOf(at("long"), "unlink")).toBe(unlinks);
  expect(
    scene.said("long").filter((message) => /^Done, (and|but)/.test(message.text) && !/Asked for by/.test(textOf(message))),
  ).toHaveLength(1);
  expect(auditOf(scene, requestIdOf(card)).filter((kind) => kind === "run-begun")).toHaveLength(1);
});

test("the store is locked by another process: no word counts that was not written down, and afterwards it does", async () => {
  const card = await asked("locked", "flush-db redis/locked/0");
  const dialog = await openDialog(scene, "approver", { card });
  const holder = new Libsql(join(scene.directory, "oomph.sqlite"), { timeout: 10_000 });
  holder.exec("begin immediate");
  try {
    const answer = await scene.people().submit(dialog, { typed: "locked 0" });
    expect(JSON.stringify(answer.body)).toMatch(/could not be written down|could not take this on in time/);
    await scene.people().command("responder", "locked", "/oom run set-maxmemory redis/locked --maxmemory 1gb");
    await seen("the refusal", () => scene.toldOnly("responder").find((text) => /locked by another process/.test(text)));
    expect((await fetch(`${scene.oomph().url}/readyz`)).status).toBe(503);
    expect((await fetch(`${scene.oomph().url}/healthz`)).status).toBe(200);
    expect(await callsOf(at("locked"), "flushdb")).toBe(0);
  } finally {
    holder.exec("rollback");
    holder.close();
  }
  await scene.people().submit(dialog, { typed: "locked 0" });
  await outcome(scene, "locked", /Done, (and it helped|but it did not help): Flush/);
  expect(await callsOf(at("locked"), "flushdb")).toBe(1);
  expect(auditOf(scene, requestIdOf(card)).filter((kind) => kind === "decision-approved")).toHaveLength(1);
});

test("the store takes no more writes: an act that cannot be written down is not begun", async () => {
  const card = await asked("unwritten", "flush-db redis/unwritten/0");
  const dialog = await openDialog(scene, "approver", { card });
  const holder = new Libsql(join(scene.directory, "oomph.sqlite"), { timeout: 10_000 });
  // As a file system mounted read-only would: writing fails, reading goes on.
  holder.exec("create trigger nothing_is_written before insert on runs begin select raise(abort, 'read-only'); end");
  await scene.people().submit(dialog, { typed: "unwritten 0" });
  await seen("the approval to be written down", () => auditOf(scene, requestIdOf(card)).includes("decision-approved"));
  await seen("a failed try", async () => ((await scene.oomph().log()).includes("a job failed") ? true : undefined));
  expect(await callsOf(at("unwritten"), "flushdb")).toBe(0);
  holder.exec("drop trigger nothing_is_written");
  holder.close();
  await seen("the flush", async () => (await callsOf(at("unwritten"), "flushdb")) === 1);
  expect(auditOf(scene, requestIdOf(card)).filter((kind) => kind === "run-begun")).toHaveLength(1);
});

function at(name: Name): RedisLab {
  const target = targets.get(name);
  if (target === undefined) throw new Error(`Expected a server for redis/${name}.`);
  return target;
}

function asked(name: Name, command: string): ReturnType<typeof ask> {
  return ask(scene, { user: "responder", channel: name }, command);
}

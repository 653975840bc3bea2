import { afterEach, expect, test } from "vitest";
import { fill, fillUntilRefused, startRedis, type RedisLab, type RedisLabOptions } from "../../../scripts/lab/redis.ts";
import { endpointAt } from "../../../src/adapters/redis/endpoint.ts";
import { openLink, type Link } from "../../../src/adapters/redis/link.ts";
import type { RedisConnectionSettings } from "../../../src/adapters/redis/settings.ts";
import { OWN_ADDRESS } from "../../support/own-address.ts";
import { single } from "./lab.ts";

const labs: RedisLab[] = [];
const links: Link[] = [];
afterEach(async () => {
  for (const link of links.splice(0)) link.close();
  await Promise.all(labs.splice(0).map((lab) => lab.stop()));
});

async function start(options: RedisLabOptions = {}): Promise<RedisLab> {
  const lab = await startRedis(options);
  labs.push(lab);
  return lab;
}

async function open({ host, port }: RedisLab, more: Partial<RedisConnectionSettings> = {}, database = 0): Promise<Link> {
  const link = await openLink(endpointAt({ host, port }, single(port, more)), database);
  links.push(link);
  return link;
}

test("no password, a wrong one, an unknown user, a user that is off: each is told", async () => {
  const lab = await start({ password: "made-up", users: ["asleep off >made-up", "watcher on >made-up ~* +@all"] });
  await expect(open(lab)).rejects.toMatchObject({
    code: "wrong-credentials",
    message: expect.stringContaining("none is configured") as string,
  });
  await expect(open(lab, {}, 2)).rejects.toMatchObject({ code: "wrong-credentials" });
  await expect(open(lab, { password: "wrong" })).rejects.toMatchObject({
    code: "wrong-credentials",
    message: expect.stringContaining("the default user") as string,
  });
  await expect(open(lab, { username: "ghost", password: "made-up" })).rejects.toMatchObject({
    code: "wrong-credentials",
    message: expect.stringContaining('"ghost"') as string,
  });
  await expect(open(lab, { username: "asleep", password: "made-up" })).rejects.toMatchObject({ code: "wrong-credentials" });
  expect(await (await open(lab, { username: "watcher", password: "made-up" })).ask({ name: "ACL WHOAMI", args: [] })).toEqual(
    Buffer.from("watcher"),
  );
});

test("errors never hold the password", async () => {
  const lab = await start({ password: "made-up" });
  const error = await open(lab, { username: "ghost", password: "hunter2-secret" }).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Error);
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("hunter2-secret");
  expect(String(error instanceof Error && error.cause)).not.toContain("hunter2-secret");
});

test("a password that the server does not ask for does not keep us out", async () => {
  const link = await open(await start(), { password: "not-needed" });
  expect(await link.ask({ name: "PING", args: [] })).toEqual(Buffer.from("PONG"));
});

test("a database that is not there is answered with how many there are", async () => {
  const lab = await start({ lines: ["databases 4"], users: ["narrow on >made-up ~* +ping +select"] });
  await expect(open(lab, {}, 9)).rejects.toMatchObject({
    code: "bad-input",
    message: expect.stringContaining("has 4 databases, 0 to 3; database 9 was asked for") as string,
  });
  await expect(open(lab, { username: "narrow", password: "made-up" }, 9)).rejects.toMatchObject({
    code: "bad-input",
    message: expect.stringContaining("has no such database") as string,
  });
});

test("a user who may do nothing but log in is connected: each command says what it lacks", async () => {
  const lab = await start({ users: ["nobody on >made-up"] });
  const link = await open(lab, { username: "nobody", password: "made-up" });
  await expect(link.ask({ name: "MEMORY STATS", args: [] })).rejects.toMatchObject({
    code: "no-rights",
    message: expect.stringContaining("ACL SETUSER nobody +memory|stats") as string,
  });
  await expect(open(lab, { username: "nobody", password: "made-up" }, 1)).rejects.toMatchObject({
    code: "no-rights",
    message: expect.stringContaining("+select") as string,
  });
});

test("a server that loads its data set says how far it is", async () => {
  const lab = await start({ whileLoading: true, lines: ["key-load-delay 2000", "loading-process-events-interval-bytes 1024"] });
  await fill(lab, { keys: 20_000, valueBytes: 100 });
  await lab.client.save();
  await lab.restart();
  await expect(open(lab)).rejects.toMatchObject({
    code: "loading",
    retryable: true,
    message: expect.stringMatching(/is loading its data set.* So far: \d+%/) as string,
  });
});

test("a replica without its master and without old data is told", async () => {
  const lab = await start({ replicaOf: { host: "127.0.0.1", port: 1 }, lines: ["replica-serve-stale-data no"] });
  await expect(open(lab)).rejects.toMatchObject({ code: "unreachable", message: expect.stringContaining("lost its master") as string });
});

test("a server that a script keeps busy is told", async () => {
  const lab = await start({ lines: ["busy-reply-threshold 20"] });
  const link = await open(lab);
  const other = lab.client.duplicate();
  other.on("error", () => undefined);
  await lab.client.ping();
  const script = other.eval("while true do end", 0).catch((error: unknown) => error);
  await expect
    .poll(() => link.ask({ name: "PING", args: [] }).catch((error: unknown) => error))
    .toMatchObject({ code: "unreachable", message: expect.stringContaining("SCRIPT KILL") as string });
  await expect(open(lab)).rejects.toMatchObject({ code: "unreachable", message: expect.stringContaining("busy with a script") as string });
  await lab.client.script("KILL");
  expect(await script).toBeInstanceOf(Error);
  other.disconnect();
});

test("a server without a free connection is told", async () => {
  const lab = await start({ lines: ["maxclients 1"] });
  await lab.client.ping();
  await expect(open(lab)).rejects.toMatchObject({
    code: "unreachable",
    message: expect.stringContaining("maxclients is reached") as string,
  });
});

// What we write first is lost on the way, and with it the server's words, unless it is listened to.
test.skipIf(OWN_ADDRESS === undefined)("protected mode is told, with a password configured here and without", async () => {
  const host = OWN_ADDRESS ?? "";
  const { port } = await start({ lines: [`bind 127.0.0.1 ${host}`, "protected-mode yes"] });
  for (const more of [{}, { password: "made-up" }]) {
    await expect(openLink(endpointAt({ host, port }, single(port, more)), 0)).rejects.toMatchObject({
      code: "no-rights",
      retryable: false,
      message: expect.stringMatching(/is in protected mode.*requirepass/) as string,
    });
  }
});

test("a command that the operator has disabled is no-rights", async () => {
  const link = await open(await start({ lines: ['rename-command CONFIG ""'] }));
  await expect(link.ask({ name: "CONFIG GET", args: ["maxmemory"] })).rejects.toMatchObject({
    code: "no-rights",
    message: expect.stringContaining("renamed or disabled") as string,
  });
});

test("a write that a full server refuses is out-of-memory", async () => {
  const lab = await start({ maxmemory: "8mb" });
  await fillUntilRefused(lab, { valueBytes: 1000 });
  const link = await open(lab);
  await expect(link.ask({ name: "SET", args: ["a", "x"] })).rejects.toMatchObject({ code: "out-of-memory" });
});

test("a closed link is not open, and its answers come in order", async () => {
  const link = await open(await start());
  const answers = await link.askAll([
    { name: "SET", args: ["n", 41] },
    { name: "INCR", args: ["n"] },
    { name: "LPUSH", args: ["n", "x"] },
    { name: "GET", args: ["n"] },
  ]);
  expect(answers).toEqual([
    { kind: "reply", value: Buffer.from("OK") },
    { kind: "reply", value: 42 },
    { kind: "refusal", refusal: { word: "WRONGTYPE", text: expect.stringContaining("WRONGTYPE") as string } },
    { kind: "reply", value: Buffer.from("42") },
  ]);
  expect(link.isOpen()).toBe(true);
  link.close();
  await expect.poll(() => link.isOpen()).toBe(false);
  await expect(link.ask({ name: "PING", args: [] })).rejects.toMatchObject({ code: "unreachable" });
});

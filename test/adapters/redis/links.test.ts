import { afterAll, beforeAll, expect, test } from "vitest";
import { startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import { endpointAt } from "../../../src/adapters/redis/endpoint.ts";
import { createLinks } from "../../../src/adapters/redis/links.ts";
import { single } from "./lab.ts";

let lab: RedisLab;
beforeAll(async () => {
  lab = await startRedis();
});
afterAll(() => lab?.stop());

const endpoint = (): ReturnType<typeof endpointAt> => endpointAt({ host: lab.host, port: lab.port }, single(lab.port));
const ownClients = async (): Promise<number> =>
  String(await lab.client.client("LIST"))
    .split("\n")
    .filter((line) => line.includes("name=oomph")).length;

test("one connection per database, however many ask at once; each stays in its database", async () => {
  const links = createLinks(endpoint(), false);
  const [a, b, c] = await Promise.all([links.to(0), links.to(0), links.to(5)]);
  expect(a).toBe(b);
  expect(a).not.toBe(c);
  expect(await ownClients()).toBe(2);
  await Promise.all([a.ask({ name: "SET", args: ["where", "0"] }), c.ask({ name: "SET", args: ["where", "5"] })]);
  expect(await a.ask({ name: "GET", args: ["where"] })).toEqual(Buffer.from("0"));
  expect(await c.ask({ name: "GET", args: ["where"] })).toEqual(Buffer.from("5"));
  links.close();
  await expect.poll(ownClients).toBe(0);
});

test("a lost connection is opened again, once, and in its database", async () => {
  const links = createLinks(endpoint(), false);
  const before = await links.to(7);
  await before.ask({ name: "SET", args: ["kept", "7"] });
  await lab.client.client("KILL", "TYPE", "NORMAL");
  await expect.poll(() => before.isOpen()).toBe(false);
  const [a, b] = await Promise.all([links.to(7), links.to(7)]);
  expect(a).toBe(b);
  expect(await a.ask({ name: "GET", args: ["kept"] })).toEqual(Buffer.from("7"));
  links.close();
  await expect.poll(ownClients).toBe(0);
});

test("what cannot be opened is tried again the next time", async () => {
  const links = createLinks(endpoint(), false);
  await expect(links.to(99)).rejects.toMatchObject({ code: "bad-input" });
  await expect(links.to(99)).rejects.toMatchObject({ code: "bad-input" });
  links.close();
});

test("impossible databases are refused before anything is connected", async () => {
  await expect(createLinks(endpoint(), true).to(1)).rejects.toMatchObject({
    code: "bad-input",
    message: expect.stringContaining("database 0 only") as string,
  });
  for (const database of [-1, 1.5, Number.NaN])
    await expect(createLinks(endpoint(), false).to(database)).rejects.toMatchObject({ code: "bad-input" });
});

test("pinned to a process, it speaks to no other: neither over a new connection nor after a restart", async () => {
  const own = await startRedis();
  try {
    const links = createLinks(endpointAt({ host: own.host, port: own.port }, single(own.port)), false);
    const first = await links.to(0);
    const runId = /run_id:(\w+)/.exec(await own.client.info("server"))?.[1] ?? "";
    links.pinTo(runId);
    expect(await links.to(0)).toBe(first);
    expect(await (await links.to(3)).ask({ name: "PING", args: [] })).toEqual(Buffer.from("PONG"));
    await own.restart();
    await expect.poll(() => first.isOpen()).toBe(false);
    await expect(links.to(0)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("another server process") as string,
    });
    await expect(links.to(5)).rejects.toMatchObject({ code: "conflict" });
    links.close();
  } finally {
    await own.stop();
  }
});

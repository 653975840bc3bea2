import { afterAll, beforeAll, expect, test } from "vitest";
import { startRedis, startSentinel, type RedisLab, type SentinelLab } from "../../../scripts/lab/redis.ts";
import { endpointAt } from "../../../src/adapters/redis/endpoint.ts";
import { openNode, randomProbeName } from "../../../src/adapters/redis/open-node.ts";
import { serversFor, single } from "./lab.ts";

let lab: RedisLab;
let sentinel: SentinelLab;
beforeAll(async () => {
  lab = await startRedis({ users: ["blind on >made-up ~* +ping +dbsize"] });
  sentinel = await startSentinel();
});
afterAll(async () => {
  await lab?.stop();
  await sentinel?.stop();
});

test("a user without the right to INFO is still let in", async () => {
  const settings = single(lab.port, { username: "blind", password: "made-up" });
  const { node, isReplica, close } = await openNode(endpointAt({ host: lab.host, port: lab.port }, settings), { database: 0 });
  expect(isReplica).toBe(false);
  expect(await node.dbSize(0)).toBe(0);
  await expect(node.info()).rejects.toMatchObject({ code: "no-rights", message: expect.stringContaining("+info") as string });
  close();
});

test("tells a replica from a master", async () => {
  for (const [{ host, port }, expected] of [
    [sentinel.master, false],
    [sentinel.replicas[0] ?? sentinel.master, true],
  ] as const) {
    const { isReplica, close } = await openNode(endpointAt({ host, port }, single(port)), { database: 0 });
    expect(isReplica).toBe(expected);
    close();
  }
});

test("a sentinel is not taken for a server with data", async () => {
  const port = sentinel.sentinels[0]?.port ?? 0;
  await expect(serversFor(single(port)).servers.open("examined")).rejects.toMatchObject({
    code: "bad-input",
    message: expect.stringContaining("is a sentinel") as string,
  });
});

test("probe names never repeat", () => {
  expect(randomProbeName()).toMatch(/^oomph:probe:[0-9a-f]{32}$/);
  expect(randomProbeName()).not.toBe(randomProbeName());
});

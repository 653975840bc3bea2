import { afterAll, beforeAll, expect, test } from "vitest";
import { startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import { describeBatch, type Extra } from "../../../src/adapters/redis/describe-keys.ts";
import { endpointAt } from "../../../src/adapters/redis/endpoint.ts";
import { openLink, type Link } from "../../../src/adapters/redis/link.ts";
import { single } from "./lab.ts";

let lab: RedisLab;
beforeAll(async () => {
  lab = await startRedis({ policy: "allkeys-lfu", users: ["modest on >made-up ~* +type +pttl", "blind on >made-up ~other:* +type +pttl"] });
  await lab.client.set("a", "x");
});
afterAll(() => lab?.stop());

async function asUser<Result>(user: string, work: (link: Link) => Promise<Result>): Promise<Result> {
  const link = await openLink(endpointAt({ host: lab.host, port: lab.port }, single(lab.port, { username: user, password: "made-up" })), 0);
  try {
    return await work(link);
  } finally {
    link.close();
  }
}

test("under an LFU policy there is no idle time, and the use counters stay as they are", async () => {
  const dump = await lab.client.dumpBuffer("a");
  await lab.client.call("RESTORE", ["often", 0, dump, "FREQ", 200]);
  const link = await openLink(endpointAt({ host: lab.host, port: lab.port }, single(lab.port)), 0);
  const refused = new Set<Extra>();
  for (let times = 0; times < 50; times += 1) {
    const [reading] = await describeBatch(link, ["often"], { withSize: true, refused });
    expect(reading).toEqual({ key: "often", type: "string", sizeBytes: expect.any(Number) as number });
  }
  link.close();
  expect(await lab.client.object("FREQ", "often")).toBe(200);
  expect([...refused]).toEqual(["idle"]);
  expect(await lab.client.info("commandstats")).toMatch(/cmdstat_object\|idletime:calls=1,/); // asked once, refused once
});

test("without the right to OBJECT and MEMORY, type and TTL are still told", async () => {
  expect(await asUser("modest", (link) => describeBatch(link, ["a"], { withSize: true, refused: new Set() }))).toEqual([
    { key: "a", type: "string" },
  ]);
});

test("without the right to the key, says what to grant", async () => {
  await expect(asUser("blind", (link) => describeBatch(link, ["a"], { withSize: true, refused: new Set() }))).rejects.toMatchObject({
    code: "no-rights",
    message: expect.stringContaining("ACL SETUSER blind ~<pattern>") as string,
  });
});

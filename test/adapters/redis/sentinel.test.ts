import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startSentinel, type SentinelLab } from "../../../scripts/lab/redis.ts";
import type { RedisConnectionSettings, RedisTopology } from "../../../src/adapters/redis/settings.ts";
import { serversFor, settingsFor, withNode } from "./lab.ts";
import { PATIENCE } from "../../support/patience.ts";

let lab: SentinelLab;
beforeAll(async () => {
  lab = await startSentinel({ redis: { password: "made-up-data" }, sentinelUser: { name: "finder", password: "made-up-finder" } });
});
afterAll(() => lab?.stop());

type Changes = Partial<Extract<RedisTopology, { kind: "sentinel" }>>;

function settings(changes: Changes = {}, more: Partial<RedisConnectionSettings> = {}): RedisConnectionSettings {
  const topology = {
    kind: "sentinel",
    masterName: lab.masterName,
    sentinels: lab.sentinels,
    sentinelUsername: "finder",
    sentinelPassword: "made-up-finder",
    ...changes,
  } as const;
  return settingsFor(topology, { password: "made-up-data", ...more });
}

const open = (of: RedisConnectionSettings): Promise<unknown> => serversFor(of).servers.open("examined");

test("finds the master, also past a sentinel that is down", async () => {
  const sentinels = [{ host: "127.0.0.1", port: 1 }, ...lab.sentinels];
  await withNode(settings({ sentinels }), async (node, connection) => {
    expect(connection.topology).toBe("sentinel");
    expect(node.address).toBe(`127.0.0.1:${lab.master.port}`);
    expect((await node.info())["role"]).toBe("master");
  });
});

test("an unknown master's name is answered with the known ones", async () => {
  await expect(open(settings({ masterName: "sesions" }))).rejects.toMatchObject({
    code: "bad-input",
    message: expect.stringMatching(/watches no master named "sesions": it watches oomph-lab\./) as string,
  });
});

test("wrong passwords of the sentinels and of the master are told apart", async () => {
  await expect(open(settings({ sentinelPassword: "wrong" }))).rejects.toMatchObject({
    code: "wrong-credentials",
    message: expect.stringMatching(/Sentinel at .* user "finder"/) as string,
  });
  await expect(open(settings({}, { password: "wrong" }))).rejects.toMatchObject({
    code: "wrong-credentials",
    message: expect.stringMatching(/Redis at .* the default user/) as string,
  });
});

test("no sentinel answers: each is told", async () => {
  const sentinels = [1, 2].map((port) => ({ host: "127.0.0.1", port }));
  await expect(open(settings({ sentinels }))).rejects.toMatchObject({
    code: "unreachable",
    message: expect.stringMatching(/Sentinel at 127\.0\.0\.1:1 refused.*Sentinel at 127\.0\.0\.1:2 refused/) as string,
  });
});

test("a replica is not taken for the master while the sentinels still name it", async () => {
  // The master is told to follow its replica behind the sentinels' back.
  const [replica] = lab.replicas;
  await lab.master.client.call("REPLICAOF", ["127.0.0.1", replica?.port ?? 0]);
  await expect(open(settings())).rejects.toMatchObject({
    code: "read-only",
    retryable: true,
    message: expect.stringContaining("failover is under way") as string,
  });
  await lab.master.client.call("REPLICAOF", ["NO", "ONE"]);
  await withNode(settings(), async (node) => expect(node.address).toBe(`127.0.0.1:${lab.master.port}`));
});

test("after a failover the new master is found", async () => {
  const before = lab.master.port;
  await vi.waitFor(async () => expect(await lab.replicas[0]?.client.info("replication")).toContain("master_link_status:up"), {
    timeout: 60_000,
  });
  await lab.master.kill();
  await vi.waitFor(
    () =>
      withNode(settings(), async (node) => {
        expect(node.address).toBe(`127.0.0.1:${lab.replicas[0]?.port}`);
        expect(await node.probeWrite(0)).toEqual({ kind: "accepted" });
      }),
    { timeout: 60_000, interval: 200 },
  );
  await expect.poll(async () => (await lab.currentMaster()).port, PATIENCE).not.toBe(before);
});

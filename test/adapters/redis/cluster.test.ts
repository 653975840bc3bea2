import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startCluster, startRedis, type ClusterLab, type RedisLab } from "../../../scripts/lab/redis.ts";
import { parseClusterNodes } from "../../../src/adapters/redis/cluster.ts";
import { serversFor, settingsFor, withNode } from "./lab.ts";

let lab: ClusterLab;
let alone: RedisLab;
beforeAll(async () => {
  lab = await startCluster();
  alone = await startRedis({ lines: ["cluster-enabled yes", "cluster-port 0"] });
});
afterAll(async () => {
  await lab?.stop();
  await alone?.stop();
});

const at = ({ host, port }: RedisLab): { readonly host: string; readonly port: number } => ({ host, port });

test("finds every master from any seed, and probes each in a slot of its own", async () => {
  for (const seed of lab.nodes) {
    const connection = await serversFor(settingsFor({ kind: "cluster", seeds: [{ host: "127.0.0.1", port: 1 }, at(seed)] })).servers.open(
      "examined",
    );
    expect(connection.nodes.map(({ address }) => address).toSorted()).toEqual(lab.nodes.map(({ port }) => `127.0.0.1:${port}`).toSorted());
    for (const node of connection.nodes) expect(await node.probeWrite(0)).toEqual({ kind: "accepted" });
    await connection.close();
  }
});

test("has database 0 only", async () => {
  const seeds = lab.nodes.map(at);
  await expect(serversFor(settingsFor({ kind: "cluster", seeds }, { database: 2 })).servers.open("examined")).rejects.toMatchObject({
    code: "bad-input",
    message: expect.stringContaining("database 0 only") as string,
  });
});

test("says that a key of another node's slot means a cluster", async () => {
  const [first] = lab.nodes;
  await withNode(settingsFor({ kind: "single", host: "127.0.0.1", port: first?.port ?? 0 }), async (node) => {
    const elsewhere = node.countExisting(0, ["a", "b", "c", "d", "e", "f"]);
    await expect(elsewhere).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringContaining("Configure the connection as a cluster") as string,
    });
  });
});

test("refuses a server that is no cluster, and a cluster that has not been formed", async () => {
  const plain = await startRedis();
  await expect(serversFor(settingsFor({ kind: "cluster", seeds: [at(plain)] })).servers.open("examined")).rejects.toMatchObject({
    code: "bad-input",
  });
  await plain.stop();
  await expect(serversFor(settingsFor({ kind: "cluster", seeds: [at(alone)] })).servers.open("examined")).rejects.toMatchObject({
    code: "unreachable",
    message: expect.stringContaining("no master with hash slots") as string,
  });
});

test("tells all seeds that failed", async () => {
  const seeds = [
    { host: "127.0.0.1", port: 1 },
    { host: "no-such-host.invalid", port: 6379 },
  ];
  await expect(serversFor(settingsFor({ kind: "cluster", seeds })).servers.open("examined")).rejects.toMatchObject({
    code: "unreachable",
    message: expect.stringMatching(/127\.0\.0\.1:1 refused .*no-such-host\.invalid:6379 cannot be found/) as string,
  });
});

test("a master that is down is told, and the others are looked at", async () => {
  const [down, ...up] = lab.nodes;
  await down?.kill();
  const { servers, warnings } = serversFor(settingsFor({ kind: "cluster", seeds: lab.nodes.map(at) }));
  const connection = await servers.open("examined");
  expect(connection.missing).toEqual([
    { address: `127.0.0.1:${down?.port}`, because: expect.stringContaining("refused the connection") as string },
  ]);
  expect(connection.nodes).toHaveLength(2);
  for (const node of connection.nodes) expect(await node.info()).toHaveProperty("used_memory");
  expect(warnings).toEqual(["a master of this cluster is missing"]);

  // Once the others agree that it is gone, they refuse what needs the whole cluster.
  await vi.waitFor(async () => expect(String(await up[0]?.client.call("CLUSTER", ["INFO"]))).toContain("cluster_state:fail"), {
    timeout: 60_000,
  });
  await expect(connection.nodes[0]?.probeWrite(0)).rejects.toMatchObject({
    code: "unreachable",
    message: expect.stringContaining("cluster that is down") as string,
  });
  await connection.close();
});

test("reads CLUSTER NODES of several versions", () => {
  const text = [
    "aa 10.0.0.1:6379@16379 myself,master - 0 0 1 connected 0-100 200 [300-<-bb]",
    "bb :6380@16380 master - 0 0 2 connected 101-199",
    "cc 10.0.0.3:6379@16379,cache-3.example slave aa 0 0 1 connected",
    "dd 10.0.0.4:6379 master,fail - 0 0 3 disconnected",
    "ee 10.0.0.5:6379@16379,cache-5.example,shard-id=1 master,fail? - 0 0 3 connected 400-500",
    "ff :0@0 master,noaddr - 0 0 0 disconnected",
    "",
  ].join("\n");
  expect(parseClusterNodes(text, { ownHost: "seed", byName: false })).toEqual([
    {
      at: { host: "10.0.0.1", port: 6379 },
      slots: [
        [0, 100],
        [200, 200],
      ],
    },
    { at: { host: "seed", port: 6380 }, slots: [[101, 199]] },
    { at: { host: "10.0.0.5", port: 6379 }, slots: [[400, 500]] },
  ]);
  expect(parseClusterNodes(text, { ownHost: "seed", byName: true }).map((master) => master.at.host)).toEqual([
    "10.0.0.1",
    "seed",
    "cache-5.example",
  ]);
});

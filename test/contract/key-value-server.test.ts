import type { Redis } from "ioredis";
import { startCluster, startRedis, startSentinel, type RedisLabOptions } from "../../scripts/lab/redis.ts";
import type { RedisConnectionSettings } from "../../src/adapters/redis/settings.ts";
import { anotherClient, serversFor, settingsFor } from "../adapters/redis/lab.ts";
import { keyValueServerContract, type KeyValueLab } from "./key-value-server.ts";

keyValueServerContract("a single server", () => startSingle({}, () => ({})));

keyValueServerContract("TLS, an ACL user and another database", () =>
  startSingle({ tls: true, password: "made-up-root", users: ["watcher on >made-up-secret ~* &* +@all -keys -debug"] }, (ca) => ({
    username: "watcher",
    password: "made-up-secret",
    database: 3,
    tls: { ca, verify: true },
  })),
);

keyValueServerContract("the master behind Sentinel", async () => {
  const lab = await startSentinel({ redis: { password: "made-up-root" }, sentinelUser: { name: "finder", password: "made-up-finder" } });
  const settings = settingsFor(
    {
      kind: "sentinel",
      masterName: lab.masterName,
      sentinels: lab.sentinels,
      sentinelUsername: "finder",
      sentinelPassword: "made-up-finder",
    },
    { password: "made-up-root" },
  );
  return oneServer(lab.master.client, settings, () => lab.stop());
});

keyValueServerContract("a Cluster of three masters", async () => {
  const lab = await startCluster();
  const settings = settingsFor({ kind: "cluster", seeds: lab.nodes.map(({ host, port }) => ({ host, port })) });
  const [first] = lab.nodes;
  if (first === undefined) throw new Error("Expected nodes, got none.");
  return {
    servers: serversFor(settings).servers,
    name: settings.name,
    topology: "cluster",
    database: 0,
    nodes: 3,
    run: (command, ...args) => lab.client.callBuffer(command, [...args]),
    runEverywhere: (command, ...args) => Promise.all(lab.nodes.map(({ client }) => client.call(command, [...args]))),
    connectAnother: () => anotherClient(first.client),
    stop: () => lab.stop(),
  };
});

async function startSingle(options: RedisLabOptions, more: (ca: string) => Partial<RedisConnectionSettings>): Promise<KeyValueLab> {
  const lab = await startRedis(options);
  return oneServer(lab.client, settingsFor({ kind: "single", host: lab.host, port: lab.port }, more(lab.ca ?? "")), () => lab.stop());
}

async function oneServer(client: Redis, settings: RedisConnectionSettings, stop: () => Promise<void>): Promise<KeyValueLab> {
  const inDatabase = client.duplicate({ db: settings.database });
  inDatabase.on("error", () => undefined);
  return {
    servers: serversFor(settings).servers,
    name: settings.name,
    topology: settings.topology.kind === "pod" ? "single" : settings.topology.kind,
    database: settings.database,
    nodes: 1,
    run: (command, ...args) => inDatabase.callBuffer(command, [...args]),
    runEverywhere: async (command, ...args) => [await inDatabase.call(command, [...args])],
    connectAnother: () => anotherClient(client),
    async stop() {
      inDatabase.disconnect();
      await stop();
    },
  };
}

import { Cluster, Redis } from "ioredis";
import { noteRealSystem } from "./real-systems.ts";
import { freePort, redisVersion, startProcess, type RedisProcess } from "./redis-process.ts";
import { startRedis, type RedisLab, type RedisLabOptions } from "./redis-server.ts";

type HostPort = { readonly host: string; readonly port: number };

/** A master, its replicas, and three sentinels that agree by two votes. */
export type SentinelLab = {
  /** `oomph-lab` */
  readonly masterName: string;
  readonly sentinels: readonly HostPort[];
  readonly master: RedisLab;
  readonly replicas: readonly RedisLab[];
  /** Address of the master as a sentinel tells it now. */
  currentMaster(): Promise<HostPort>;
  /** Ends one sentinel, 0 to 2. */
  killSentinel(index: number): Promise<void>;
  stop(): Promise<void>;
};

export type SentinelLabOptions = {
  /** For master and replicas. */
  readonly redis?: RedisLabOptions;
  /** ACL user of the sentinels besides which nobody gets in. */
  readonly sentinelUser?: { readonly name: string; readonly password: string };
};

const MASTER_NAME = "oomph-lab";
const HOST = "127.0.0.1";

export async function startSentinel({ redis = {}, sentinelUser }: SentinelLabOptions = {}): Promise<SentinelLab> {
  const master = await startRedis(redis);
  const replica = await startRedis({ ...redis, replicaOf: { host: HOST, port: master.port } });
  await waitFor("the replica to be in sync", async () => (await replica.client.info("replication")).includes("master_link_status:up"));
  const sentinels: RedisProcess[] = [];
  for (let index = 0; index < 3; index += 1) sentinels.push(await startOneSentinel(master, redis.password, sentinelUser));
  const addresses = sentinels.map(({ port }) => ({ host: HOST, port }));
  const login = sentinelUser === undefined ? {} : { username: sentinelUser.name, password: sentinelUser.password };
  for (const { port } of addresses) {
    await waitFor("the sentinels to know each other", () =>
      asking({ port, ...login }, async (client) => sees(await client.call("SENTINEL", ["MASTER", MASTER_NAME]))),
    );
  }
  return {
    masterName: MASTER_NAME,
    sentinels: addresses,
    master,
    replicas: [replica],
    killSentinel: async (index) => sentinels[index]?.kill(),
    currentMaster: () =>
      asking({ port: addresses[0]?.port ?? 0, ...login }, async (client) => {
        const reply = await client.call("SENTINEL", ["GET-MASTER-ADDR-BY-NAME", MASTER_NAME]);
        if (!Array.isArray(reply)) throw new Error("Expected the sentinel to know the master, got nothing.");
        return { host: String(reply[0]), port: Number(reply[1]) };
      }),
    async stop() {
      await Promise.all([...sentinels, replica, master].map((server) => server.stop()));
    },
  };
}

/** Masters of a Cluster, the hash slots shared evenly. */
export type ClusterLab = {
  readonly nodes: readonly RedisLab[];
  readonly client: Cluster;
  stop(): Promise<void>;
};

export async function startCluster({
  masters = 3,
  redis = {},
}: { readonly masters?: number; readonly redis?: RedisLabOptions } = {}): Promise<ClusterLab> {
  const nodes: RedisLab[] = [];
  const firstBusPort = await freePort();
  for (let index = 0; index < masters; index += 1) nodes.push(await startClusterNode(redis, index === 0 ? firstBusPort : await freePort()));
  for (const [index, node] of nodes.entries()) {
    const from = Math.floor((16384 * index) / masters);
    const to = Math.floor((16384 * (index + 1)) / masters) - 1;
    await node.client.call("CLUSTER", ["ADDSLOTSRANGE", from, to]);
    if (index > 0) await node.client.call("CLUSTER", ["MEET", HOST, nodes[0]?.port ?? 0, firstBusPort]);
  }
  for (const node of nodes) {
    await waitFor("the cluster to be whole", async () => {
      const info = String(await node.client.call("CLUSTER", ["INFO"]));
      return info.includes("cluster_state:ok") && info.includes(`cluster_known_nodes:${masters}`);
    });
  }
  const client = new Cluster(
    nodes.map(({ host, port }) => ({ host, port })),
    { redisOptions: redis.password === undefined ? {} : { password: redis.password } },
  );
  client.on("error", () => undefined);
  return {
    nodes,
    client,
    async stop() {
      client.disconnect();
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

async function startClusterNode(redis: RedisLabOptions, busPort: number): Promise<RedisLab> {
  // Its own choice of bus port is port + 10000, which may not exist.
  const lines = ["cluster-enabled yes", "cluster-node-timeout 2000", `cluster-port ${busPort}`, ...(redis.lines ?? [])];
  return startRedis({ ...redis, lines });
}

function startOneSentinel(master: RedisLab, password: string | undefined, user: SentinelLabOptions["sentinelUser"]): Promise<RedisProcess> {
  noteRealSystem("redis", redisVersion());
  return startProcess({
    args: ["--sentinel"],
    upWhen: /Sentinel ID is/,
    lines: (port, directory) => [
      "bind 127.0.0.1",
      `port ${port}`,
      `dir ${directory}`,
      `sentinel monitor ${MASTER_NAME} ${HOST} ${master.port} 2`,
      `sentinel down-after-milliseconds ${MASTER_NAME} 500`,
      `sentinel failover-timeout ${MASTER_NAME} 4000`,
      ...(password === undefined ? [] : [`sentinel auth-pass ${MASTER_NAME} ${password}`]),
      ...(user === undefined
        ? []
        : [
            "user default off",
            `user ${user.name} on >${user.password} ~* &* +@all`,
            `sentinel sentinel-user ${user.name}`,
            `sentinel sentinel-pass ${user.password}`,
          ]),
    ],
  });
}

/** SENTINEL MASTER's reply: it sees both other sentinels and the replica. */
function sees(reply: unknown): boolean {
  const fields = Array.isArray(reply) ? reply.map(String) : [];
  const value = (name: string): number => Number(fields[fields.indexOf(name) + 1]);
  return value("num-other-sentinels") === 2 && value("num-slaves") === 1;
}

async function asking<Result>(
  at: { readonly port: number; readonly username?: string; readonly password?: string },
  work: (client: Redis) => Promise<Result>,
): Promise<Result> {
  const client = new Redis({ host: HOST, lazyConnect: true, enableReadyCheck: false, disableClientInfo: true, ...at });
  client.on("error", () => undefined);
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}

async function waitFor(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited 60 s for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

import { startOomph, type OomphLab } from "../lab/oomph.ts";
import { fill, fillUntilRefused, startRedis, type RedisLab } from "../lab/redis.ts";
import { createSlackClient, startSlack, type LabSlack, type SlackClient } from "../lab/slack/index.ts";
import { startGateway, type Gateway } from "./gateway.ts";

/** What every scene has: a local Slack with its people, and Oomph as it is shipped. */
export type Stage = {
  readonly slack: LabSlack;
  readonly people: SlackClient;
  readonly oomph: OomphLab;
  stop(): Promise<void>;
};

/** Everything that plays a part in the incident of Redis. */
export type Scene = Stage & {
  /** The Redis in trouble, `redis/sessions`. */
  readonly sessions: RedisLab;
  readonly gateway: Gateway;
};

/** Ends of what was started, to be called last first. */
export type Stops = (() => Promise<unknown>)[];

/** Made up: the demo's own Alertmanager webhook, for whoever wants to send to it. */
export const WEBHOOKS = { alertmanagerSecret: "made-up-secret-of-the-demo" };

/** Where the test suites write, and what never cleans up. */
export const TEST_DATABASE = 2;

/** `tell` is called with what is being done, for a waiting reader. */
export function setScene(tell: (line: string) => void): Promise<Scene> {
  return built((stops) => build(tell, stops));
}

/** What was built, with its end; what was started is ended as well when the building fails. */
export async function built<Parts>(build: (stops: Stops) => Promise<Parts>): Promise<Parts & { stop(): Promise<void> }> {
  const stops: Stops = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.toReversed()) await end();
    stops.length = 0;
  };
  try {
    return { ...(await build(stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function build(tell: (line: string) => void, stops: Stops): Promise<Omit<Scene, "stop">> {
  const queue = await startRedis({ policy: "noeviction", lines: ["appendonly yes"] });
  stops.push(() => queue.stop());
  tell(`Oomph's own Redis runs on port ${queue.port} (redis-server ${queue.version}, noeviction, AOF).`);

  const sessions = await startRedis({ maxmemory: "48mb", policy: "noeviction" });
  stops.push(() => sessions.stop());
  await fill(sessions, { database: 0, prefix: "session:", keys: 20_000, valueBytes: 200, ttlSeconds: 86_400 });
  await fill(sessions, { database: TEST_DATABASE, prefix: "test:storm:", keys: 40_000, valueBytes: 120 });
  await fillForGood(sessions);
  tell(`redis/sessions runs on port ${sessions.port}, maxmemory 48 MiB, filled until it refuses writes.`);

  const gateway = await startGateway({ host: sessions.host, port: sessions.port, database: 1 });
  stops.push(() => gateway.stop());
  const status = (await fetch(gateway.url)).status;
  tell(`A gateway that writes to it answers ${status} at ${gateway.url}.`);

  const slack = await startSlack({ users: ["alice", "bob", "mallory"] });
  stops.push(() => slack.stop());
  const access = { approvers: [slack.users["alice"], slack.users["bob"]], admins: [slack.users["bob"]] };
  const connections = { sessions: { url: sessions.url, aliases: ["gateway-redis"], healthUrl: gateway.url } };
  const oomph = await startOomph({
    slack,
    queueUrl: queue.url,
    access,
    connections,
    sections: { verification: { readings: 3, interval: "500ms" }, webhooks: WEBHOOKS },
  });
  stops.push(() => oomph.stop());
  const people = createSlackClient({ slack, url: oomph.eventsUrl });
  stops.push(async () => people.close());
  tell(`A local Slack runs at ${slack.apiUrl}, Oomph at ${oomph.url} (process ${oomph.pid}).`);
  return { slack, people, oomph, sessions, gateway };
}

// A server that has just been filled gives some back: old hash tables, buffers. It is topped up until it stays full.
const REFUSALS_IN_A_ROW = 10;
const BETWEEN_REFUSALS_MS = 100;

/** Fills database 2 until the server refuses writes and goes on refusing them. Returns how many keys were made. */
export async function fillForGood(sessions: RedisLab): Promise<number> {
  let made = 0;
  for (let refusals = 0; refusals < REFUSALS_IN_A_ROW;) {
    const more = await fillUntilRefused(sessions, { database: TEST_DATABASE, prefix: `test:fingerprint:${made}:`, valueBytes: 180 });
    made += more;
    refusals = more > 0 ? 0 : refusals + 1;
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_REFUSALS_MS));
  }
  return made;
}

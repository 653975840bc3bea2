/**
 * A storm: thousands of alerts of hundreds of containers within a minute, from webhooks and posts, into two shipped processes
 * on one Redis and one PostgreSQL, before a Slack that keeps its limits; one process is killed in the middle.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { startDaemon } from "../lab/daemon/daemon.ts";
import { startOomph, type OomphLab } from "../lab/oomph.ts";
import { startPostgres } from "../lab/postgres.ts";
import { startRedis } from "../lab/redis.ts";
import { createSlackClient, startSlack, type LabSlack } from "../lab/slack/index.ts";
import { residentMiB } from "./figures.ts";
import { acknowledgements } from "./storm-acks.ts";
import { bareStorm, type BareStormFigures } from "./storm-bare.ts";
import { createOutcomes } from "./storm-outcomes.ts";
import { stormLoad, type StormScale } from "./storm-load.ts";

export type StormFigures = {
  readonly alerts: number;
  /** Rows of `heard`, which has one for each alert's key. */
  readonly accounted: number;
  readonly fingerprints: number;
  readonly incidents: number;
  /** Messages that stand in Slack twice. */
  readonly duplicatedThreads: number;
  readonly outcomes: number;
  /** Decisions whose outcome did not come into the thread. */
  readonly lostOutcomes: number;
  /** Pressed twice, because the first was answered with "try again": the store was busy for longer than it is waited for. */
  readonly decisionsAskedAgain: number;
  /** The highest that either process has ever had, MiB. */
  readonly maxMiB: number;
  readonly ackIdleP99Ms: number;
  readonly ackP99Ms: number;
  readonly ackP99Ratio: number;
  /** From sending it to its own thread's first line; the slowest. */
  readonly criticalFirstLineMs: number;
  readonly sentInSeconds: number;
  readonly accountedAfterSeconds: number;
  readonly storms: number;
  readonly refusedBySlack: number;
  readonly loadAverage: number;
};

const SECRET = "storm-secret-0123456789abcdef";
const TAKEN_WITHIN_MS = 240_000;
const SETTLED_WITHIN_MS = 180_000;
// After this long somebody who has decided presses again.
const PATIENCE_MS = 30_000;

/** Oomph, and then the bare app for as long. */
export async function benchStorm(scale: StormScale): Promise<StormFigures & BareStormFigures> {
  const ours = await storm(scale);
  const bare = await bareStorm({ names: namesOf(scale), secret: SECRET, scale }, Math.max(scale.seconds * 2, ours.accountedAfterSeconds));
  return { ...ours, ...bare };
}

function namesOf({ fingerprints }: StormScale): readonly string[] {
  return Array.from({ length: fingerprints }, (_, index) => `web-${String(index).padStart(3, "0")}`);
}

/** Oomph alone. */
export async function storm(scale: StormScale): Promise<StormFigures> {
  const queue = await startRedis({ policy: "noeviction", lines: ["appendonly yes"] });
  // One each: what one decision changes would make another one out of date.
  const examined = await Promise.all(Array.from({ length: scale.outcomes }, () => startRedis({ maxmemory: "64mb" })));
  const postgres = await startPostgres();
  const databaseUrl = await postgres.createDatabase();
  const daemon = await startDaemon();
  const slack = await startSlack({ paced: true, channels: ["alerts", "incidents", "decisions"] });
  const names = namesOf(scale);
  for (const name of names) daemon.put(name);
  const outcomes = createOutcomes({ slack, count: scale.outcomes, urls: examined.map(({ url }) => url) });
  const options = {
    slack,
    queueUrl: queue.url,
    databaseUrl,
    connections: outcomes.connections,
    access: { approvers: [slack.id("approver")] },
    sections: {
      docker: { connections: { local: { url: daemon.url } } },
      watch: { enabled: false },
      webhooks: { alertmanagerSecret: SECRET },
      verification: { readings: 2, interval: "100ms" },
    },
  };
  const directories = await Promise.all([0, 1].map(() => mkdtemp(join(tmpdir(), "oomph-storm-"))));
  const kept = await startOomph({ ...options, directory: directories[0] ?? "" });
  const killed = await startOomph({ ...options, directory: directories[1] ?? "" });
  const people = createSlackClient({ slack, url: kept.eventsUrl });
  const counting = await countAt(databaseUrl);
  try {
    await outcomes.prepare(people);
    const idle = await acknowledgements(slack, kept, scale.idleSeconds);
    const load = await stormLoad({ slack, secret: SECRET, names, scale, isRootOf });
    const beganAtMs = Date.now();
    const acks = acknowledgements(slack, kept, scale.seconds);
    const deciding = outcomes.decide(people, scale.seconds * 1_000);
    let atKillMiB = 0;
    const sentInMs = await load.send([kept, killed], async () => {
      atKillMiB = await highest(killed);
      await killed.kill();
    });
    await until(TAKEN_WITHIN_MS, async () => (await counting.count("heard")) >= scale.alerts);
    const accountedAfterSeconds = (Date.now() - beganAtMs) / 1_000;
    await deciding;
    await until(PATIENCE_MS, async () => outcomes.lost() === 0);
    const decisionsAskedAgain = await outcomes.again(people);
    await until(
      SETTLED_WITHIN_MS,
      async () => outcomes.lost() === 0 && load.criticals.every(({ firstLineMs }) => firstLineMs !== undefined),
    );
    const busy = await acks;
    return {
      alerts: scale.alerts,
      accounted: await counting.count("heard"),
      fingerprints: scale.fingerprints,
      incidents: await counting.count("incidents where problem = 'container-memory'"),
      duplicatedThreads: duplicates(slack),
      outcomes: scale.outcomes,
      lostOutcomes: outcomes.lost(),
      decisionsAskedAgain,
      maxMiB: Math.max(atKillMiB, await highest(kept)),
      ackIdleP99Ms: idle.p99Ms,
      ackP99Ms: busy.p99Ms,
      ackP99Ratio: busy.p99Ms / idle.p99Ms,
      criticalFirstLineMs: Math.max(...load.criticals.map(({ firstLineMs = Number.POSITIVE_INFINITY }) => firstLineMs)),
      sentInSeconds: sentInMs / 1_000,
      accountedAfterSeconds,
      storms: await counting.count("storms"),
      refusedBySlack: slack.calls().filter(({ outcome }) => outcome === "http 429").length,
      loadAverage: Number((await readFile("/proc/loadavg", "utf8")).split(" ")[0]),
    };
  } finally {
    people.close();
    await counting.end();
    await kept.stop();
    await Promise.all([slack.stop(), daemon.close(), ...examined.map((redis) => redis.stop()), queue.stop(), postgres.stop()]);
    await Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true })));
  }
}

function isRootOf(text: string, name: string): boolean {
  return text.includes(`docker/${name},`) || text.includes(`docker/${name} `);
}

async function countAt(url: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  return {
    count: async (what: string): Promise<number> =>
      Number((await client.query<{ n: string }>(`select count(*) as n from ${what}`)).rows[0]?.n),
    end: () => client.end(),
  };
}

async function highest({ pid }: OomphLab): Promise<number> {
  return residentMiB(await readFile(`/proc/${pid}/status`, "utf8"), "VmHWM");
}

/** Each message that Oomph posts carries its own key: the same key twice is the same message twice. */
function duplicates(slack: LabSlack): number {
  const keys = slack
    .calls("chat.postMessage")
    .filter(({ outcome }) => outcome === "ok" || outcome === "answer-lost")
    .map(({ params }) => JSON.stringify(params["metadata"]));
  return keys.length - new Set(keys).size;
}

/** Until it is so, or the time is over: the figures say which. */
async function until(withinMs: number, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline && !(await condition())) await new Promise((resolve) => setTimeout(resolve, 250));
}

/** 10,000 of 500 containers in a minute; fewer in the same proportions. */
export function scaleOf(alerts: number): StormScale {
  return {
    alerts,
    fingerprints: Math.max(20, Math.round(alerts / 20)),
    seconds: Math.max(6, Math.round((alerts * 60) / 10_000)),
    criticals: 8,
    outcomes: 5,
    idleSeconds: 15,
  };
}

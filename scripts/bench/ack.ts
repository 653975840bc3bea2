/** How fast `/oom` is acknowledged under load, beside the least that a Bolt app on BullMQ can do. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startOomph } from "../lab/oomph.ts";
import { startRedis } from "../lab/redis.ts";
import { startSlack, type LabSlack } from "../lab/slack/index.ts";
import { median } from "./figures.ts";
import { stepAside } from "./pin.ts";
import { startBare } from "./start-bare.ts";

export type AckFigures = {
  readonly perSecond: number;
  readonly rounds: number;
  /** The load and the local Slack were kept on a core of their own. */
  readonly measuredFromAside: boolean;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly bareP50Ms: number;
  readonly bareP99Ms: number;
  /** Median of the rounds' ratios, each pair measured one after the other. */
  readonly p99Ratio: number;
};

type Latencies = { readonly p50Ms: number; readonly p99Ms: number };

const PER_SECOND = 50;
const ROUND_SECONDS = 12;
const WARM_UP_SECONDS = 5;
const ROUNDS = 5;
const TEXTS = ["help", "investigate redis/sessions", "whoami", "incidents"];

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Alternates between the two, so that a machine that slows down slows both. */
export async function benchAck(): Promise<AckFigures> {
  const queue = await startRedis({ policy: "noeviction", lines: ["appendonly yes"] });
  const examined = await startRedis({ maxmemory: "64mb" });
  const slack = await startSlack();
  const oomph = await startOomph({ slack, queueUrl: queue.url, access: {}, connections: { sessions: { url: examined.url } } });
  const bare = await startBare("bare-app.ts", [queue.url, slack.signingSecret]);
  const load = (url: string, seconds: number): Promise<Latencies> => commandLoad(slack, url, seconds);
  try {
    const measuredFromAside = stepAside();
    await load(bare.eventsUrl, WARM_UP_SECONDS);
    await load(oomph.eventsUrl, WARM_UP_SECONDS);
    const rounds: { readonly ours: Latencies; readonly theirs: Latencies }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({ theirs: await load(bare.eventsUrl, ROUND_SECONDS), ours: await load(oomph.eventsUrl, ROUND_SECONDS) });
    }
    return {
      perSecond: PER_SECOND,
      rounds: ROUNDS,
      measuredFromAside,
      p50Ms: median(rounds.map(({ ours }) => ours.p50Ms)),
      p99Ms: median(rounds.map(({ ours }) => ours.p99Ms)),
      bareP50Ms: median(rounds.map(({ theirs }) => theirs.p50Ms)),
      bareP99Ms: median(rounds.map(({ theirs }) => theirs.p99Ms)),
      p99Ratio: median(rounds.map(({ ours, theirs }) => ours.p99Ms / theirs.p99Ms)),
    };
  } finally {
    await bare.stop();
    await oomph.stop();
    await Promise.all([slack.stop(), examined.stop(), queue.stop()]);
  }
}

async function commandLoad(slack: LabSlack, url: string, seconds: number): Promise<Latencies> {
  const user = slack.id("responder");
  const channel = slack.id("incidents");
  const responseUrls = Array.from(
    { length: PER_SECOND * seconds },
    () => `${new URL("/", slack.apiUrl).href}response/${slack.tickets.response({ channel, user })}`,
  );
  const load = { url, signingSecret: slack.signingSecret, perSecond: PER_SECOND, seconds, texts: TEXTS, channel, user, responseUrls };
  const child = spawn(process.execPath, ["--import", "tsx", script("command-load.ts")], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(load));
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return JSON.parse(line) as Latencies;
}

/**
 * Resident memory of Oomph as shipped: idle with only Redis configured, which is after its look at the start, and after a
 * thousand investigations. Each is read after the same rest: V8 gives back what it does not need a minute or two after the last work.
 */
import { readFile } from "node:fs/promises";
import { startOomph, type OomphLab } from "../lab/oomph.ts";
import { fillUntilRefused, startRedis } from "../lab/redis.ts";
import { createSlackClient, startSlack } from "../lab/slack/index.ts";
import { residentMiB } from "./figures.ts";

export type MemoryFigures = {
  readonly idleMiB: number;
  /** After the first hundred investigations, when everything has been loaded and compiled. */
  readonly warmMiB: number;
  readonly afterMiB: number;
  readonly investigations: number;
  /** From idle, before the first command, to after. */
  readonly growthPct: number;
  /** From warm to after: what a leak would show. */
  readonly growthFromWarmPct: number;
  /** The highest that it has ever been, starting included. */
  readonly highestMiB: number;
};

const INVESTIGATIONS = 1_000;
const WARM = 100;
const TARGETS = 100;
// Slack takes about one post a second in a channel.
const CHANNELS = Array.from({ length: 25 }, (_, index) => `work-${index}`);
const BATCH = 10;
// On a busy machine it had not yet after 80 s.
const REST_MS = 150_000;
// The look at the start takes the targets one after the other, some 1.4 s each.
const WAIT_MS = 600_000;

export async function benchMemory(): Promise<MemoryFigures> {
  const queue = await startRedis({ policy: "noeviction", lines: ["appendonly yes"] });
  const examined = await startRedis({ maxmemory: "16mb", policy: "noeviction" });
  await fillUntilRefused(examined, { database: 2, prefix: "test:", valueBytes: 200 });
  const slack = await startSlack({ channels: ["alerts", "incidents", ...CHANNELS] });
  const connections = Object.fromEntries(Array.from({ length: TARGETS }, (_, index) => [`cache-${index}`, { url: examined.url }]));
  const sections = { redis: { connections, census: "50ms", lookAtStart: true } };
  const oomph = await startOomph({ slack, queueUrl: queue.url, access: {}, connections, sections });
  const people = createSlackClient({ slack, url: oomph.eventsUrl });
  let done = 0;
  const stopCounting = slack.onOwnMessage((message, change) => {
    if (change === "posted" && JSON.stringify(message.blocks ?? []).includes('"offer_ask"')) done += 1;
  });
  const investigate = async (until: number): Promise<void> => {
    for (let from = done; from < until; from = done) {
      const batch = Array.from({ length: Math.min(BATCH, until - from) }, (_, index) => (from + index) % TARGETS);
      await Promise.all(
        batch.map((target) =>
          people.command("responder", CHANNELS[target % CHANNELS.length] ?? "", `/oom investigate redis/cache-${target}`),
        ),
      );
      await reached("the investigations", () => done >= from + batch.length);
    }
  };
  try {
    await reached("the look at the start", async () => (await oomph.log()).includes("looked once at every configured Redis"));
    const idleMiB = await settled(oomph);
    await investigate(WARM);
    const warmMiB = await settled(oomph);
    await investigate(INVESTIGATIONS);
    const afterMiB = await settled(oomph);
    return {
      idleMiB,
      warmMiB,
      afterMiB,
      investigations: INVESTIGATIONS,
      growthPct: (afterMiB / idleMiB - 1) * 100,
      growthFromWarmPct: (afterMiB / warmMiB - 1) * 100,
      highestMiB: residentMiB(await statusOf(oomph), "VmHWM"),
    };
  } finally {
    stopCounting();
    people.close();
    await oomph.stop();
    await Promise.all([slack.stop(), examined.stop(), queue.stop()]);
  }
}

/** After a rest, as the kernel counts it. */
async function settled(oomph: OomphLab): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  return residentMiB(await statusOf(oomph));
}

function statusOf({ pid }: OomphLab): Promise<string> {
  return readFile(`/proc/${pid}/status`, "utf8");
}

async function reached(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`expected ${what} to end within ${WAIT_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

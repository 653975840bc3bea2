/** From `/oom investigate` to the first message in the thread, and to the verdict. */
import { startOomph } from "../lab/oomph.ts";
import { fillUntilRefused, startRedis } from "../lab/redis.ts";
import { createSlackClient, startSlack, type LabMessage } from "../lab/slack/index.ts";
import { median } from "./figures.ts";

export type InvestigationFigures = {
  readonly runs: number;
  /** Medians, from sending the command to Slack having the message. */
  readonly firstMessageMs: number;
  readonly verdictMs: number;
  readonly slowestVerdictMs: number;
};

const RUNS = 9;
const WAIT_MS = 30_000;

/** One target per run: a second question about the same one would join its thread. */
export async function benchInvestigation(): Promise<InvestigationFigures> {
  const queue = await startRedis({ policy: "noeviction", lines: ["appendonly yes"] });
  const examined = await startRedis({ maxmemory: "64mb", policy: "noeviction" });
  await fillUntilRefused(examined, { database: 2, prefix: "test:", valueBytes: 200 });
  const slack = await startSlack();
  const names = Array.from({ length: RUNS }, (_, index) => `cache-${index}`);
  const connections = Object.fromEntries(names.map((name) => [name, { url: examined.url }]));
  const oomph = await startOomph({ slack, queueUrl: queue.url, access: {}, connections });
  const people = createSlackClient({ slack, url: oomph.eventsUrl });
  try {
    const runs: { readonly firstMessageMs: number; readonly verdictMs: number }[] = [];
    for (const name of names) {
      const sentMs = performance.now();
      const posted = watch(slack, sentMs);
      await people.command("responder", "incidents", `/oom investigate redis/${name}`);
      runs.push(await posted);
    }
    return {
      runs: RUNS,
      firstMessageMs: median(runs.map((one) => one.firstMessageMs)),
      verdictMs: median(runs.map((one) => one.verdictMs)),
      slowestVerdictMs: Math.max(...runs.map((one) => one.verdictMs)),
    };
  } finally {
    people.close();
    await oomph.stop();
    await Promise.all([slack.stop(), examined.stop(), queue.stop()]);
  }
}

/** A report is the message with something to press that asks for an action. */
function watch(
  slack: Awaited<ReturnType<typeof startSlack>>,
  sentMs: number,
): Promise<{ readonly firstMessageMs: number; readonly verdictMs: number }> {
  return new Promise((resolve, reject) => {
    let firstMessageMs: number | undefined;
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`expected a report within ${WAIT_MS / 1000} s, none came`));
    }, WAIT_MS);
    const stop = slack.onOwnMessage((message: LabMessage) => {
      firstMessageMs ??= performance.now() - sentMs;
      if (!JSON.stringify(message.blocks ?? []).includes('"offer_ask"')) return;
      clearTimeout(timer);
      stop();
      resolve({ firstMessageMs, verdictMs: performance.now() - sentMs });
    });
  });
}

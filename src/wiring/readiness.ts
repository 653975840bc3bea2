import type { QueueConnection } from "../adapters/bullmq/connection.ts";
import { readOwnRedis } from "../adapters/bullmq/own-redis.ts";
import { createPages } from "../adapters/http/pages.ts";
import type { MetricsSource } from "../adapters/metrics/create-metrics.ts";
import { OomphError } from "../domain/errors.ts";
import type { JobQueue } from "../ports/job-queue.ts";
import type { Log } from "../ports/log.ts";
import type { FirstLook } from "../runbooks/first-look.ts";
import type { Store } from "../ports/store.ts";
import type { WorkCalls } from "./intake-calls.ts";

type Parts = {
  readonly store: Store;
  readonly queue: JobQueue;
  readonly connection: QueueConnection;
  readonly firstLook: Pick<FirstLook, "warnings">;
  readonly metrics: MetricsSource;
};

/** Health, readiness and metrics; `slack` is how the connection to it stands. */
export function createPage({ store, queue, connection, firstLook, metrics }: Parts): WorkCalls["page"] {
  return (path, slack) => {
    const since = new Date(slack.since).toISOString();
    const pages = createPages({
      metrics,
      checks: {
        store: () => store.ping(),
        queue: () => queue.ping(),
        chat: async () => {
          if (slack.state !== "connected")
            throw new OomphError("unreachable", `Slack is ${slack.state} since ${since}`, { retryable: true });
        },
      },
      connections: () => ({ slack: { ...slack, since } }),
      warnings: async () => [...firstLook.warnings(), ...(await queueWarnings(connection))],
    });
    return pages[path]();
  };
}

/** What /readyz says without failing: how the queue's Redis is set up. It may be mended while Oomph runs, so it is asked anew. */
async function queueWarnings(connection: QueueConnection): Promise<readonly string[]> {
  return (await readOwnRedis(connection)).warnings;
}

/** Says in the log, whenever the queue's Redis has come (back), what of its settings an operator should put right. */
export function logQueueWarnings(connection: QueueConnection, log: Log): void {
  connection.onReady(async () => {
    for (const warning of await queueWarnings(connection)) log.warn({ warning }, "the queue's Redis should be set up differently");
  });
}

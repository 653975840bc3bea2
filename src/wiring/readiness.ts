import type { QueueConnection } from "../adapters/bullmq/connection.ts";
import { readOwnRedis } from "../adapters/bullmq/own-redis.ts";
import { createHttpServer, type Handler } from "../adapters/http/server.ts";
import type { MetricsSource } from "../adapters/metrics/create-metrics.ts";
import type { Slack } from "../adapters/slack/slack.ts";
import type { Config } from "../config/build.ts";
import { OomphError } from "../domain/errors.ts";
import type { JobQueue } from "../ports/job-queue.ts";
import type { Log } from "../ports/log.ts";
import type { FirstLook } from "../runbooks/first-look.ts";
import type { Store } from "../ports/store.ts";

type Parts = {
  readonly store: Store;
  readonly queue: JobQueue;
  readonly slack: Slack;
  readonly firstLook: Pick<FirstLook, "warnings">;
  /** Routes of other senders, by path. */
  readonly webhooks: Readonly<Record<string, Handler>>;
};

/** Serves health, readiness, metrics, and what Slack and other senders send. */
export function startServer(
  http: Config["http"],
  { connection, metrics, ...parts }: Parts & { readonly connection: QueueConnection; readonly metrics: MetricsSource },
) {
  return createHttpServer({
    ...http,
    metrics,
    checks: readinessChecks(parts),
    connections: () => {
      const { state, since, reconnects } = parts.slack.connection();
      return { slack: { state, since: new Date(since).toISOString(), reconnects } };
    },
    warnings: async () => [...parts.firstLook.warnings(), ...(await queueWarnings(connection))],
    mounts: { ...parts.webhooks, "/slack/events": parts.slack.requestHandler },
  });
}

/** What /readyz asks: each throws, saying why, when work should not be sent here. */
function readinessChecks({ store, queue, slack }: Omit<Parts, "webhooks" | "firstLook">): Readonly<Record<string, () => Promise<unknown>>> {
  return {
    store: () => store.ping(),
    queue: () => queue.ping(),
    chat: async () => {
      const { state, since } = slack.connection();
      if (state !== "connected")
        throw new OomphError("unreachable", `Slack is ${state} since ${new Date(since).toISOString()}`, { retryable: true });
    },
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

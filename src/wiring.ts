import { readOwnRedis } from "./adapters/bullmq/own-redis.ts";
import type { QueueConnection } from "./adapters/bullmq/connection.ts";
import type { StoreSettings } from "./adapters/sql/settings.ts";
import type { StoreConfig } from "./config/build.ts";
import type { Slack } from "./adapters/slack/slack.ts";
import { OomphError } from "./domain/errors.ts";
import type { RedisTarget, Target } from "./domain/target.ts";
import { DELIVERY_TIMES } from "./jobs/deliver.ts";
import { PATIENCE } from "./jobs/look-surely.ts";
import type { JobQueue } from "./ports/job-queue.ts";
import type { KeyValueServers } from "./ports/key-value-server.ts";
import type { Log } from "./ports/log.ts";
import type { Targets } from "./ports/planner.ts";
import type { Store } from "./ports/store.ts";

/** Times that nobody has needed to configure. */
export const TIMES = {
  /** How long an answer about the members of a user group holds. */
  groupsMs: 60_000,
  healthTimeoutMs: 5_000,
  /** An act learns within this time that it was frozen or its lease released. */
  leaseLookMs: 2_000,
  jobs: {
    progressEveryMs: 1_000,
    // Putting one back that is on its way changes nothing: this only spares the queue the asking.
    investigationGraceMs: 10_000,
    patience: PATIENCE,
    times: DELIVERY_TIMES,
  },
} as const;

const POSTGRES = { poolSize: 10, connectTimeoutMs: 5_000 } as const;

export function storeSettings(config: StoreConfig): StoreSettings {
  return config.kind === "sqlite" ? config : { ...config, ...POSTGRES };
}

/** What can be investigated and acted on: every configured connection. */
export function redisTargets(servers: KeyValueServers): Targets {
  return {
    all: servers.names().map((name): RedisTarget => ({ kind: "redis", name })),
    aliases: (target: Target) => servers.settings(target.name)?.aliases ?? [],
  };
}

type Parts = { readonly store: Store; readonly queue: JobQueue; readonly slack: Slack };

/** What /readyz asks: each throws, saying why, when work should not be sent here. */
export function readinessChecks({ store, queue, slack }: Parts): Readonly<Record<string, () => Promise<unknown>>> {
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
export async function queueWarnings(connection: QueueConnection): Promise<readonly string[]> {
  return (await readOwnRedis(connection)).warnings;
}

/** Says in the log, whenever the queue's Redis has come (back), what of its settings an operator should put right. */
export function logQueueWarnings(connection: QueueConnection, log: Log): void {
  connection.onReady(async () => {
    for (const warning of await queueWarnings(connection)) log.warn({ warning }, "the queue's Redis should be set up differently");
  });
}

import type { Action } from "./actions/action.ts";
import { redisActions } from "./actions/index.ts";
import { createHttpCheck } from "./adapters/http/http-check.ts";
import { createKeyValueServers } from "./adapters/redis/key-value-servers.ts";
import { systemClock as clock } from "./adapters/system/system-clock.ts";
import { redisMemoryRunbook } from "./runbooks/redis-memory/index.ts";
import type { RedisSession } from "./runbooks/redis-memory/session.ts";
import type { Runbook } from "./runbooks/runbook.ts";
import { readOwnRedis } from "./adapters/bullmq/own-redis.ts";
import type { QueueConnection } from "./adapters/bullmq/connection.ts";
import type { StoreSettings } from "./adapters/sql/settings.ts";
import type { Config, StoreConfig } from "./config/build.ts";
import type { Slack } from "./adapters/slack/slack.ts";
import { OomphError } from "./domain/errors.ts";
import { DELIVERY_TIMES } from "./jobs/deliver.ts";
import { ESCALATION_TIMES } from "./jobs/escalation-deps.ts";
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
    escalationTimes: ESCALATION_TIMES,
  },
} as const;

const POSTGRES = { poolSize: 10, connectTimeoutMs: 5_000 } as const;

export function storeSettings(config: StoreConfig): StoreSettings {
  return config.kind === "sqlite" ? config : { ...config, ...POSTGRES };
}

export type RedisParts = {
  readonly servers: KeyValueServers;
  readonly runbooks: readonly Runbook<RedisSession>[];
  readonly actions: readonly Action[];
};

type RedisSurroundings = {
  readonly log: Log;
  /** Run ids of the Redis that Oomph itself runs on: never acted on. */
  readonly ownRedis: () => Promise<readonly string[]>;
};

/** Everything about examined Redis servers: how they are reached, looked at and acted on. */
export function redisParts({ redis, verification }: Config, { log, ownRedis }: RedisSurroundings): RedisParts {
  const servers = createKeyValueServers(redis.connections, { log });
  const httpCheck = createHttpCheck();
  const { censusMs } = redis;
  const watching = { ...verification, healthTimeoutMs: TIMES.healthTimeoutMs };
  return {
    servers,
    runbooks: [redisMemoryRunbook({ servers, clock, httpCheck, censusBudgetMs: censusMs })],
    actions: redisActions({ servers, httpCheck, clock, ownRedis, verification: watching, countWithinMs: censusMs }),
  };
}

/** What can be investigated and acted on: every configured connection. */
export function redisTargets(servers: KeyValueServers): Targets {
  const known = servers
    .names()
    .map((name) => ({ target: { kind: "redis", name } as const, aliases: servers.settings(name)?.aliases ?? [] }));
  return {
    list: () => Promise.resolve({ known, missing: [] }),
    isConfigured: (target) => target.kind === "redis" && servers.names().includes(target.name),
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

import type { Action } from "../actions/action.ts";
import { redisActions } from "../actions/index.ts";
import { httpCheck } from "../adapters/http/http-check.ts";
import { createKeyValueServers } from "../adapters/redis/key-value-servers.ts";
import { systemClock as clock } from "../adapters/system/system-clock.ts";
import type { Config } from "../config/build.ts";
import type { KeyValueServers } from "../ports/key-value-server.ts";
import type { Log } from "../ports/log.ts";
import type { Targets } from "../ports/planner.ts";
import { redisMemoryRunbook } from "../runbooks/redis-memory/index.ts";
import type { Runbook } from "../runbooks/runbook.ts";
import type { RedisSession } from "../runbooks/redis-memory/session.ts";
import { lazyPodPorts } from "./pod-ports.ts";
import { TIMES } from "./times.ts";

export type RedisParts = {
  readonly servers: KeyValueServers;
  readonly runbooks: readonly Runbook<RedisSession>[];
  /** The same steps, with little time for the keys: for a look that nobody asked for. */
  readonly glance: Runbook<RedisSession>;
  readonly actions: readonly Action[];
};

type RedisSurroundings = {
  readonly log: Log;
  /** Run ids of the Redis that Oomph itself runs on: never acted on. */
  readonly ownRedis: () => Promise<readonly string[]>;
};

/** Everything about examined Redis servers: how they are reached, looked at and acted on. */
export function redisParts({ redis, kubernetes, verification }: Config, { log, ownRedis }: RedisSurroundings): RedisParts {
  const servers = createKeyValueServers(redis.connections, { log, podPorts: lazyPodPorts({ kubernetes }, log) });
  const { censusMs } = redis;
  const looking = { servers, clock, httpCheck };
  const watching = { ...verification, healthTimeoutMs: TIMES.healthTimeoutMs };
  return {
    servers,
    runbooks: [redisMemoryRunbook({ ...looking, censusBudgetMs: censusMs })],
    glance: redisMemoryRunbook({ ...looking, censusBudgetMs: Math.min(censusMs, TIMES.glanceCensusMs) }),
    actions: redisActions({ servers, httpCheck, clock, ownRedis, verification: watching, countWithinMs: censusMs }),
  };
}

/** What can be investigated and acted on: every configured connection. */
export function redisTargets(servers: KeyValueServers): Targets {
  const known = servers
    .names()
    .map((name) => ({ target: { kind: "redis", name } as const, aliases: servers.settings(name)?.aliases ?? [] }));
  const all = { known, missing: [] };
  return {
    list: () => Promise.resolve(all),
    kinds: () => (known.length === 0 ? [] : ["redis"]),
    isConfigured: (target) => target.kind === "redis" && servers.names().includes(target.name),
  };
}

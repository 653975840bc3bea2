import { OomphError } from "../../domain/errors.ts";
import { formatTarget } from "../../domain/target.ts";
import type { Clock } from "../../ports/clock.ts";
import type { HttpCheck } from "../../ports/http-check.ts";
import type { KeyValueServers } from "../../ports/key-value-server.ts";
import type { Runbook, Step } from "../runbook.ts";
import { collectCensus } from "./collect-census.ts";
import { collectGrowth } from "./collect-growth.ts";
import { collectClients, collectConfig, collectInfo, collectMemoryStats, collectWriteProbe } from "./collect-readings.ts";
import { collectHealth, collectSurroundings } from "./collect-surroundings.ts";
import { diagnoseRedisMemory, diagnoseUnreachable } from "./diagnose-redis-memory.ts";
import type { RedisSession } from "./session.ts";

export type RedisMemoryDeps = {
  readonly servers: KeyValueServers;
  readonly clock: Clock;
  /** Time box of the key census, over all databases of a server. */
  readonly censusBudgetMs: number;
  /** Time between the two readings that growth is measured by. */
  readonly growthIntervalMs?: number;
  /** Asked where a connection has a health URL. */
  readonly httpCheck?: HttpCheck;
};

const GROWTH_INTERVAL_MS = 1_200;
const STEP_TIMEOUT_MS = 5_000;

/** Why a Redis is full, or that it is not: every server of the connection, its keys, its buffers and its limits. */
export function redisMemoryRunbook(deps: RedisMemoryDeps): Runbook<RedisSession> {
  return {
    id: "redis-memory",
    title: "Redis memory",
    targetKind: "redis",
    problem: "redis-memory",
    async open(target) {
      if (target.kind !== "redis") throw new OomphError("bad-input", `expected a Redis, got ${formatTarget(target)}`);
      const { name, database } = target;
      const connection = await deps.servers.open(name);
      try {
        // A database that the server does not have is said before anything else is done.
        if (database !== undefined) await connection.nodes[0]?.dbSize(database);
      } catch (error) {
        await connection.close();
        throw error;
      }
      const addresses = connection.nodes.map(({ address }) => address).join(", ");
      const session = { connection, settings: deps.servers.settings(name), database };
      return { session, source: `redis/${name} (${addresses})`, close: () => connection.close() };
    },
    steps: stepsOf(deps),
    diagnose: diagnoseRedisMemory,
    diagnoseUnreachable,
  };
}

function stepsOf(deps: RedisMemoryDeps): readonly Step<RedisSession>[] {
  const { httpCheck, clock, censusBudgetMs, growthIntervalMs = GROWTH_INTERVAL_MS } = deps;
  const timeoutMs = STEP_TIMEOUT_MS;
  const health: readonly Step<RedisSession>[] =
    httpCheck === undefined
      ? []
      : [
          {
            id: "redis.health",
            title: "Health URL, where one is configured",
            timeoutMs,
            skipped: "none is configured for it (redis.connections.<name>.healthUrl)",
            collect: (session) => collectHealth(session, httpCheck),
          },
        ];
  return [
    { id: "redis.info", title: "Memory and policy (INFO)", timeoutMs, collect: collectInfo },
    { id: "redis.config", title: "Settings (CONFIG GET)", timeoutMs, collect: collectConfig },
    { id: "redis.memory-stats", title: "Memory in detail (MEMORY STATS)", timeoutMs, collect: collectMemoryStats },
    { id: "redis.write-probe", title: "Is a write refused right now?", timeoutMs, collect: collectWriteProbe },
    { id: "redis.clients", title: "Buffers of clients (CLIENT LIST)", timeoutMs, collect: collectClients },
    {
      id: "redis.census",
      title: "Keys per database (sampled by SCAN)",
      timeoutMs: timeoutMs + censusBudgetMs,
      collect: (session, signal) => collectCensus(session, { clock, censusBudgetMs }, signal),
    },
    {
      id: "redis.growth",
      title: "Growth between two readings",
      timeoutMs: timeoutMs + growthIntervalMs,
      collect: (session, signal) => collectGrowth(session, { clock, growthIntervalMs }, signal),
    },
    { id: "redis.surroundings", title: "Limits around it", timeoutMs, collect: collectSurroundings },
    ...health,
  ];
}

import { randomIds as ids } from "../adapters/system/random-ids.ts";
import { systemClock as clock } from "../adapters/system/system-clock.ts";
import type { Config } from "../config/build.ts";
import type { Log } from "../ports/log.ts";
import { firstLook, type FirstLook } from "../runbooks/first-look.ts";
import type { RedisParts } from "./redis.ts";
import { TIMES } from "./times.ts";

/** The look at the start as it is configured. Docker hosts and clusters are looked at by the watch, again and again. */
export function createFirstLook({ redis }: Pick<Config, "redis">, glance: RedisParts["glance"], log: Log): FirstLook {
  const targets = redis.lookAtStart ? redis.connections.map(({ name }) => ({ kind: "redis", name }) as const) : [];
  const { withinMs, againMs } = TIMES.firstLook;
  return firstLook({ runbook: glance, targets, clock, ids, log, beforeMs: Math.random() * withinMs, againMs });
}

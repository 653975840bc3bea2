import type { Config } from "../config/build.ts";
import type { Log } from "../ports/log.ts";
import type { Store } from "../ports/store.ts";
import { dockerParts } from "./docker.ts";
import { redisParts, redisTargets } from "./redis.ts";
import { allTargets } from "./targets.ts";

type Surroundings = {
  readonly log: Log;
  readonly store: Store;
  /** Run ids of the Redis that Oomph itself runs on: never acted on. */
  readonly ownRedis: () => Promise<readonly string[]>;
};

/** Everything that is looked at and acted on, of every kind: what there is, how it is read, what can be done. */
export function examinedParts(config: Config, { log, store, ownRedis }: Surroundings) {
  const redis = redisParts(config, { log, ownRedis });
  const docker = dockerParts(config, { log, store });
  return {
    hosts: docker.hosts,
    close: docker.close,
    memory: docker.memory,
    actions: [...redis.actions, ...docker.actions],
    runbooks: [...redis.runbooks, ...docker.runbooks],
    targets: allTargets([redisTargets(redis.servers), docker.targets]),
  };
}

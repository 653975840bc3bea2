import { connectionFromUrl } from "../adapters/redis/connection-url.ts";
import type { RedisTopology } from "../adapters/redis/settings.ts";
import type { Config, ServiceConfig } from "../config.ts";
import { counted } from "../domain/count.ts";

type Configured = Pick<Config | ServiceConfig, "redis" | "queue">;

/** What works as it is written, and is probably not what was meant by it, of Redis connections. Nobody is asked. */
export function redisWarnings({ redis, queue }: Configured): readonly string[] {
  const queueAt = queue === undefined ? undefined : addressOf(connectionFromUrl(queue.url).topology);
  return [
    ...sharedNames(redis.connections),
    ...redis.connections
      .filter(({ topology }) => queueAt !== undefined && addressOf(topology) === queueAt)
      .map(({ name }) => `redis/${name} is the Redis that Oomph's own queue runs on: it is looked at, and never changed`),
  ];
}

/** An alert that has such a name is asked about, or goes to the one that is called so. */
function sharedNames(connections: Configured["redis"]["connections"]): readonly string[] {
  const all = connections.flatMap(({ name, aliases }) => aliases.map((alias) => ({ name, alias: alias.toLowerCase() })));
  return [...new Set(all.map(({ alias }) => alias))].flatMap((alias) => {
    const having = [...new Set(all.filter((one) => one.alias === alias).map(({ name }) => name))];
    const called = connections.find(({ name }) => name.toLowerCase() === alias && !having.includes(name));
    if (called !== undefined)
      return [`${alias} is an alias of ${targets(having)} and the name of another connection: it always means redis/${called.name}`];
    return having.length < 2
      ? []
      : [`${alias} is an alias of ${counted(having.length, "connection")}, ${targets(having)}: it tells nobody which is meant`];
  });
}

function targets(names: readonly string[]): string {
  return names.map((name) => `redis/${name}`).join(", ");
}

/** `127.0.0.1:6379`; undefined: it is found only by asking. */
function addressOf(topology: RedisTopology): string | undefined {
  if (topology.kind !== "single") return undefined;
  const host = topology.host.toLowerCase();
  return `${host === "localhost" || host === "::1" ? "127.0.0.1" : host}:${topology.port}`;
}

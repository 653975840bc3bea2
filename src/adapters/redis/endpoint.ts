import type { HostPort, RedisConnectionSettings, RedisTls } from "./settings.ts";

/** One server process and how to get in. Secrets are in here: never log it. */
export type Endpoint = {
  /** Absent: a server with data. */
  readonly kind?: "Sentinel";
  readonly at: HostPort;
  /** What it is called instead of its address, where that is only the way to it. */
  readonly name?: string;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: RedisTls;
  readonly connectTimeoutMs: number;
  readonly commandTimeoutMs: number;
};

/** A server of a connection at an address that may differ from the configured one: a master found, a cluster's node. */
export function endpointAt(at: HostPort, settings: RedisConnectionSettings): Endpoint {
  return {
    at,
    ...(settings.username === undefined ? {} : { username: settings.username }),
    ...(settings.password === undefined ? {} : { password: settings.password }),
    ...(settings.tls === undefined ? {} : { tls: settings.tls }),
    connectTimeoutMs: settings.connectTimeoutMs,
    commandTimeoutMs: settings.commandTimeoutMs,
  };
}

/** `10.0.0.5:6379`, `[::1]:6379`. */
export function formatAddress({ host, port }: HostPort): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The subject of sentences about it: `Redis at 10.0.0.5:6379`. */
export function describeServer({ kind, ...endpoint }: Pick<Endpoint, "kind" | "at" | "name">): string {
  return `${kind ?? "Redis"} at ${nameOf(endpoint)}`;
}

/** `10.0.0.5:6379`, or `shop/redis-0:6379` inside a cluster. */
export function nameOf({ at, name }: Pick<Endpoint, "at" | "name">): string {
  return name ?? formatAddress(at);
}

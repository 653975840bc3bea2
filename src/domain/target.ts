/**
 * What an incident is about, named by its lasting owner: a Redis by the name of its connection in the configuration
 * (or, on the command line only, by a URL), a container by its name, which outlives its id. Never by an address that moves.
 */
export type Target = RedisTarget | ContainerTarget;

export type RedisTarget = {
  readonly kind: "redis";
  /** Name of the connection in the configuration. */
  readonly name: string;
  /** A logical database, 0-based. Absent: the whole server. */
  readonly database?: number;
};

export type ContainerTarget = {
  readonly kind: "docker";
  /** Name of the Docker host's connection in the configuration. */
  readonly connection: string;
  /** The container's name, without the slash that Docker puts before it. */
  readonly name: string;
};

export type TargetKind = Target["kind"];

/** The connection that is not written before a target: `docker/kong`, but `prod-eu:docker/kong`. */
export const DEFAULT_CONNECTION = "local";

/** As people write it: `redis/sessions/2`, `docker/kong`, `prod-eu:docker/kong`. */
export function formatTarget(target: Target): string {
  if (target.kind === "redis" && target.database !== undefined) return `${targetKey(target)}/${target.database}`;
  return targetKey(target);
}

/** What a lease is held on and an incident is fingerprinted by: the whole server, whichever database was meant. */
export function targetKey(target: Target): string {
  const prefix = target.kind === "docker" && target.connection !== DEFAULT_CONNECTION ? `${target.connection}:` : "";
  return `${prefix}${target.kind}/${target.name}`;
}

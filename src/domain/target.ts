/**
 * What an incident is about, named by its lasting owner: a Redis by the name of its connection in the configuration
 * (or, on the command line only, by a URL), never by an address that moves.
 */
export type Target = RedisTarget;

export type RedisTarget = {
  readonly kind: "redis";
  /** Name of the connection in the configuration. */
  readonly name: string;
  /** A logical database, 0-based. Absent: the whole server. */
  readonly database?: number;
};

export type TargetKind = Target["kind"];

/** As people write it: `redis/sessions/2`. */
export function formatTarget(target: Target): string {
  const database = target.database === undefined ? "" : `/${target.database}`;
  return `${target.kind}/${target.name}${database}`;
}

/** What a lease is held on and an incident is fingerprinted by: the whole server, whichever database was meant. */
export function targetKey(target: Target): string {
  return `${target.kind}/${target.name}`;
}

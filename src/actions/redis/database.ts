import type { Target } from "../../domain/target.ts";
import type { RedisSession } from "./redis-session.ts";
import { keys } from "../words.ts";

export type ChosenDatabase =
  | { readonly kind: "chosen"; readonly database: number }
  | { readonly kind: "refused"; readonly because: string };

/**
 * Which logical database is meant: the parameter's, else the target's, else the one that the connection's URL names.
 * Never silently database 0 of a server that has several. A Cluster has database 0 only.
 */
export function chooseDatabase(session: RedisSession, target: Target, asked: number | undefined): ChosenDatabase {
  const configured = session.settings?.database;
  const database = asked ?? (target.kind === "redis" ? target.database : undefined) ?? (configured === 0 ? undefined : configured);
  if (session.topology === "cluster") return onCluster(session, database);
  if (database !== undefined) return { kind: "chosen", database };
  return {
    kind: "refused",
    because: `which database of redis/${session.name}? Write redis/${session.name}/2 or --database 2. It holds ${keyspace(session)}.`,
  };
}

function onCluster(session: RedisSession, database: number | undefined): ChosenDatabase {
  if (database === undefined || database === 0) return { kind: "chosen", database: 0 };
  return {
    kind: "refused",
    because: `redis/${session.name} is a Redis Cluster, which has database 0 only; database ${database} was asked for. Leave the database out: database 0 of all ${session.servers.length} masters is meant.`,
  };
}

function keyspace(session: RedisSession): string {
  const databases = session.servers.flatMap(({ info }) =>
    Object.entries(info).flatMap(([name, value]) => {
      const index = /^db(\d+)$/.exec(name)?.[1];
      const count = /^keys=(\d+)/.exec(value)?.[1];
      return index === undefined || count === undefined ? [] : [`${keys(Number(count))} in database ${index}`];
    }),
  );
  return databases.length === 0 ? "no keys" : databases.join(", ");
}

import type { QueueConnection } from "./connection.ts";

/** What the queue's own Redis says of itself. */
export type OwnRedis = {
  /** Identity of the server process: an examined Redis with the same one is this one, and must not be acted on. */
  readonly runId: string;
  /** What an operator should put right, for the log and /readyz; empty: nothing. */
  readonly warnings: readonly string[];
};

/** Reads it anew each time: a restarted server has another run id. Throws OomphError `queue-unavailable`. */
export async function readOwnRedis(connection: QueueConnection): Promise<OwnRedis> {
  const fields = fieldsOf(await connection.ask((client) => client.info()));
  const policy = fields.get("maxmemory_policy") ?? "unknown";
  const persistent = fields.get("aof_enabled") === "1" || fields.get("rdb_saves") !== "0";
  return {
    runId: fields.get("run_id") ?? "",
    warnings: [
      ...(policy === "noeviction"
        ? []
        : [`the queue's Redis has maxmemory-policy ${policy} and may throw jobs away when it is full: set it to noeviction`]),
      ...(persistent ? [] : ["the queue's Redis keeps nothing on disk: turn on appendonly, or jobs wait for the sweeper after a restart"]),
    ],
  };
}

/** The run id alone: see OwnRedis. */
export async function ownRunId(connection: QueueConnection): Promise<string> {
  return (await readOwnRedis(connection)).runId;
}

function fieldsOf(info: string): ReadonlyMap<string, string> {
  const lines = info.split(/\r?\n/).filter((line) => line.includes(":"));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]));
}

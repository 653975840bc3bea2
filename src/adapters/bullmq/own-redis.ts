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
  const [info, [seconds]] = await connection.ask((client) => Promise.all([client.info(), client.time()]));
  const fields = fieldsOf(info);
  const policy = fields.get("maxmemory_policy") ?? "unknown";
  const persistent = fields.get("aof_enabled") === "1" || fields.get("rdb_saves") !== "0";
  return {
    runId: fields.get("run_id") ?? "",
    warnings: [
      ...(policy === "noeviction"
        ? []
        : [`the queue's Redis has maxmemory-policy ${policy} and may throw jobs away when it is full: set it to noeviction`]),
      ...(persistent ? [] : ["the queue's Redis keeps nothing on disk: turn on appendonly, or jobs wait for the sweeper after a restart"]),
      ...clockWarnings(Date.now() - Number(seconds) * 1000),
    ],
  };
}

// Replicas that far apart still wait for each other; what is asked of Redis takes some of it.
const CLOCKS_APART_MS = 10_000;

/** Who sends, who acts and whose approval has expired is told by clocks, which replicas must agree on. */
function clockWarnings(aheadMs: number): readonly string[] {
  if (Math.abs(aheadMs) <= CLOCKS_APART_MS) return [];
  const apart = `${Math.round(Math.abs(aheadMs) / 1000)} s ${aheadMs > 0 ? "ahead of" : "behind"}`;
  return [
    `this host's clock is ${apart} the queue's Redis: set both right, or messages come twice and approvals expire too early or too late`,
  ];
}

/** The run id alone: see OwnRedis. */
export async function ownRunId(connection: QueueConnection): Promise<string> {
  return (await readOwnRedis(connection)).runId;
}

function fieldsOf(info: string): ReadonlyMap<string, string> {
  const lines = info.split(/\r?\n/).filter((line) => line.includes(":"));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]));
}
